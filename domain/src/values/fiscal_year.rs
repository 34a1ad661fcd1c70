//! Fiscal years: which one a day lies in, its months and quarters, and the same day some years before.
//!
//! Pure calendar arithmetic. A day that the calendar cannot hold (chrono's years end at ±262,143) becomes the nearest it can.

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// The month in which the fiscal year begins, 1 to 12. A fiscal year bears the number of the calendar year in which it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FiscalStart(u8);

/// Not a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a month is a number from 1 to 12")]
pub struct InvalidFiscalStart;

impl FiscalStart {
    /// The fiscal year is the calendar year.
    pub const JANUARY: Self = Self(1);

    /// Checks the month.
    ///
    /// # Errors
    /// [`InvalidFiscalStart`].
    pub const fn try_new(month: u8) -> Result<Self, InvalidFiscalStart> {
        if month >= 1 && month <= 12 {
            Ok(Self(month))
        } else {
            Err(InvalidFiscalStart)
        }
    }

    /// The month, 1 to 12.
    pub const fn month(self) -> u8 {
        self.0
    }
}

impl Default for FiscalStart {
    fn default() -> Self {
        Self::JANUARY
    }
}

/// A company's fiscal year: twelve months from its start month on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FiscalYear {
    number: i32,
    start: FiscalStart,
}

impl FiscalYear {
    /// The fiscal year with this number: that of the calendar year in which it begins.
    pub const fn new(number: i32, start: FiscalStart) -> Self {
        Self { number, start }
    }

    /// The fiscal year in which a day lies.
    pub fn of(date: NaiveDate, start: FiscalStart) -> Self {
        let begun = date.month() >= u32::from(start.month());
        Self::new(date.year() - i32::from(!begun), start)
    }

    /// Its number: the calendar year in which it begins.
    pub const fn number(self) -> i32 {
        self.number
    }

    /// The month in which it begins.
    pub const fn start(self) -> FiscalStart {
        self.start
    }

    /// Its first day.
    pub fn first_day(self) -> NaiveDate {
        day(self.number, u32::from(self.start.month()), 1)
    }

    /// Its last day.
    pub fn last_day(self) -> NaiveDate {
        self.next(1)
            .first_day()
            .pred_opt()
            .unwrap_or(NaiveDate::MIN)
    }

    /// Whether a day lies in it.
    pub fn contains(self, date: NaiveDate) -> bool {
        Self::of(date, self.start) == self
    }

    /// The fiscal year `years` before it.
    #[must_use]
    pub fn previous(self, years: u16) -> Self {
        Self::new(self.number.saturating_sub(i32::from(years)), self.start)
    }

    /// The fiscal year `years` after it.
    #[must_use]
    pub fn next(self, years: u16) -> Self {
        Self::new(self.number.saturating_add(i32::from(years)), self.start)
    }

    /// First days of its twelve months, in order.
    pub fn months(self) -> impl Iterator<Item = NaiveDate> {
        let first = self.first_day();
        (0..12).map(move |month| {
            first
                .checked_add_months(Months::new(month))
                .unwrap_or(NaiveDate::MAX)
        })
    }

    /// Which month of the fiscal year a day lies in, 1 to 12, whichever year that is.
    pub fn month_index(self, date: NaiveDate) -> u32 {
        (date.month() + 12 - u32::from(self.start.month())) % 12 + 1
    }

    /// Which quarter of the fiscal year a day lies in, 1 to 4, whichever year that is.
    pub fn quarter(self, date: NaiveDate) -> u32 {
        (self.month_index(date) - 1) / 3 + 1
    }
}

/// The same day `years` later, or earlier where negative; 29 February becomes 28 where there is none (DEFINITIONS 19).
pub fn shift_years(date: NaiveDate, years: i32) -> NaiveDate {
    let year = date.year().saturating_add(years);
    NaiveDate::from_ymd_opt(year, date.month(), date.day())
        .unwrap_or_else(|| day(year, date.month(), date.day().min(28)))
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    let beyond = if year < 0 {
        NaiveDate::MIN
    } else {
        NaiveDate::MAX
    };
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or(beyond)
}

#[cfg(test)]
mod tests;
