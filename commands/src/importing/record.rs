//! One record: its key in the source, and its rows.

use crate::files::Row;

/// A record of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its key in the source.
    pub key: String,
    /// Its rows, in the order of the file.
    pub rows: Vec<Row>,
}

impl Record {
    /// Line of the file on which it begins, from 1.
    pub fn line(&self) -> u64 {
        self.rows.first().map_or(0, |row| row.line)
    }
}
