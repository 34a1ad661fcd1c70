//! How every opportunity stood at every moment: the pipeline of any day is one indexed query.

use async_trait::async_trait;
use cartera_domain::Event;
use cartera_domain::ids::{
    CompanyId, OpportunityId, PipelineId, Singleton as _, StageId, TeamId, TypedId, UserId,
};
use cartera_domain::opportunities::{Opportunity, OpportunityEvent, Outcome};
use cartera_domain::settings::{Company, CompanyEvent};
use cartera_domain::values::{Amount, BusinessTime, Percentage};
use cartera_journal::Recorded;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use sqlx::PgConnection;

use crate::fold::Rows;
use crate::projector::{ProjectionError, Projector, aggregate_type, version_of};
use crate::table;

crate::table! {
    /// An opportunity over a span of business time.
    OpportunityPeriod in "opportunity_history", key (opportunity, sequence), group opportunity {
        /// The opportunity.
        opportunity: OpportunityId,
        /// The event in its stream that began the span.
        sequence: i64,
        /// Where that event lies in the log.
        position: i64,
        /// Where the event lies that ended the span.
        next_position: Option<i64>,
        /// When the event that began the span was recorded.
        recorded_at: DateTime<Utc>,
        /// The pipeline it runs through.
        pipeline: PipelineId,
        /// The stage it was in.
        stage: StageId,
        /// How it had ended, or that it had not.
        outcome: Outcome,
        /// What it was, or might be, worth.
        amount: Option<Decimal>,
        /// Who took care of it then.
        owner: Option<UserId>,
        /// The owner's team then.
        team: Option<TeamId>,
        /// How probable somebody judged it, 0 to 100.
        probability: Option<Decimal>,
        /// The first day.
        from_date: NaiveDate,
        /// The day after the last; `None` while it lasts.
        to_date: Option<NaiveDate>,
        /// The first instant; a day without a time begins with it, in the company's zone.
        from_instant: DateTime<Utc>,
        /// The first instant after it; `None` while it lasts.
        to_instant: Option<DateTime<Utc>>,
        /// Nobody knows when it was opened: in no figure of the past (DEFINITIONS 15).
        undated: bool,
        /// Who takes care of it today, and so sees it.
        owner_today: Option<UserId>,
    }
}

crate::table! {
    /// The company's time zone, as this read model needs it.
    CompanyZone in "opportunity_history_zone", key (company), group company {
        /// The company.
        company: CompanyId,
        /// Its zone (IANA).
        time_zone: String,
    }
}

/// Keeps `opportunity_history` and `opportunity_history_zone`.
#[derive(Debug, Clone, Copy)]
pub struct OpportunityHistory;

#[async_trait]
impl Projector for OpportunityHistory {
    const NAME: &'static str = "opportunity_history";
    const VERSION: i32 = 1;
    const DDL: &'static str = include_str!("opportunity_history.sql");
    const READS: &'static [&'static str] =
        &[aggregate_type::<Opportunity>(), aggregate_type::<Company>()];

    async fn apply(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        let of_company = CompanyId::the().as_uuid();
        let known = table::load::<CompanyZone>(tx, &[of_company]).await?;
        let mut zone = known
            .first()
            .and_then(|known| known.time_zone.parse().ok())
            .unwrap_or(Tz::UTC);
        let sales: Vec<&Recorded> = batch
            .iter()
            .copied()
            .filter(|recorded| matches!(recorded.event, Event::Opportunity(_)))
            .collect();
        let mut rows = Rows::<OpportunityPeriod>::load(tx, &sales).await?;
        let mut changed_zone = None;
        for recorded in batch {
            if let Event::Opportunity(event) = &recorded.event {
                take_in(rows.of(recorded), recorded, event, zone)?;
            } else if let Some(new) = new_zone(&recorded.event) {
                zone = new;
                changed_zone = Some(CompanyZone {
                    company: CompanyId::the(),
                    time_zone: new.name().to_owned(),
                });
            }
        }
        table::upsert(tx, &changed_zone.iter().collect::<Vec<_>>()).await?;
        rows.write(tx).await
    }
}

fn new_zone(event: &Event) -> Option<Tz> {
    match event {
        Event::Company(
            CompanyEvent::CompanySetUp { time_zone, .. }
            | CompanyEvent::CompanyTimeZoneChanged { time_zone },
        ) => Some(*time_zone),
        Event::Company(
            CompanyEvent::CompanyRenamed { .. }
            | CompanyEvent::CompanyFiscalStartChanged { .. }
            | CompanyEvent::CompanyLocaleChanged { .. },
        )
        | Event::Catalogue(_)
        | Event::Pipeline(_)
        | Event::TeamTree(_)
        | Event::User(_)
        | Event::Product(_)
        | Event::Lead(_)
        | Event::Client(_)
        | Event::Opportunity(_) => None,
    }
}

fn take_in(
    periods: &mut Vec<OpportunityPeriod>,
    recorded: &Recorded,
    event: &OpportunityEvent,
    zone: Tz,
) -> Result<(), ProjectionError> {
    if let OpportunityEvent::OpportunityOpened {
        pipeline,
        stage,
        owner,
        team,
        amount,
        details: _,
        client: _,
        lead: _,
        channel: _,
        currency: _,
        expected_close: _,
        lines: _,
    } = event
    {
        *periods = vec![OpportunityPeriod {
            opportunity: OpportunityId::from_uuid(recorded.aggregate_id),
            sequence: version_of(recorded),
            position: recorded.position,
            next_position: None,
            recorded_at: recorded.recorded_at,
            pipeline: *pipeline,
            stage: *stage,
            outcome: Outcome::Open,
            amount: amount.map(Amount::value),
            owner: *owner,
            team: *team,
            probability: None,
            from_date: recorded.metadata.business_date,
            to_date: None,
            from_instant: instant(recorded.metadata.occurred, zone),
            to_instant: None,
            undated: recorded.metadata.date_unknown,
            owner_today: *owner,
        }];
        return Ok(());
    }
    let last = periods
        .iter_mut()
        .max_by_key(|period| period.sequence)
        .ok_or_else(|| ProjectionError::inconsistent(recorded, "it was never opened"))?;
    let mut next = last.clone();
    next.evolve(event);
    if next != *last {
        begin(&mut next, last, recorded, zone);
        let owner_today = next.owner;
        periods.push(next);
        for period in periods {
            period.owner_today = owner_today;
        }
    }
    Ok(())
}

/// Begins a span at its own time, but no earlier than the one before it, which it ends (DEFINITIONS 14).
fn begin(
    next: &mut OpportunityPeriod,
    last: &mut OpportunityPeriod,
    recorded: &Recorded,
    zone: Tz,
) {
    next.sequence = version_of(recorded);
    next.position = recorded.position;
    next.recorded_at = recorded.recorded_at;
    next.from_date = recorded.metadata.business_date.max(last.from_date);
    next.from_instant = instant(recorded.metadata.occurred, zone).max(last.from_instant);
    last.next_position = Some(recorded.position);
    last.to_date = Some(next.from_date);
    last.to_instant = Some(next.from_instant);
}

/// The instant; a day without a time begins with it, in the company's zone.
fn instant(time: BusinessTime, zone: Tz) -> DateTime<Utc> {
    match time {
        BusinessTime::Instant(instant) => instant.to_utc(),
        BusinessTime::Date(date) => {
            let midnight = date.and_time(NaiveTime::MIN);
            // Where midnight is skipped by summer time, the day begins as if it were not.
            zone.from_local_datetime(&midnight)
                .earliest()
                .map_or_else(|| midnight.and_utc(), |local| local.to_utc())
        }
    }
}

impl OpportunityPeriod {
    fn evolve(&mut self, event: &OpportunityEvent) {
        match event {
            OpportunityEvent::OpportunityAssigned { owner, team } => {
                (self.owner, self.team) = (*owner, *team);
            }
            OpportunityEvent::OpportunityLinesRevised { lines: _, amount } => {
                self.amount = Some(amount.value());
            }
            OpportunityEvent::OpportunityAmountRevised { amount } => {
                self.amount = amount.map(Amount::value);
            }
            OpportunityEvent::OpportunityProbabilityJudged { probability } => {
                self.probability = probability.map(Percentage::value);
            }
            OpportunityEvent::OpportunityMoved { stage } => self.stage = *stage,
            OpportunityEvent::OpportunityWon {
                stage,
                amount,
                reason: _,
                note: _,
            } => {
                self.stage = *stage;
                self.outcome = Outcome::Won;
                self.amount = amount.map(Amount::value);
            }
            OpportunityEvent::OpportunityLost { stage, .. } => {
                self.stage = *stage;
                self.outcome = Outcome::Lost;
            }
            OpportunityEvent::OpportunityCancelled { stage, .. } => {
                self.stage = *stage;
                self.outcome = Outcome::Cancelled;
            }
            OpportunityEvent::OpportunityReopened { stage } => {
                self.stage = *stage;
                self.outcome = Outcome::Open;
            }
            OpportunityEvent::OpportunityOpened { .. }
            | OpportunityEvent::OpportunityDetailsCorrected { .. }
            | OpportunityEvent::OpportunityClientLinked { .. }
            | OpportunityEvent::OpportunityChannelCorrected { .. }
            | OpportunityEvent::OpportunityExpectedCloseChanged { .. } => {}
        }
    }
}
