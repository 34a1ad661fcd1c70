//! Read models rebuilt from the first event on, beside COPY-in of the same events.

use std::time::{Duration, Instant};

use cartera_commands::demo::Demo;
use cartera_journal::Journal;
use chrono::NaiveDate;

use super::processes::{cpu_below, cpu_of};
use super::table::{Figure, each, rate};
use super::{BenchError, Plan, Server};

/// Fills a journal, then rebuilds every read model, then copies the events in.
pub(super) async fn measure(server: &Server, plan: &Plan) -> Result<Vec<Figure>, BenchError> {
    let url = server.new_database("bench_rebuilds").await?;
    let journal = server.journal(&url).await?;
    let begun = Instant::now();
    fill(&journal, plan.events).await?;
    let (events, filled) = (journal.head().await?, begun.elapsed());
    let events = events.unsigned_abs();
    let projectors = cartera_projections::registry::all();
    let (begun, before) = (Instant::now(), Spent::so_far(server));
    cartera_projections::runner::rebuild_all(&journal, &projectors).await?;
    let (rebuilt, cost) = (begun.elapsed(), Spent::so_far(server).since(before));
    let begun = Instant::now();
    cartera_projections::generations::verify_all(&journal, &projectors).await?;
    let verified = begun.elapsed();
    let (copied, yardstick) = copy_in(server).await?;
    Ok(vec![
        Figure::new(
            format!("events made by commands in bulk ({events})"),
            rate(events, filled),
            "1/s",
            "",
        ),
        Figure::new(
            "all read models rebuilt, beside COPY-in",
            rate(events, rebuilt),
            "events/s",
            "≥ 0.7, aim 1",
        )
        .beside(rate(events, copied)),
        Figure::new(
            "the same, CPU each: database, beside COPY-in",
            each(cost.database, events),
            "ms",
            "",
        )
        .beside(each(yardstick.database, events)),
        Figure::new(
            "the same, CPU each: service",
            each(cost.service, events),
            "ms",
            "",
        ),
        Figure::new(
            "all read models verified",
            rate(events, verified),
            "events/s",
            "",
        ),
    ])
}

/// The yardstick: the same events copied into a table of the same shape.
async fn copy_in(server: &Server) -> Result<(Duration, Spent), BenchError> {
    server
        .psql(
            "bench_rebuilds",
            "CREATE TABLE copied (LIKE events INCLUDING CONSTRAINTS INCLUDING INDEXES)",
        )
        .await?;
    server
        .psql(
            "bench_rebuilds",
            "COPY events TO '/dev/shm/cartera-bench-events' (FORMAT binary)",
        )
        .await?;
    let (begun, before) = (Instant::now(), Spent::so_far(server));
    server
        .psql(
            "bench_rebuilds",
            "COPY copied FROM '/dev/shm/cartera-bench-events' (FORMAT binary)",
        )
        .await?;
    Ok((begun.elapsed(), Spent::so_far(server).since(before)))
}

/// CPU time of the database's processes and of this one, which does the service's part here.
#[derive(Debug, Clone, Copy)]
struct Spent {
    database: Duration,
    service: Duration,
}

impl Spent {
    fn so_far(server: &Server) -> Self {
        Self {
            database: cpu_below(server.running.embedded().server_pid()),
            service: cpu_of(std::process::id()),
        }
    }

    fn since(self, before: Self) -> Self {
        Self {
            database: self.database.saturating_sub(before.database),
            service: self.service.saturating_sub(before.service),
        }
    }
}

/// Makes the demo company and lets its clients buy until there are so many events.
pub(super) async fn fill(journal: &Journal, events: u64) -> Result<(), BenchError> {
    let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap_or_default();
    let made = Demo { today, seed: 1 }.load_at_least(journal, events).await;
    made.map(drop)
        .map_err(|error| BenchError::Refused(error.to_string()))
}
