//! Rows and cells, as a file tells them.

use std::borrow::Cow;

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

/// What one cell holds. Delimited text gives only [`Cell::Empty`] and [`Cell::Text`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Cell {
    /// Nothing, or a text without any character.
    #[default]
    #[serde(rename = "e")]
    Empty,
    /// Text, as written: neither trimmed nor otherwise changed. May hold line breaks and U+0000.
    #[serde(rename = "t")]
    Text(String),
    /// A workbook's number, as the shortest decimal that names it (`1054.1`), without exponent.
    #[serde(rename = "n")]
    Number(String),
    /// A workbook's date.
    #[serde(rename = "d")]
    Date(NaiveDate),
    /// A workbook's date with a time of day, to the millisecond; workbooks know no time zone.
    #[serde(rename = "m")]
    DateTime(NaiveDateTime),
    /// A workbook's truth value.
    #[serde(rename = "b")]
    Bool(bool),
    /// A workbook's error value (`#N/A`, `#REF!`), or a date outside its calendar: there is no value to be had.
    #[serde(rename = "f")]
    Faulty(String),
}

impl Cell {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// The cell as text: dates as ISO 8601, truth values as `TRUE` and `FALSE`, nothing as the empty text.
    pub fn as_text(&self) -> Cow<'_, str> {
        match self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) | Self::Number(text) | Self::Faulty(text) => Cow::Borrowed(text),
            Self::Date(date) => Cow::Owned(date.to_string()),
            Self::DateTime(at) => Cow::Owned(at.format("%Y-%m-%dT%H:%M:%S%.f").to_string()),
            Self::Bool(true) => Cow::Borrowed("TRUE"),
            Self::Bool(false) => Cow::Borrowed("FALSE"),
        }
    }
}

/// An empty text is [`Cell::Empty`].
impl From<String> for Cell {
    fn from(text: String) -> Self {
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text)
        }
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Line of the file on which the record begins, from 1; a workbook's row number. Records may span lines.
    pub line: u64,
    /// Its cells: of delimited text as many as the file gives; of a workbook, which has no end of row, as many as the
    /// table has columns, or more where cells stand beside them.
    pub cells: Vec<Cell>,
}

/// How a record's number of cells compares with the number of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// As many.
    Exact,
    /// So many too few.
    Short(usize),
    /// So many too many. Also where the surplus ones are empty: a separator too much in the middle shifts a row's values,
    /// and shows only at its end.
    Long(usize),
}

impl Row {
    /// Whether no cell holds anything but white space.
    pub fn is_blank(&self) -> bool {
        self.cells.iter().all(|cell| match cell {
            Cell::Empty => true,
            Cell::Text(text) => text.trim().is_empty(),
            Cell::Number(_)
            | Cell::Date(_)
            | Cell::DateTime(_)
            | Cell::Bool(_)
            | Cell::Faulty(_) => false,
        })
    }

    /// Number of cells up to the last that is not empty.
    pub fn extent(&self) -> usize {
        self.cells
            .iter()
            .rposition(|cell| !cell.is_empty())
            .map_or(0, |last| last + 1)
    }

    /// Compares with the number of columns.
    pub fn fit(&self, columns: usize) -> Fit {
        match self.cells.len() {
            count if count > columns => Fit::Long(count - columns),
            count if count < columns => Fit::Short(columns - count),
            _ => Fit::Exact,
        }
    }
}
