//! The facts that all figures rest on: openings, closings, stages, lines and leads, with the owner and team of their day.

mod dimensions;
mod leads;
pub(super) mod moment;
mod opportunities;
mod roll_ups;
pub mod tables;
mod terms;

use std::collections::BTreeSet;

use async_trait::async_trait;
use cartera_domain::Event;
use cartera_domain::clients::Client;
use cartera_domain::leads::Lead;
use cartera_domain::opportunities::Opportunity;
use cartera_domain::products::Product;
use cartera_domain::settings::{Company, Pipeline};
use cartera_domain::users::TeamTree;
use cartera_journal::Recorded;
use chrono::NaiveDate;
use chrono_tz::Tz;
use sqlx::PgConnection;

use crate::projector::{ProjectionError, Projector, aggregate_type};

use dimensions::Dimensions;
use leads::Leads;
use moment::Happened;
use opportunities::Opportunities;

/// Keeps the facts, the histories that they follow from, and the roll-ups that follow from them.
#[derive(Debug, Clone, Copy)]
pub struct SalesFacts;

#[async_trait]
impl Projector for SalesFacts {
    const NAME: &'static str = "sales_facts";
    const VERSION: i32 = 3;
    const DDL: &'static str = include_str!("sales_facts.sql");
    const READS: &'static [&'static str] = &[
        aggregate_type::<Company>(),
        aggregate_type::<Pipeline>(),
        aggregate_type::<TeamTree>(),
        aggregate_type::<Product>(),
        aggregate_type::<Client>(),
        aggregate_type::<Lead>(),
        aggregate_type::<Opportunity>(),
    ];

    async fn apply(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        let days = take_in(tx, batch).await?;
        Ok(roll_ups::recompute(tx, &days).await?)
    }

    /// Sums wait until all facts are there.
    async fn fill(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        take_in(tx, batch).await.map(drop)
    }
}

/// Takes the events into facts and histories; tells the days whose sums may be others now.
async fn take_in(
    tx: &mut PgConnection,
    batch: &[&Recorded],
) -> Result<BTreeSet<NaiveDate>, ProjectionError> {
    let of_opportunities = filtered(batch, |event| matches!(event, Event::Opportunity(_)));
    let of_leads = filtered(batch, |event| matches!(event, Event::Lead(_)));
    let mut zone = zone(tx).await?;
    let mut dimensions = Dimensions::load(tx, batch).await?;
    let mut opportunities = Opportunities::load(tx, &of_opportunities).await?;
    let mut leads = Leads::load(tx, &of_leads).await?;
    for recorded in batch {
        let happened = Happened::of(&recorded.metadata, zone);
        match &recorded.event {
            Event::Opportunity(event) => opportunities.take_in(recorded, event, happened)?,
            Event::Lead(event) => leads.take_in(recorded, event, happened)?,
            Event::Company(_)
            | Event::Catalogue(_)
            | Event::Pipeline(_)
            | Event::TeamTree(_)
            | Event::User(_)
            | Event::Product(_)
            | Event::Client(_) => {
                zone = dimensions.take_in(recorded)?.unwrap_or(zone);
            }
        }
    }
    dimensions.write(tx).await?;
    leads.write(tx, &of_leads).await?;
    opportunities.write(tx, &of_opportunities).await
}

fn filtered<'a>(batch: &[&'a Recorded], is_wanted: impl Fn(&Event) -> bool) -> Vec<&'a Recorded> {
    let wanted = batch.iter().filter(|recorded| is_wanted(&recorded.event));
    wanted.copied().collect()
}

/// The zone in which the company's days begin; UTC before it is set up.
async fn zone(tx: &mut PgConnection) -> Result<Tz, ProjectionError> {
    let name = sqlx::query_scalar!("SELECT time_zone FROM report_calendar")
        .fetch_optional(tx)
        .await?;
    Ok(name.and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC))
}
