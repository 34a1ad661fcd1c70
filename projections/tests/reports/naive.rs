//! The same figures, computed once more from the events in the plainest way: no tables, no sets, an event at a time.

use std::collections::BTreeMap;

use cartera_domain::Event;
use cartera_domain::ids::{TypedId, UserId};
use cartera_domain::opportunities::OpportunityEvent;
use cartera_domain::values::{Amount, BusinessTime};
use cartera_journal::Recorded;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::Madrid;
use rust_decimal::Decimal;
use uuid::Uuid;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    Open,
    Won,
    Lost,
    Cancelled,
}

/// What is said of the opportunities of one owner and month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    pub(crate) opened: u32,
    pub(crate) won: u32,
    pub(crate) lost: u32,
    pub(crate) cancelled: u32,
    pub(crate) amount: Decimal,
    pub(crate) days: Vec<Decimal>,
}

#[derive(Clone, Copy)]
struct When {
    day: NaiveDate,
    instant: Option<DateTime<Utc>>,
}

impl When {
    fn of(recorded: &Recorded) -> Option<Self> {
        let metadata = &recorded.metadata;
        (!metadata.date_unknown).then(|| Self {
            day: metadata.business_date,
            instant: match metadata.occurred {
                BusinessTime::Instant(at) => Some(at.to_utc()),
                BusinessTime::Date(_) => None,
            },
        })
    }

    fn begins(self) -> DateTime<Utc> {
        self.instant.unwrap_or_else(|| midnight(self.day))
    }

    fn ends(self) -> DateTime<Utc> {
        self.instant
            .unwrap_or_else(|| midnight(self.day + TimeDelta::days(1)) - TimeDelta::microseconds(1))
    }
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    let local = day.and_hms_opt(0, 0, 0).expect("midnight");
    Madrid.from_local_datetime(&local).unwrap().to_utc()
}

/// The figures of each owner and month, as they stood at the end of a day, or as they are known.
pub(crate) fn by_owner_and_month(
    log: &[Recorded],
    as_of: Option<NaiveDate>,
) -> BTreeMap<(Option<UserId>, NaiveDate), Figures> {
    let mut streams: BTreeMap<Uuid, Vec<(&Recorded, &OpportunityEvent)>> = BTreeMap::new();
    for recorded in log {
        if let Event::Opportunity(event) = &recorded.event {
            streams
                .entry(recorded.aggregate_id)
                .or_default()
                .push((recorded, event));
        }
    }
    let mut all: BTreeMap<(Option<UserId>, NaiveDate), Figures> = BTreeMap::new();
    for events in streams.values() {
        count(events, as_of, &mut all);
    }
    all.retain(|_, figures| *figures != Figures::default());
    all
}

fn count(
    events: &[(&Recorded, &OpportunityEvent)],
    as_of: Option<NaiveDate>,
    all: &mut BTreeMap<(Option<UserId>, NaiveDate), Figures>,
) {
    let opened = When::of(events[0].0);
    if let Some(opened) = opened.filter(|opened| as_of.is_none_or(|as_of| opened.day <= as_of)) {
        let key = (owner_at(events, opened.ends()), first_of_month(opened.day));
        all.entry(key).or_default().opened += 1;
    }
    let Some((outcome, closing, amount)) = closing(events, as_of) else {
        return;
    };
    let Some(closed) = When::of(closing) else {
        return;
    };
    let key = (owner_at(events, closed.ends()), first_of_month(closed.day));
    let figures = all.entry(key).or_default();
    match outcome {
        Outcome::Open => return,
        Outcome::Won => {
            figures.won += 1;
            figures.amount += amount.unwrap_or_default();
        }
        Outcome::Lost => figures.lost += 1,
        Outcome::Cancelled => figures.cancelled += 1,
    }
    figures
        .days
        .extend(opened.map(|opened| match (opened.instant, closed.instant) {
            (Some(from), Some(to)) => {
                Decimal::from((to - from).num_milliseconds()) / Decimal::from(86_400_000)
            }
            _ => Decimal::from((closed.day - opened.day).num_days()),
        }));
}

/// The outcome at the end of the day, and the event that brought it about.
fn closing<'a>(
    events: &[(&'a Recorded, &OpportunityEvent)],
    as_of: Option<NaiveDate>,
) -> Option<(Outcome, &'a Recorded, Option<Decimal>)> {
    let mut entered: Vec<(Outcome, &Recorded, Option<Decimal>)> = vec![];
    let mut latest: Option<NaiveDate> = None;
    let mut in_force = None;
    for (recorded, event) in events {
        let last = entered.last().copied();
        let next = match event {
            OpportunityEvent::OpportunityOpened { .. }
            | OpportunityEvent::OpportunityReopened { .. } => (Outcome::Open, *recorded, None),
            OpportunityEvent::OpportunityWon { amount, .. } => {
                (Outcome::Won, *recorded, amount.map(Amount::value))
            }
            OpportunityEvent::OpportunityLost { .. } => (Outcome::Lost, *recorded, None),
            OpportunityEvent::OpportunityCancelled { .. } => (Outcome::Cancelled, *recorded, None),
            OpportunityEvent::OpportunityMoved { .. } => last.expect("an opening"),
            _ => continue,
        };
        entered.push(next);
        let day =
            When::of(recorded).map(|when| latest.map_or(when.day, |latest| latest.max(when.day)));
        latest = day.or(latest);
        let counts = as_of.is_none_or(|as_of| day.is_some_and(|day| day <= as_of));
        if counts {
            in_force = Some(next);
        }
    }
    in_force
}

/// Who had it at an instant: terms begin no earlier than those before them, and the first ones have always been in force.
fn owner_at(events: &[(&Recorded, &OpportunityEvent)], at: DateTime<Utc>) -> Option<UserId> {
    let mut terms = vec![];
    let mut latest = DateTime::<Utc>::MIN_UTC;
    let mut owner = None;
    let mut worth = None;
    for (recorded, event) in events {
        match event {
            OpportunityEvent::OpportunityOpened {
                owner: first,
                amount,
                ..
            } => {
                (owner, worth) = (*first, *amount);
                terms.push((latest, owner));
                continue;
            }
            OpportunityEvent::OpportunityAssigned { owner: next, .. } => owner = *next,
            OpportunityEvent::OpportunityWon { amount, .. } if *amount != worth => worth = *amount,
            _ => continue,
        }
        if let Some(when) = When::of(recorded) {
            latest = latest.max(when.begins());
            terms.push((latest, owner));
        }
    }
    let in_force = terms.iter().rev().find(|(begins, _)| *begins <= at);
    in_force.and_then(|(_, owner)| *owner)
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).expect("a first")
}

/// The owner as a report shows it.
pub(crate) fn shown(owner: Option<UserId>) -> String {
    owner.map_or("-".to_owned(), |owner| {
        owner.as_uuid().as_u128().to_string()
    })
}
