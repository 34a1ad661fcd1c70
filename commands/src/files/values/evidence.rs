//! Which form a whole column has, by what its cells prove.

use super::date::{DateOrder, parse_moment};
use super::decimal::{DecimalMark, parse_decimal};
use crate::files::cell::Cell;

/// What a column's cells prove together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict<T> {
    /// At least one cell can be read in this form only, and none in the other only.
    Proven(T),
    /// Every cell reads the same in both forms: it does not matter.
    Indifferent,
    /// Some cells read differently in the two forms, and none proves either: ask a person.
    Ambiguous,
    /// Some cells prove the one form and some the other: the column is mixed.
    Contradictory,
}

impl<T> Verdict<T> {
    /// The form to read the column in, given what to assume where it cannot be told. None where it is mixed.
    pub fn or_assume(self, assumed: T) -> Option<T> {
        match self {
            Self::Proven(form) => Some(form),
            Self::Indifferent | Self::Ambiguous => Some(assumed),
            Self::Contradictory => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Tally {
    first: u64,
    second: u64,
    open: u64,
}

impl Tally {
    /// Counts a text by how it reads in the first form and in the second; one that reads in neither proves nothing.
    fn count<T: PartialEq>(&mut self, first: Option<T>, second: Option<T>) {
        match (first, second) {
            (Some(first), Some(second)) => self.open += u64::from(first != second),
            (Some(_), None) => self.first += 1,
            (None, Some(_)) => self.second += 1,
            (None, None) => {}
        }
    }

    fn verdict<F>(self, first: F, second: F) -> Verdict<F> {
        match (self.first, self.second, self.open) {
            (0, 0, 0) => Verdict::Indifferent,
            (0, 0, _) => Verdict::Ambiguous,
            (_, 0, _) => Verdict::Proven(first),
            (0, ..) => Verdict::Proven(second),
            _ => Verdict::Contradictory,
        }
    }
}

/// Evidence for a column's decimal mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DecimalEvidence(Tally);

impl DecimalEvidence {
    /// Takes a cell into account; only text says anything.
    pub fn see(&mut self, cell: &Cell) {
        if let Cell::Text(text) = cell {
            let text = text.trim().trim_end_matches('%');
            self.0.count(
                parse_decimal(text, DecimalMark::Comma).ok(),
                parse_decimal(text, DecimalMark::Point).ok(),
            );
        }
    }

    /// What all cells so far prove.
    pub fn verdict(self) -> Verdict<DecimalMark> {
        self.0.verdict(DecimalMark::Comma, DecimalMark::Point)
    }
}

/// Evidence for the order of day and month in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DateEvidence(Tally);

impl DateEvidence {
    /// Takes a cell into account; only text says anything.
    pub fn see(&mut self, cell: &Cell) {
        if let Cell::Text(text) = cell {
            let day_first = parse_moment(text, Some(DateOrder::DayFirst)).ok();
            self.0.count(
                day_first,
                parse_moment(text, Some(DateOrder::MonthFirst)).ok(),
            );
        }
    }

    /// What all cells so far prove.
    pub fn verdict(self) -> Verdict<DateOrder> {
        self.0.verdict(DateOrder::DayFirst, DateOrder::MonthFirst)
    }
}
