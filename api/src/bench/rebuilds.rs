//! Read models rebuilt from the first event on, beside COPY-in of the same events.

use std::time::Instant;

use cartera_commands::demo::Demo;
use cartera_journal::Journal;
use chrono::NaiveDate;

use super::table::{Figure, rate};
use super::{BenchError, Plan, Server};

/// Fills a journal, then rebuilds every read model, then copies the events in.
pub(super) async fn measure(server: &Server, plan: &Plan) -> Result<Vec<Figure>, BenchError> {
    let url = server.new_database("bench_rebuilds").await?;
    let journal = server.journal(&url).await?;
    let begun = Instant::now();
    fill(&journal, plan.events).await?;
    let (events, filled) = (journal.head().await?, begun.elapsed());
    let events = events.unsigned_abs();
    let begun = Instant::now();
    let projectors = cartera_projections::registry::all();
    cartera_projections::runner::rebuild_all(&journal, &projectors).await?;
    let rebuilt = begun.elapsed();
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
    let begun = Instant::now();
    server
        .psql(
            "bench_rebuilds",
            "COPY copied FROM '/dev/shm/cartera-bench-events' (FORMAT binary)",
        )
        .await?;
    let copied = begun.elapsed();
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
    ])
}

/// Makes the demo company and lets its clients buy until there are so many events.
pub(super) async fn fill(journal: &Journal, events: u64) -> Result<(), BenchError> {
    let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap_or_default();
    let made = Demo { today, seed: 1 }.load_at_least(journal, events).await;
    made.map(drop)
        .map_err(|error| BenchError::Refused(error.to_string()))
}
