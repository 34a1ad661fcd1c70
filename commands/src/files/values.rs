//! From a cell to a value: numbers, dates, truth values, and what stands for nothing.
//!
//! A value is read in one declared form and in no other: `1.5` with a decimal comma is refused, not read as 15. Which form
//! a whole column has is found by evidence ([`DecimalEvidence`], [`DateEvidence`]): see every cell, then ask for the verdict.

mod boolean;
mod date;
mod decimal;
mod evidence;
mod month_names;
mod null_words;
mod time_of_day;

pub use boolean::boolean;
pub use date::{DateOrder, DateReading, Moment, moment, parse_moment};
pub use decimal::{DecimalMark, decimal, parse_decimal, percentage};
pub use evidence::{DateEvidence, DecimalEvidence, Verdict};
pub use null_words::NullWords;

use strum::IntoStaticStr;

use super::cell::Cell;

/// Length to which a refused value is cut for a message, in characters.
const SHOWN_CHARACTERS: usize = 100;

/// Why a cell is not the value that it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum CellFault {
    /// There is nothing in it.
    #[error("the cell is empty")]
    CellEmpty,
    /// It holds an error of the spreadsheet program.
    #[error("the cell holds an error of the spreadsheet program")]
    CellFaulty,
    /// Not a number in the declared form.
    #[error("not a number with a decimal {0}")]
    CellNotANumber(DecimalMark),
    /// A number with more digits than can be kept exactly (28).
    #[error("the number has too many digits")]
    CellNumberTooLong,
    /// Not a date in any known form.
    #[error("not a date")]
    CellNotADate,
    /// A date in another order than the declared one, such as 20/10/2016 where the month should come first.
    #[error("no such day in the calendar (is it written {0}?)")]
    CellNoSuchDay(DateOrder),
    /// Day and month cannot be told apart, and no order was declared.
    #[error("day and month cannot be told apart: say which comes first")]
    CellDateAmbiguous,
    /// Neither true nor false in any known word.
    #[error("neither true nor false")]
    CellNotATruthValue,
}

/// A refused cell: its value and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct InvalidCell {
    /// The value, cut to 100 characters.
    pub value: String,
    /// Why.
    #[source]
    pub fault: CellFault,
}

impl CellFault {
    /// Stable code, such as `CELL_NOT_A_DATE`.
    pub fn code(&self) -> &'static str {
        self.into()
    }

    /// The refusal of this cell.
    pub fn of(self, cell: &Cell) -> InvalidCell {
        InvalidCell {
            value: cell.as_text().chars().take(SHOWN_CHARACTERS).collect(),
            fault: self,
        }
    }
}

impl InvalidCell {
    /// Stable code, such as `CELL_NOT_A_DATE`.
    pub fn code(&self) -> &'static str {
        self.fault.code()
    }
}
