//! When something was so: moments of business time, and from when to when the rows of a history are in force.

use cartera_domain::values::BusinessTime;
use cartera_journal::Metadata;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;

/// From when on something is so: the day decides for figures as of a day, the instant for those as of an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::reports) struct Moment {
    /// The business date.
    pub(in crate::reports) day: NaiveDate,
    /// The instant; the beginning of the day where only that is known.
    pub(in crate::reports) at: DateTime<Utc>,
}

/// When an event happened, as precisely as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::reports) struct Happened {
    /// From when on what it says is so.
    pub(in crate::reports) from: Moment,
    /// The instant, where it is known.
    pub(in crate::reports) at: Option<DateTime<Utc>>,
    /// The last instant of it: the end of its day where only that is known.
    pub(in crate::reports) through: DateTime<Utc>,
}

/// A row of a history.
pub(in crate::reports) trait Span {
    /// From when on it is in force; `None` where nobody knows.
    fn from(&self) -> Option<Moment>;
    /// Another row follows it, from that moment on where it is known.
    fn end(&mut self, position: i64, next: Option<Moment>);
}

/// From this moment on, everything: what is first known holds for the time before it as well (DEFINITIONS 18).
pub(in crate::reports) const BEGINNING: Moment = {
    let day = match NaiveDate::from_ymd_opt(1, 1, 1) {
        Some(day) => day,
        None => NaiveDate::MIN,
    };
    Moment {
        day,
        at: day.and_time(NaiveTime::MIN).and_utc(),
    }
};

impl Happened {
    /// When an event happened; `None` where nobody knows (DEFINITIONS 15).
    pub(in crate::reports) fn of(metadata: &Metadata, zone: Tz) -> Option<Self> {
        if metadata.date_unknown {
            return None;
        }
        Some(Self::at(metadata.business_date, metadata.occurred, zone))
    }

    fn at(day: NaiveDate, occurred: BusinessTime, zone: Tz) -> Self {
        match occurred {
            BusinessTime::Instant(instant) => {
                let at = instant.to_utc();
                Self {
                    from: Moment { day, at },
                    at: Some(at),
                    through: at,
                }
            }
            BusinessTime::Date(_) => Self {
                from: Moment {
                    day,
                    at: beginning_of(day, zone),
                },
                at: None,
                through: end_of(day, zone),
            },
        }
    }

    /// Days from an earlier event to this one: difference of dates where either is a date, else elapsed seconds ÷ 86,400.
    pub(in crate::reports) fn days_since(
        &self,
        day: NaiveDate,
        at: Option<DateTime<Utc>>,
    ) -> Decimal {
        match (at, self.at) {
            (Some(from), Some(to)) => elapsed_days(to - from),
            (None, _) | (_, None) => Decimal::from((self.from.day - day).num_days()),
        }
    }
}

fn elapsed_days(elapsed: TimeDelta) -> Decimal {
    const MICROSECONDS_A_DAY: i64 = 86_400_000_000;
    elapsed
        .num_microseconds()
        .map_or(Decimal::from(elapsed.num_days()), |microseconds| {
            Decimal::from(microseconds) / Decimal::from(MICROSECONDS_A_DAY)
        })
}

/// First instant of a day in a zone.
pub(in crate::reports) fn beginning_of(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    // Where clocks are put forward at midnight, the day begins an hour later.
    let local = zone.from_local_datetime(&midnight).earliest().or_else(|| {
        zone.from_local_datetime(&(midnight + TimeDelta::hours(1)))
            .earliest()
    });
    local.map_or(midnight.and_utc(), |local| local.to_utc())
}

/// Last instant of a day in a zone, to the microsecond.
pub(in crate::reports) fn end_of(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
    beginning_of(next, zone) - TimeDelta::microseconds(1)
}

/// From when on the next row of a history is in force: not before the row before it (DEFINITIONS 14).
pub(in crate::reports) fn next_from<R: Span>(rows: &[R], own: Option<Moment>) -> Option<Moment> {
    let before = rows.iter().rev().find_map(Span::from);
    own.map(|own| before.map_or(own, |before| later(own, before)))
}

fn later(one: Moment, other: Moment) -> Moment {
    Moment {
        day: one.day.max(other.day),
        at: one.at.max(other.at),
    }
}

/// Ends the rows before a position.
pub(in crate::reports) fn end_all<R: Span>(rows: &mut [R], position: i64, next: Option<Moment>) {
    for row in rows {
        row.end(position, next);
    }
}

#[cfg(test)]
mod tests;
