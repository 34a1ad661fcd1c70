//! What a profile says of a file beforehand; what it does not say is found out.

use serde::{Deserialize, Serialize};

use crate::files::values::{DateOrder, DecimalMark};

/// How the file is laid out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TableHints {
    /// Name of the encoding (`windows-1252`).
    pub encoding: Option<String>,
    /// Separator of the columns.
    pub separator: Option<char>,
    /// Line of the header.
    pub header: Option<u64>,
    /// Name of the sheet.
    pub sheet: Option<String>,
    /// Rows may end before the last column that the profile names, because the program that wrote the file leaves out what
    /// is empty at their ends, as Excel does. A row that was cut in its middle then goes in as far as it goes.
    pub short_rows: bool,
}

/// How values are written.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ValueHints {
    /// Order of day and month.
    pub dates: Option<DateOrder>,
    /// Mark before the decimals.
    pub decimals: Option<DecimalMark>,
    /// Words that stand for nothing, beside the usual ones.
    pub empty: Vec<String>,
}

/// How many rows make a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowsPerRecord {
    /// One row, one record; rows are read in a stream.
    #[default]
    One,
    /// Rows with the same key, wherever they stand; the file is held in memory.
    SameKey,
}

/// A row counts only where the column's value begins so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The column.
    pub column: String,
    /// What its value begins with.
    pub starts_with: String,
}
