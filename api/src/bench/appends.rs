//! The journal alone, beside pgbench: one event an append, each durable before the next.

use std::path::Path;
use std::sync::Arc;

use cartera_commands::{CommandBus, Envelope, IdSource};
use cartera_domain::ids::{StageId, TypedId};
use cartera_domain::opportunities::{
    Opportunity, OpportunityCommand, OpportunityDetails, StageFact,
};
use cartera_domain::settings::StageCategory;
use cartera_domain::values::Amount;
use cartera_journal::{Journal, Source};
use rust_decimal::Decimal;

use super::load::{Loaded, load};
use super::table::{Figure, milliseconds, rate};
use super::{BenchError, Plan, Server, pgbench};
use crate::adapters::SystemIds;

const CLIENTS: [usize; 4] = [1, 8, 16, 32];

/// Both in turn, round by round.
pub(super) async fn measure(
    server: &Server,
    plan: &Plan,
    folder: &Path,
) -> Result<Vec<Figure>, BenchError> {
    let url = server.new_database("bench_appends").await?;
    pgbench::prepare(server, "bench_appends").await?;
    let journal = server.journal(&url).await?;
    let mut figures = Vec::new();
    for clients in CLIENTS {
        let (mut appended, mut inserted) = (Decimal::ZERO, Decimal::ZERO);
        let (mut median, mut yardstick) = (Decimal::ZERO, Decimal::ZERO);
        for _round in 0..plan.rounds {
            let one =
                pgbench::insert(server, "bench_appends", clients, plan.duration, folder).await?;
            let other = append(&journal, clients, plan).await?;
            inserted += rate(one.done(), one.elapsed);
            yardstick += milliseconds(one.per_mille(500));
            appended += rate(other.done(), other.elapsed);
            median += milliseconds(other.per_mille(500));
        }
        let rounds = Decimal::from(plan.rounds.max(1));
        let what = format!("appends, {clients} clients");
        figures.push(Figure::new(what, appended / rounds, "1/s", "").beside(inserted / rounds));
        let what = format!("appends, {clients} clients, p50");
        figures.push(Figure::new(what, median / rounds, "ms", "").beside(yardstick / rounds));
    }
    Ok(figures)
}

async fn append(journal: &Journal, clients: usize, plan: &Plan) -> Result<Loaded, BenchError> {
    let bus = CommandBus::new(journal.clone(), Arc::new(SystemIds));
    let buses = vec![bus; clients];
    let loaded = load(buses, plan.duration, async |bus, _turn| open(bus).await).await;
    if loaded.failed > 0 {
        return Err(BenchError::Refused(format!(
            "{} appends failed",
            loaded.failed
        )));
    }
    Ok(loaded)
}

/// Opens an opportunity of its own.
async fn open(bus: &CommandBus) -> bool {
    let ids: &dyn IdSource = bus.ids();
    let stage = StageFact {
        pipeline: ids.mint(),
        stage: StageId::from_uuid(ids.next_id()),
        category: StageCategory::Open,
    };
    let Ok(currency) = "EUR".parse() else {
        return false;
    };
    let command = OpportunityCommand::OpenOpportunity {
        stage,
        details: OpportunityDetails::default(),
        client: None,
        lead: None,
        channel: None,
        owner: None,
        team: None,
        amount: Amount::try_new(Decimal::from(12_500)).ok(),
        currency,
        expected_close: None,
        lines: vec![],
    };
    let envelope = Envelope::operator(ids.next_id(), Source::Cli);
    bus.send::<Opportunity>(&envelope, ids.mint(), command)
        .await
        .is_ok()
}
