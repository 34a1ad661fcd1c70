//! Business time: when something happened in the world, apart from when it was recorded.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, SecondsFormat};
use chrono_tz::Tz;

/// When something happened in the world: a day, or an instant with its offset. The precision is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BusinessTime {
    /// A day, without a time.
    Date(NaiveDate),
    /// An instant with the offset in which it was written.
    Instant(DateTime<FixedOffset>),
}

/// What a command says of business time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Occurred {
    /// It happens as it is recorded.
    #[default]
    Now,
    /// It happened then.
    At(BusinessTime),
    /// Nobody knows: the recording day, flagged and left out of period figures (DEFINITIONS 15).
    Unknown,
}

/// Neither a date (`2017-03-01`) nor an instant with offset (`2017-03-01T10:00:00+01:00`), or not of the years 1900 to 2199,
/// in which a company does business: `0217-03-01` is a slip, not history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither a date nor an instant with its offset (ISO 8601), of the years 1900 to 2199")]
pub struct InvalidBusinessTime;

impl BusinessTime {
    /// The day on which it happened, in the company's time zone.
    pub fn business_date(self, zone: Tz) -> NaiveDate {
        match self {
            Self::Date(date) => date,
            Self::Instant(instant) => instant.with_timezone(&zone).date_naive(),
        }
    }

    /// The year in which it happened, by its own offset.
    fn year(self) -> i32 {
        match self {
            Self::Date(date) => date.year(),
            Self::Instant(instant) => instant.year(),
        }
    }
}

impl fmt::Display for BusinessTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(date) => write!(f, "{date}"),
            Self::Instant(instant) => {
                f.write_str(&instant.to_rfc3339_opts(SecondsFormat::AutoSi, true))
            }
        }
    }
}

impl FromStr for BusinessTime {
    type Err = InvalidBusinessTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let time = text
            .parse()
            .map(Self::Date)
            .or_else(|_not_a_date| DateTime::parse_from_rfc3339(text).map(Self::Instant))
            .map_err(|_neither| InvalidBusinessTime)?;
        if (1900..2200).contains(&time.year()) {
            Ok(time)
        } else {
            Err(InvalidBusinessTime)
        }
    }
}

#[cfg(test)]
mod tests;
