//! Latency of the comparative-year report at growing numbers of events.

use std::time::Instant;

use cartera_domain::Viewer;
use cartera_domain::ids::TypedId;
use cartera_domain::permission::Role;
use cartera_projections::ReadPool;
use cartera_projections::reports::{Grouping, Metric, Period, ReportRequest, report};
use chrono::NaiveDate;

use super::rebuilds::fill;
use super::table::{Figure, milliseconds};
use super::{BenchError, Plan, Server};

/// How often the report is asked for at each size.
const TIMES: usize = 200;
/// The small size that the large one is compared with.
const SMALL: u64 = 10_000;

/// Amount won by month of two fiscal years, at both sizes; each in a database of its own.
pub(super) async fn measure(server: &Server, plan: &Plan) -> Result<Vec<Figure>, BenchError> {
    let small = latency(server, "bench_reports_small", SMALL).await?;
    let large = latency(server, "bench_reports_large", plan.events).await?;
    let at =
        |events: u64, which: &str| format!("year-over-year report at {events} events, {which}");
    Ok(vec![
        Figure::new(at(plan.events, "p50"), milliseconds(large.0), "ms", "≤ 1.2")
            .beside(milliseconds(small.0)),
        Figure::new(
            at(plan.events, "p99"),
            milliseconds(large.1),
            "ms",
            "≤ 10 ms",
        )
        .beside(milliseconds(small.1)),
    ])
}

async fn latency(
    server: &Server,
    database: &str,
    events: u64,
) -> Result<(std::time::Duration, std::time::Duration), BenchError> {
    let url = server.new_database(database).await?;
    let journal = server.journal(&url).await?;
    fill(&journal, events).await?;
    let projectors = cartera_projections::registry::all();
    cartera_projections::runner::rebuild_all(&journal, &projectors).await?;
    server.psql(database, "VACUUM ANALYZE").await?;
    let refused = |error: sqlx::Error| BenchError::Refused(error.to_string());
    let reads = ReadPool::connect_lazy(&url, 4).map_err(refused)?;
    let director = Viewer {
        user: TypedId::from_uuid(uuid::Uuid::nil()),
        role: Role::Director,
        teams: vec![],
        members: vec![],
    };
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let mut request = ReportRequest::new(vec![Metric::AmountWon], day(2026, 11, 20));
    request.group_by = vec![Grouping::Month];
    request.period = Some(Period {
        from: day(2026, 1, 1),
        to: day(2026, 12, 31),
    });
    request.compared_years = 1;
    let mut waits = Vec::with_capacity(TIMES);
    for _time in 0..TIMES {
        let begun = Instant::now();
        report(&reads, &director, &request)
            .await
            .map_err(|error| BenchError::Refused(error.to_string()))?;
        waits.push(begun.elapsed());
    }
    waits.sort_unstable();
    let at = |share: usize| {
        waits
            .get((waits.len() * share / 100).min(waits.len().saturating_sub(1)))
            .copied()
            .unwrap_or_default()
    };
    Ok((at(50), at(99)))
}
