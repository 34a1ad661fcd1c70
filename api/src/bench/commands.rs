//! Commands over GraphQL, each durable before it is answered, beside pgbench: the rates, the waits and what each costs.

use std::path::Path;

use cartera_commands::IdSource;
use rust_decimal::Decimal;
use serde_json::json;

use super::load::Loaded;
use super::serving::{DATABASE, Service, Spent};
use super::table::{Figure, each, milliseconds, rate};
use super::{BenchError, Plan, Server, pgbench};
use crate::adapters::SystemIds;

/// Budgets of DESIGN 8 by number of clients: of the rate, and of the median.
const CLIENTS: [(usize, &str, &str); 4] = [
    (1, "", "≤ 1.5"),
    (8, "", ""),
    (16, "≥ 1.0, aim 1.5", ""),
    (32, "≥ 1.0, aim 1.5", ""),
];

/// What is asked, and what it is called.
const ASKED: [(&str, &str); 3] = [
    (
        "GraphQL commands",
        "mutation Open($commandId: UUID!) { openOpportunity(input: {commandId: $commandId, \
         details: {title: \"Reforma de locales\"}, amount: \"12500\"}) { version position userErrors { code } } }",
    ),
    (
        "GraphQL commands of a new person",
        "mutation Register($commandId: UUID!) { registerLead(input: {commandId: $commandId, \
         details: {personName: \"Núria Camps\", email: \"nuria@clients.example\", phone: \"931234567\"}}) \
         { version position userErrors { code } } }",
    ),
    (
        "GraphQL commands read back",
        "mutation Open($commandId: UUID!) { openOpportunity(input: {commandId: $commandId, \
         details: {title: \"Reforma de locales\"}, amount: \"12500\"}) \
         { opportunity { id title amount outcome version } version position upToDate userErrors { code } } }",
    ),
];

/// One kind of thing done by some clients, over all rounds.
#[derive(Default)]
struct Sum {
    done: u64,
    rate: Decimal,
    median: Decimal,
    spent: Spent,
}

impl Sum {
    fn add(&mut self, loaded: &Loaded, spent: Spent) {
        self.done += loaded.done();
        self.rate += rate(loaded.done(), loaded.elapsed);
        self.median += milliseconds(loaded.per_mille(500));
        self.spent += spent;
    }
}

/// Each kind of command beside pgbench, in turn, round by round.
pub(super) async fn measure(
    server: &Server,
    service: &Service,
    plan: &Plan,
    folder: &Path,
) -> Result<Vec<Figure>, BenchError> {
    let mut figures = Vec::new();
    for (clients, budget, median_budget) in CLIENTS {
        let mut yardstick = Sum::default();
        let mut sums: [Sum; ASKED.len()] = Default::default();
        for _round in 0..plan.rounds {
            let before = service.spent(server);
            let inserted =
                pgbench::insert(server, DATABASE, clients, plan.duration, folder).await?;
            yardstick.add(&inserted, service.spent(server).since(before));
            for ((_, query), sum) in ASKED.iter().zip(&mut sums) {
                let before = service.spent(server);
                let said = |_turn| json!({"commandId": SystemIds.next_id()});
                let loaded = service.load(plan, clients, query, said).await?;
                sum.add(&loaded, service.spent(server).since(before));
            }
        }
        let rounds = Decimal::from(plan.rounds.max(1));
        for (index, ((what, _), sum)) in ASKED.iter().zip(&sums).enumerate() {
            let what = format!("{what}, {clients} clients");
            let budgets = if index == 0 {
                (budget, median_budget)
            } else {
                ("", "")
            };
            figures.extend(figures_of(&what, sum, &yardstick, rounds, budgets));
        }
    }
    Ok(figures)
}

fn figures_of(
    what: &str,
    sum: &Sum,
    yardstick: &Sum,
    rounds: Decimal,
    (budget, median_budget): (&'static str, &'static str),
) -> [Figure; 5] {
    let cpu = |part: &str, of: fn(&Spent) -> std::time::Duration| {
        let what = format!("{what}, CPU each{part}");
        Figure::new(what, each(of(&sum.spent), sum.done), "ms", "")
            .beside(each(of(&yardstick.spent), yardstick.done))
    };
    [
        Figure::new(what, sum.rate / rounds, "1/s", budget).beside(yardstick.rate / rounds),
        Figure::new(
            format!("{what}, p50"),
            sum.median / rounds,
            "ms",
            median_budget,
        )
        .beside(yardstick.median / rounds),
        cpu("", |spent| spent.total()),
        cpu(", database", |spent| spent.database),
        cpu(", service", |spent| spent.service),
    ]
}
