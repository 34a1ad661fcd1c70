//! The whole service over HTTP: cold start, memory, commands and reads, with the CPU time that each costs.

use std::path::Path;
use std::time::Instant;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::commands;
use super::processes::{peak_kib, resident_kib};
use super::serving::{FIFTY, Service, prepare};
use super::table::{Figure, each, milliseconds, rate};
use super::{BenchError, Part, Plan, Server};

const ONE: &str =
    "query One($id: ID!) { opportunity(id: $id) { id title amount outcome version } }";

/// Commands beside pgbench, then reads, then memory.
pub(super) async fn measure(
    server: &Server,
    plan: &Plan,
    folder: &Path,
) -> Result<Vec<Figure>, BenchError> {
    let url = prepare(server).await?;
    let begun = Instant::now();
    let service = Service::start(&url).await?;
    let mut figures = vec![Figure::new(
        "cold start to the first answer, with a database",
        milliseconds(begun.elapsed()),
        "ms",
        "≤ 300",
    )];
    service.settled().await?;
    figures.push(mebibytes(
        "memory, idle",
        resident_kib(service.pid()),
        "≤ 32",
    ));
    if plan.parts.contains(&Part::Commands) {
        figures.extend(commands::measure(server, &service, plan, folder).await?);
    }
    if plan.parts.contains(&Part::Reads) {
        figures.extend(reads(server, &service, plan).await?);
    }
    figures.push(mebibytes(
        "memory, most under load",
        peak_kib(service.pid()),
        "≤ 64",
    ));
    service.stop().await?;
    Ok(figures)
}

async fn reads(server: &Server, service: &Service, plan: &Plan) -> Result<Vec<Figure>, BenchError> {
    let list = service.ask(FIFTY, &json!({})).await?;
    let ids: Vec<Value> = (0..50)
        .filter_map(|row| {
            list.pointer(&format!("/data/opportunities/edges/{row}/node/id"))
                .cloned()
        })
        .collect();
    if ids.len() < 50 {
        return Err(BenchError::Refused(format!(
            "the list of 50 has {} rows: {list}",
            ids.len()
        )));
    }
    let mut figures = Vec::new();
    let of_one = move |turn: u64| json!({"id": usize::try_from(turn).ok().and_then(|turn| ids.get(turn % 50))});
    let before = service.spent(server);
    let one = service.load(plan, 16, ONE, of_one).await?;
    let cost = each(service.spent(server).since(before).total(), one.done());
    figures.push(Figure::new(
        "one object, 16 clients",
        rate(one.done(), one.elapsed),
        "1/s",
        "",
    ));
    figures.push(Figure::new("one object, CPU each", cost, "ms", "≤ 0.20"));
    let before = service.spent(server);
    let fifty = service.load(plan, 16, FIFTY, |_| json!({})).await?;
    let cost = each(service.spent(server).since(before).total(), fifty.done());
    figures.push(Figure::new(
        "list of 50 with relations, 16 clients",
        rate(fifty.done(), fifty.elapsed),
        "1/s",
        "",
    ));
    figures.push(Figure::new(
        "list of 50 with relations, CPU each",
        cost,
        "ms",
        "≤ 0.5",
    ));
    Ok(figures)
}

fn mebibytes(what: &str, kib: u64, budget: &'static str) -> Figure {
    Figure::new(
        what,
        Decimal::from(kib) / Decimal::from(1024),
        "MiB",
        budget,
    )
}
