//! From the events of leads to their facts.

use std::collections::BTreeMap;

use cartera_domain::ids::{LeadId, TypedId};
use cartera_domain::leads::LeadEvent;
use cartera_domain::values::{Line, Patch};
use cartera_journal::Recorded;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fold::Rows;
use crate::projector::ProjectionError;

use super::moment::{Happened, Moment};
use super::tables::{LeadFact, Terms};
use super::terms::{change, correct, in_force, latest};

/// The facts of the leads that a batch touches, and who took care of them.
pub(super) struct Leads {
    facts: Rows<LeadFact>,
    terms: Rows<Terms>,
}

impl Leads {
    /// Reads what is known of the leads in the batch.
    pub(super) async fn load(
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<Self, ProjectionError> {
        let mut loaded = Self {
            facts: Rows::load(tx, batch).await?,
            terms: Rows::load(tx, batch).await?,
        };
        for recorded in batch {
            loaded.terms.of(recorded).sort_by_key(|row| row.position);
        }
        Ok(loaded)
    }

    /// Takes an event in.
    pub(super) fn take_in(
        &mut self,
        recorded: &Recorded,
        event: &LeadEvent,
        happened: Option<Happened>,
    ) -> Result<(), ProjectionError> {
        match event {
            LeadEvent::LeadRegistered {
                details,
                channel,
                owner,
                team,
            } => {
                *self.facts.of(recorded) = vec![LeadFact {
                    sector: details.sector.as_ref().map(ToString::to_string),
                    ..registered(recorded, happened)
                }];
                *self.terms.of(recorded) = vec![Terms {
                    channel: *channel,
                    owner: *owner,
                    team: *team,
                    ..Terms::first(recorded)
                }];
            }
            LeadEvent::LeadDetailsCorrected { changes } => {
                correct_sector(&changes.sector, self.facts.one(recorded)?);
            }
            LeadEvent::LeadChannelCorrected { channel } => {
                correct(self.terms.of(recorded), recorded, |terms| {
                    terms.channel = *channel;
                });
            }
            LeadEvent::LeadAssigned { owner, team } => {
                change(self.terms.of(recorded), recorded, happened, |terms| {
                    (terms.owner, terms.team) = (*owner, *team);
                });
            }
            LeadEvent::LeadConverted { .. } => {
                convert(self.facts.one(recorded)?, recorded, happened);
            }
            LeadEvent::LeadContacted {}
            | LeadEvent::LeadQualified {}
            | LeadEvent::LeadDiscarded { .. }
            | LeadEvent::LeadReopened {} => {}
        }
        Ok(())
    }

    /// Writes what changed.
    pub(super) async fn write(
        mut self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        let last: BTreeMap<Uuid, &Recorded> = batch
            .iter()
            .map(|recorded| (recorded.aggregate_id, *recorded))
            .collect();
        for recorded in last.into_values() {
            self.refresh(recorded)?;
        }
        self.facts.write(tx).await?;
        self.terms.write(tx).await
    }

    fn refresh(&mut self, recorded: &Recorded) -> Result<(), ProjectionError> {
        let terms = self.terms.of(recorded);
        let fact = self.facts.one(recorded)?;
        fact.channel = latest(terms).and_then(|terms| terms.channel);
        let created = in_force(terms, fact.created_through);
        fact.created_owner = created.and_then(|terms| terms.owner);
        fact.created_team = created.and_then(|terms| terms.team);
        if fact.converted_position.is_some() {
            let converted = in_force(terms, fact.converted_through);
            fact.converted_owner = converted.and_then(|terms| terms.owner);
            fact.converted_team = converted.and_then(|terms| terms.team);
        }
        Ok(())
    }
}

fn registered(recorded: &Recorded, happened: Option<Happened>) -> LeadFact {
    LeadFact {
        lead: LeadId::from_uuid(recorded.aggregate_id),
        channel: None,
        sector: None,
        created_position: recorded.position,
        created_on: happened.map(|happened| happened.from.day),
        created_at: happened.and_then(|happened| happened.at),
        created_through: happened.map(|happened| happened.through),
        created_from_day: happened.map(|happened| happened.from.day),
        created_from_at: happened.map(|happened| happened.from.at),
        created_owner: None,
        created_team: None,
        converted_position: None,
        converted_on: None,
        converted_through: None,
        converted_from_day: None,
        converted_from_at: None,
        converted_owner: None,
        converted_team: None,
        days_to_convert: None,
    }
}

fn correct_sector(sector: &Patch<Line>, fact: &mut LeadFact) {
    match sector {
        Patch::Keep => {}
        Patch::Clear => fact.sector = None,
        Patch::Set(sector) => fact.sector = Some(sector.to_string()),
    }
}

fn convert(fact: &mut LeadFact, recorded: &Recorded, happened: Option<Happened>) {
    fact.converted_position = Some(recorded.position);
    let Some(happened) = happened else {
        return;
    };
    fact.converted_on = Some(happened.from.day);
    fact.converted_through = Some(happened.through);
    let created = fact.created_from_day.zip(fact.created_from_at);
    // A lead is registered before it is converted, whatever the dates say (DEFINITIONS 14).
    let from = created.map_or(happened.from, |(day, at)| Moment {
        day: happened.from.day.max(day),
        at: happened.from.at.max(at),
    });
    fact.converted_from_day = Some(from.day);
    fact.converted_from_at = Some(from.at);
    fact.days_to_convert = fact
        .created_on
        .map(|day| happened.days_since(day, fact.created_at));
}
