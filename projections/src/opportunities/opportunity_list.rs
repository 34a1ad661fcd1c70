//! One row per opportunity, as lists, cards, the board and the page show it; its projector keeps the lines as well, so that
//! both always tell of the same moment.

use async_trait::async_trait;
use cartera_domain::Event;
use cartera_domain::ids::{
    ChannelId, ClientId, LeadId, OpportunityId, PipelineId, ReasonId, StageId, SubjectId, TeamId,
    TypedId, UserId,
};
use cartera_domain::opportunities::{
    Opportunity, OpportunityDetails, OpportunityDetailsPatch, OpportunityEvent, Outcome,
};
use cartera_journal::Recorded;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::PgConnection;

use super::opportunity_lines::{self, OpportunityLineItem};
use crate::erasure::PersonalTable;
use crate::fold::Rows;
use crate::plain::{Columns, Plain};
use crate::projector::{ProjectionError, Projector, aggregate_type};
use crate::search_text::{searchable, searchable_all};

mod finders;

pub use finders::{OpportunityFilter, OpportunityOrder, OpportunityTotals, totals};

crate::table! {
    /// An opportunity, as lists, cards, the board and the page show it.
    OpportunityListItem in "opportunity_list", key (id), group id {
        /// The opportunity.
        id: OpportunityId,
        /// Version of its stream.
        version: i64,
        /// The pipeline it runs through.
        pipeline: PipelineId,
        /// The stage it is in.
        stage: StageId,
        /// How it ended, or that it has not.
        outcome: Outcome,
        /// What it is about, in a line.
        title: Option<String>,
        /// Campaign that brought it.
        campaign: Option<String>,
        /// What somebody wrote down.
        notes: Option<String>,
        /// Its key in the system it came from.
        external_reference: Option<String>,
        /// Who may buy, or bought.
        client: Option<ClientId>,
        /// The lead it came from.
        lead: Option<LeadId>,
        /// By which channel it came.
        channel: Option<ChannelId>,
        /// Who takes care of it.
        owner: Option<UserId>,
        /// The owner's team when it was assigned.
        team: Option<TeamId>,
        /// What it may be, or was, worth: exact, in `currency`.
        amount: Option<Decimal>,
        /// Currency of its amounts (ISO 4217).
        currency: String,
        /// How probable somebody judged it, 0 to 100; `None` leaves it to the stage.
        probability: Option<Decimal>,
        /// The day on which it should close.
        expected_close: Option<NaiveDate>,
        /// The day on which it was opened.
        opened_on: NaiveDate,
        /// The day on which it entered its stage.
        stage_entered_on: NaiveDate,
        /// The day on which it closed: the first event into its outcome (DEFINITIONS 16).
        closed_on: Option<NaiveDate>,
        /// Why it closed as it did.
        reason: Option<ReasonId>,
        /// Who got the sale.
        competitor: Option<String>,
        /// Why it closed as it did, in words.
        closing_note: Option<String>,
        /// Nobody knows when it was opened; `opened_on` is the day of recording (DEFINITIONS 15).
        date_unknown: bool,
        /// When its last event was recorded.
        changed_at: DateTime<Utc>,
        /// The title by which it is sorted.
        title_key: String,
        /// Where texts are searched.
        search_text: String,
        /// Whose personal values the row shows.
        subjects: Vec<SubjectId>,
    }
}

/// Keeps `opportunity_list` and `opportunity_lines`.
#[derive(Debug, Clone, Copy)]
pub struct OpportunityList;

#[async_trait]
impl Projector for OpportunityList {
    const NAME: &'static str = "opportunity_list";
    const VERSION: i32 = 1;
    const DDL: &'static str = include_str!("opportunity_list.sql");
    const READS: &'static [&'static str] = &[aggregate_type::<Opportunity>()];
    const PERSONAL: &'static [PersonalTable] = &[PersonalTable {
        table: "opportunity_list",
        stream: "id",
    }];

    async fn apply(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        let mut opportunities = Rows::<OpportunityListItem>::load(tx, batch).await?;
        let mut lines = Rows::<OpportunityLineItem>::load(tx, batch).await?;
        for recorded in batch {
            if let Event::Opportunity(event) = &recorded.event {
                take_in(&mut opportunities, recorded, event)?;
                let opportunity = opportunities.one(recorded)?;
                opportunity_lines::take_in(lines.of(recorded), opportunity, event);
            }
        }
        opportunities.write(tx).await?;
        lines.write(tx).await
    }
}

fn take_in(
    rows: &mut Rows<OpportunityListItem>,
    recorded: &Recorded,
    event: &OpportunityEvent,
) -> Result<(), ProjectionError> {
    if let Some(opened) = opened(recorded, event) {
        *rows.of(recorded) = vec![opened];
    }
    let opportunity = rows.one(recorded)?;
    opportunity.evolve(recorded.metadata.business_date, event);
    opportunity.version += 1;
    opportunity.changed_at = recorded.recorded_at;
    opportunity.title_key = opportunity
        .title
        .as_deref()
        .map(searchable)
        .unwrap_or_default();
    opportunity.search_text = searchable_all([
        opportunity.title.as_deref(),
        opportunity.campaign.as_deref(),
        opportunity.external_reference.as_deref(),
    ]);
    Ok(())
}

fn opened(recorded: &Recorded, event: &OpportunityEvent) -> Option<OpportunityListItem> {
    let OpportunityEvent::OpportunityOpened {
        pipeline,
        stage,
        details,
        client,
        lead,
        channel,
        owner,
        team,
        amount,
        currency,
        expected_close,
        lines: _,
    } = event
    else {
        return None;
    };
    let OpportunityDetails {
        title,
        campaign,
        notes,
        external_reference,
    } = details;
    let mut subjects = vec![];
    let mut columns = Columns::noting(&mut subjects);
    let day = recorded.metadata.business_date;
    Some(OpportunityListItem {
        id: OpportunityId::from_uuid(recorded.aggregate_id),
        version: 0,
        pipeline: *pipeline,
        stage: *stage,
        outcome: Outcome::Open,
        title: columns.of(title.as_ref()),
        campaign: columns.of(campaign.as_ref()),
        notes: columns.of(notes.as_ref()),
        external_reference: columns.of(external_reference.as_ref()),
        client: *client,
        lead: *lead,
        channel: *channel,
        owner: *owner,
        team: *team,
        amount: amount.and_then(|amount| amount.shown()),
        currency: currency.as_str().to_owned(),
        probability: None,
        expected_close: *expected_close,
        opened_on: day,
        stage_entered_on: day,
        closed_on: None,
        reason: None,
        competitor: None,
        closing_note: None,
        date_unknown: recorded.metadata.date_unknown,
        changed_at: recorded.recorded_at,
        title_key: String::new(),
        search_text: String::new(),
        subjects,
    })
}

impl OpportunityListItem {
    fn evolve(&mut self, day: NaiveDate, event: &OpportunityEvent) {
        match event {
            OpportunityEvent::OpportunityOpened { .. } => {}
            OpportunityEvent::OpportunityDetailsCorrected { changes } => self.correct(changes),
            OpportunityEvent::OpportunityClientLinked { client } => self.client = *client,
            OpportunityEvent::OpportunityChannelCorrected { channel } => self.channel = *channel,
            OpportunityEvent::OpportunityAssigned { owner, team } => {
                (self.owner, self.team) = (*owner, *team);
            }
            OpportunityEvent::OpportunityLinesRevised { lines: _, amount } => {
                self.amount = amount.shown();
            }
            OpportunityEvent::OpportunityAmountRevised { amount } => {
                self.amount = amount.and_then(|amount| amount.shown());
            }
            OpportunityEvent::OpportunityExpectedCloseChanged { expected_close } => {
                self.expected_close = *expected_close;
            }
            OpportunityEvent::OpportunityProbabilityJudged { probability } => {
                self.probability = probability.and_then(|probability| probability.shown());
            }
            OpportunityEvent::OpportunityMoved { stage } => self.enter(day, *stage, self.outcome),
            OpportunityEvent::OpportunityReopened { stage } => {
                self.enter(day, *stage, Outcome::Open);
            }
            OpportunityEvent::OpportunityWon {
                stage,
                amount,
                reason,
                note,
            } => {
                self.enter(day, *stage, Outcome::Won);
                self.amount = amount.and_then(|amount| amount.shown());
                self.reason = *reason;
                self.closing_note = Columns::noting(&mut self.subjects).of(note.as_ref());
            }
            OpportunityEvent::OpportunityLost {
                stage,
                reason,
                competitor,
                note,
            } => {
                self.enter(day, *stage, Outcome::Lost);
                self.reason = *reason;
                self.competitor = competitor.as_ref().and_then(Plain::shown);
                self.closing_note = Columns::noting(&mut self.subjects).of(note.as_ref());
            }
            OpportunityEvent::OpportunityCancelled {
                stage,
                reason,
                note,
            } => {
                self.enter(day, *stage, Outcome::Cancelled);
                self.reason = *reason;
                self.closing_note = Columns::noting(&mut self.subjects).of(note.as_ref());
            }
        }
    }

    /// Into a stage. What was said of an earlier closing goes with its outcome; moves inside an outcome keep its day.
    fn enter(&mut self, day: NaiveDate, stage: StageId, outcome: Outcome) {
        if outcome != self.outcome {
            self.closed_on = (outcome != Outcome::Open).then_some(day);
            self.reason = None;
            self.competitor = None;
            self.closing_note = None;
        }
        if stage != self.stage {
            self.stage_entered_on = day;
        }
        self.stage = stage;
        self.outcome = outcome;
    }

    fn correct(&mut self, changes: &OpportunityDetailsPatch) {
        let OpportunityDetailsPatch {
            title,
            campaign,
            notes,
            external_reference,
        } = changes;
        let mut columns = Columns::noting(&mut self.subjects);
        columns.correct(&mut self.title, title);
        columns.correct(&mut self.campaign, campaign);
        columns.correct(&mut self.notes, notes);
        columns.correct(&mut self.external_reference, external_reference);
    }
}
