//! From the events of opportunities to their facts and histories.

use std::collections::{BTreeMap, BTreeSet};

use cartera_domain::ids::{OpportunityId, PipelineId, StageId, TypedId};
use cartera_domain::opportunities::{OpportunityEvent, OpportunityLine, Outcome};
use cartera_domain::values::{Amount, Percentage};
use cartera_journal::Recorded;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::fold::Rows;
use crate::projector::ProjectionError;

use super::moment::{BEGINNING, Happened, Moment, end_all, next_from};
use super::tables::{LineFact, OpportunityFact, StageFact, Terms};
use super::terms::{change, correct, in_force, latest};

/// The facts and histories of the opportunities that a batch touches.
pub(super) struct Opportunities {
    facts: Rows<OpportunityFact>,
    stages: Rows<StageFact>,
    terms: Rows<Terms>,
    lines: Rows<LineFact>,
    /// Days whose sums may change.
    days: BTreeSet<NaiveDate>,
}

/// A stage that an opportunity enters.
struct Entry {
    stage: StageId,
    outcome: Outcome,
    amount_won: Option<Decimal>,
}

impl Opportunities {
    /// Reads what is known of the opportunities in the batch.
    pub(super) async fn load(
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<Self, ProjectionError> {
        let mut loaded = Self {
            facts: Rows::load(tx, batch).await?,
            stages: Rows::load(tx, batch).await?,
            terms: Rows::load(tx, batch).await?,
            lines: Rows::load(tx, batch).await?,
            days: BTreeSet::new(),
        };
        for recorded in batch {
            loaded.stages.of(recorded).sort_by_key(|row| row.position);
            loaded.terms.of(recorded).sort_by_key(|row| row.position);
            loaded.lines.of(recorded).sort_by_key(|row| row.position);
        }
        Ok(loaded)
    }

    /// Takes an event in.
    pub(super) fn take_in(
        &mut self,
        recorded: &Recorded,
        event: &OpportunityEvent,
        happened: Option<Happened>,
    ) -> Result<(), ProjectionError> {
        use OpportunityEvent as E;
        self.note_days(recorded);
        match event {
            E::OpportunityOpened { .. } => self.open(recorded, event, happened),
            E::OpportunityClientLinked { client } => {
                correct(self.terms.of(recorded), recorded, |terms| {
                    terms.client = *client;
                });
            }
            E::OpportunityChannelCorrected { channel } => {
                correct(self.terms.of(recorded), recorded, |terms| {
                    terms.channel = *channel;
                });
            }
            E::OpportunityAssigned { owner, team } => {
                self.change_terms(recorded, happened, |terms| {
                    (terms.owner, terms.team) = (*owner, *team);
                });
            }
            E::OpportunityLinesRevised { lines, amount } => {
                self.replace_lines(recorded, lines, happened);
                self.change_terms(recorded, happened, |terms| {
                    terms.amount = Some(amount.value());
                });
            }
            E::OpportunityAmountRevised { amount } => {
                self.change_terms(recorded, happened, |terms| {
                    terms.amount = amount.map(Amount::value);
                });
            }
            E::OpportunityProbabilityJudged { probability } => {
                self.change_terms(recorded, happened, |terms| {
                    terms.probability = probability.map(Percentage::value);
                });
            }
            E::OpportunityMoved { .. }
            | E::OpportunityWon { .. }
            | E::OpportunityLost { .. }
            | E::OpportunityCancelled { .. }
            | E::OpportunityReopened { .. } => self.enter(recorded, event, happened)?,
            E::OpportunityDetailsCorrected { .. } | E::OpportunityExpectedCloseChanged { .. } => {}
        }
        Ok(())
    }

    /// Makes the facts anew from the histories, writes what changed, and tells the days whose sums may be others.
    pub(super) async fn write(
        mut self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<BTreeSet<NaiveDate>, ProjectionError> {
        let last: BTreeMap<Uuid, &Recorded> = batch
            .iter()
            .map(|recorded| (recorded.aggregate_id, *recorded))
            .collect();
        for recorded in last.into_values() {
            self.refresh(recorded)?;
            self.note_days(recorded);
        }
        self.facts.write(tx).await?;
        self.stages.write(tx).await?;
        self.terms.write(tx).await?;
        self.lines.write(tx).await?;
        Ok(self.days)
    }

    fn note_days(&mut self, recorded: &Recorded) {
        if let Some(fact) = self.facts.of(recorded).first() {
            self.days.extend(fact.opened_on);
            self.days.extend(fact.closed_on);
        }
    }

    fn open(&mut self, recorded: &Recorded, event: &OpportunityEvent, happened: Option<Happened>) {
        let OpportunityEvent::OpportunityOpened {
            pipeline,
            stage,
            details: _,
            client,
            lead: _,
            channel,
            owner,
            team,
            amount,
            currency: _,
            expected_close: _,
            lines,
        } = event
        else {
            return;
        };
        *self.facts.of(recorded) = vec![opened(recorded, *pipeline, *stage, happened)];
        *self.terms.of(recorded) = vec![Terms {
            owner: *owner,
            team: *team,
            client: *client,
            channel: *channel,
            amount: amount.map(Amount::value),
            ..Terms::first(recorded)
        }];
        *self.stages.of(recorded) = vec![];
        *self.lines.of(recorded) = vec![];
        self.push_stage(
            recorded,
            happened,
            &Entry {
                stage: *stage,
                outcome: Outcome::Open,
                amount_won: None,
            },
        );
        // What is first known to be sold holds for the time before it.
        self.push_lines(recorded, lines, Some(BEGINNING));
    }

    fn change_terms(
        &mut self,
        recorded: &Recorded,
        happened: Option<Happened>,
        set: impl FnOnce(&mut Terms),
    ) {
        change(self.terms.of(recorded), recorded, happened, set);
    }

    fn enter(
        &mut self,
        recorded: &Recorded,
        event: &OpportunityEvent,
        happened: Option<Happened>,
    ) -> Result<(), ProjectionError> {
        use OpportunityEvent as E;
        let current = self
            .stages
            .of(recorded)
            .last()
            .ok_or_else(|| ProjectionError::inconsistent(recorded, "it was never opened"))?;
        let amount = latest(self.terms.of(recorded)).and_then(|terms| terms.amount);
        let entry = |stage: &StageId, outcome, amount_won| Entry {
            stage: *stage,
            outcome,
            amount_won,
        };
        let entered = match event {
            E::OpportunityMoved { stage } => entry(stage, current.outcome, current.amount_won),
            E::OpportunityWon { stage, amount, .. } => {
                entry(stage, Outcome::Won, amount.map(Amount::value))
            }
            E::OpportunityLost { stage, .. } => entry(stage, Outcome::Lost, None),
            E::OpportunityCancelled { stage, .. } => entry(stage, Outcome::Cancelled, None),
            E::OpportunityReopened { stage } => entry(stage, Outcome::Open, None),
            E::OpportunityOpened { .. }
            | E::OpportunityDetailsCorrected { .. }
            | E::OpportunityClientLinked { .. }
            | E::OpportunityChannelCorrected { .. }
            | E::OpportunityAssigned { .. }
            | E::OpportunityLinesRevised { .. }
            | E::OpportunityAmountRevised { .. }
            | E::OpportunityExpectedCloseChanged { .. }
            | E::OpportunityProbabilityJudged { .. } => return Ok(()),
        };
        if entered.outcome == Outcome::Won && entered.amount_won != amount {
            self.change_terms(recorded, happened, |terms| {
                terms.amount = entered.amount_won;
            });
        }
        self.push_stage(recorded, happened, &entered);
        Ok(())
    }

    fn push_stage(&mut self, recorded: &Recorded, happened: Option<Happened>, entry: &Entry) {
        let opened = self.facts.of(recorded).first().cloned();
        let rows = self.stages.of(recorded);
        let from = next_from(rows, happened.map(|happened| happened.from));
        let before = rows.last();
        let mut row = StageFact {
            opportunity: OpportunityId::from_uuid(recorded.aggregate_id),
            position: recorded.position,
            stage: entry.stage,
            outcome: entry.outcome,
            is_opening: before.is_none(),
            entered_on: happened.map(|happened| happened.from.day),
            entered_through: happened.map(|happened| happened.through),
            closed_on: None,
            closed_through: None,
            amount_won: entry.amount_won,
            cycle_days: None,
            from_day: from.map(|from| from.day),
            from_at: from.map(|from| from.at),
            next_position: None,
            next_dated_position: None,
            next_day: None,
            next_at: None,
        };
        match before {
            // A move inside a category is no other closing (DEFINITIONS 16).
            Some(before) if before.outcome == entry.outcome => {
                row.closed_on = before.closed_on;
                row.closed_through = before.closed_through;
                row.cycle_days = before.cycle_days;
            }
            Some(_) if entry.outcome != Outcome::Open => {
                row.closed_on = row.entered_on;
                row.closed_through = row.entered_through;
                row.cycle_days = happened.zip(opened).and_then(|(happened, opened)| {
                    Some(happened.days_since(opened.opened_on?, opened.opened_at))
                });
            }
            Some(_) | None => {}
        }
        end_all(rows, recorded.position, from);
        rows.push(row);
    }

    fn replace_lines(
        &mut self,
        recorded: &Recorded,
        lines: &[OpportunityLine],
        happened: Option<Happened>,
    ) {
        let rows = self.lines.of(recorded);
        let from = if rows.is_empty() {
            Some(BEGINNING)
        } else {
            next_from(rows, happened.map(|happened| happened.from))
        };
        end_all(rows, recorded.position, from);
        self.push_lines(recorded, lines, from);
    }

    fn push_lines(&mut self, recorded: &Recorded, lines: &[OpportunityLine], from: Option<Moment>) {
        let rows = self.lines.of(recorded);
        rows.extend(lines.iter().map(|line| LineFact {
            opportunity: OpportunityId::from_uuid(recorded.aggregate_id),
            position: recorded.position,
            line: line.line,
            product: line.product,
            units: line.quantity.value(),
            amount: line.amount.value(),
            from_day: from.map(|from| from.day),
            from_at: from.map(|from| from.at),
            next_position: None,
            next_dated_position: None,
            next_day: None,
            next_at: None,
        }));
    }

    fn refresh(&mut self, recorded: &Recorded) -> Result<(), ProjectionError> {
        let stages = self.stages.of(recorded);
        let terms = self.terms.of(recorded);
        let fact = self.facts.one(recorded)?;
        let (Some(stage), Some(now)) = (stages.last(), latest(terms)) else {
            return Err(ProjectionError::inconsistent(
                recorded,
                "it was never opened",
            ));
        };
        let opening = in_force(terms, fact.opened_through).unwrap_or(now);
        (fact.opened_owner, fact.opened_team) = (opening.owner, opening.team);
        (fact.stage, fact.outcome) = (stage.stage, stage.outcome);
        (fact.client, fact.channel) = (now.client, now.channel);
        (fact.owner, fact.team) = (now.owner, now.team);
        (fact.amount, fact.probability) = (now.amount, now.probability);
        fact.closed_on = stage.closed_on;
        fact.amount_won = stage.amount_won;
        fact.cycle_days = stage.cycle_days;
        (fact.closed_owner, fact.closed_team) = (None, None);
        if stage.outcome != Outcome::Open {
            let closing = in_force(terms, stage.closed_through).unwrap_or(now);
            (fact.closed_owner, fact.closed_team) = (closing.owner, closing.team);
        }
        Ok(())
    }
}

/// A fact that knows no more than its opening; the rest follows from the histories.
fn opened(
    recorded: &Recorded,
    pipeline: PipelineId,
    stage: StageId,
    happened: Option<Happened>,
) -> OpportunityFact {
    OpportunityFact {
        opportunity: OpportunityId::from_uuid(recorded.aggregate_id),
        pipeline,
        client: None,
        channel: None,
        stage,
        outcome: Outcome::Open,
        owner: None,
        team: None,
        amount: None,
        probability: None,
        opened_on: happened.map(|happened| happened.from.day),
        opened_at: happened.and_then(|happened| happened.at),
        opened_through: happened.map(|happened| happened.through),
        opened_stage: stage,
        opened_owner: None,
        opened_team: None,
        closed_on: None,
        closed_owner: None,
        closed_team: None,
        amount_won: None,
        cycle_days: None,
    }
}
