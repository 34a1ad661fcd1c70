//! Stretches of time, and the same stretch some fiscal years before.

use cartera_domain::values::{FiscalStart, shift_years};
use chrono::{Datelike, Days, Months, NaiveDate};

/// A length of time by which figures are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Grain {
    /// A day.
    Day,
    /// A calendar month.
    Month,
    /// A quarter of the fiscal year.
    Quarter,
    /// A fiscal year.
    FiscalYear,
}

/// Days from the first to the last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

/// How a period is compared with the same period of earlier fiscal years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum Basis {
    /// A period in progress with the same days of the earlier year.
    #[default]
    LikeForLike,
    /// Always with the whole period of the earlier year.
    WholePeriods,
}

impl Grain {
    /// First day of the stretch in which a day lies.
    pub fn first_day(self, day: NaiveDate, start: FiscalStart) -> NaiveDate {
        let first_of_month = day.with_day(1).unwrap_or(day);
        let into_year = (day.month() + 12 - u32::from(start.month())) % 12;
        let back = match self {
            Self::Day => return day,
            Self::Month => 0,
            Self::Quarter => into_year % 3,
            Self::FiscalYear => into_year,
        };
        first_of_month
            .checked_sub_months(Months::new(back))
            .unwrap_or(first_of_month)
    }

    /// First day of the next stretch; `None` at the end of the calendar.
    fn next(self, first: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => first.succ_opt(),
            Self::Month => first.checked_add_months(Months::new(1)),
            Self::Quarter => first.checked_add_months(Months::new(3)),
            Self::FiscalYear => first.checked_add_months(Months::new(12)),
        }
    }

    /// Last day of the stretch that begins on this day.
    pub fn last_day(self, first: NaiveDate) -> NaiveDate {
        self.next(first)
            .and_then(|next| next.pred_opt())
            .unwrap_or(NaiveDate::MAX)
    }

    /// First days of all stretches of which a part lies in the period, in order.
    pub fn stretches(self, period: Period, start: FiscalStart) -> impl Iterator<Item = NaiveDate> {
        let first = self.first_day(period.from, start);
        std::iter::successors(Some(first), move |first| self.next(*first))
            .take_while(move |first| *first <= period.to)
    }
}

impl Period {
    /// The part of the same period that many years before which can be compared, judged at `cutoff`, the last day of which
    /// everything is known. `from` lies after `to` when the period has not begun.
    ///
    /// A whole month compares with a whole month, be its February short or long.
    #[must_use]
    pub fn before(self, years: u8, basis: Basis, cutoff: NaiveDate) -> Self {
        let years = i32::from(years);
        let in_progress = basis == Basis::LikeForLike && cutoff < self.to;
        let to = if in_progress {
            shift_years(cutoff, -years)
        } else {
            shift_end(self.to, -years)
        };
        Self {
            from: shift_years(self.from, -years),
            to,
        }
    }

    /// The part that lies in the stretch from `first` to `last`.
    #[must_use]
    pub fn within(self, first: NaiveDate, last: NaiveDate) -> Self {
        Self {
            from: self.from.max(first),
            to: self.to.min(last),
        }
    }
}

/// The same last day; the last of a month becomes the last of that month.
fn shift_end(last: NaiveDate, years: i32) -> NaiveDate {
    last.checked_add_days(Days::new(1))
        .filter(|next| next.day() == 1)
        .and_then(|next| shift_years(next, years).pred_opt())
        .unwrap_or_else(|| shift_years(last, years))
}

#[cfg(test)]
mod tests;
