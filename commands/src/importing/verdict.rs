//! What became of the records of a file.

use serde::Serialize;

use crate::files::RefusedCell;

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It was, or would be, written for the first time.
    Created,
    /// It was there and differs: it was, or would be, corrected.
    Updated,
    /// It was there and is the same.
    Unchanged,
    /// It was, or would be, left out.
    Refused(Vec<RefusedCell>),
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Progress {
    /// Rows read.
    pub rows: u64,
    /// Rows of the whole file, where they were counted beforehand.
    pub rows_total: Option<u64>,
    /// Bytes read, where they can be told: not of a workbook.
    pub bytes: Option<u64>,
    /// Records written for the first time.
    pub created: u64,
    /// Records corrected.
    pub updated: u64,
    /// Records that were there and are the same.
    pub unchanged: u64,
    /// Records left out.
    pub refused: u64,
    /// Events added to the log.
    pub events: u64,
}

/// What came of a whole file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Summary {
    /// The counts.
    pub progress: Progress,
    /// How often each reason refused a record, by code.
    pub refusals: Vec<(String, u64)>,
    /// Columns of the file that the profile does not name: nothing was read from them.
    pub unused_columns: Vec<String>,
    /// Position of the last event written.
    pub position: i64,
}

impl Progress {
    /// Counts a verdict.
    pub fn count(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Created => self.created += 1,
            Verdict::Updated => self.updated += 1,
            Verdict::Unchanged => self.unchanged += 1,
            Verdict::Refused(_) => self.refused += 1,
        }
    }
}
