//! Who is told what becomes of a file's rows while it is imported.

use std::io::{self, Write};

use super::verdict::Progress;
use crate::files::{Column, RefusedCell, RefusedRows, Row};

/// Is told what becomes of a file's rows. Whatever it fails at ends the import; what was accepted stays.
pub trait Witness: Send {
    /// The file's columns, once, before any row.
    ///
    /// # Errors
    /// When it cannot go on.
    fn begin(&mut self, columns: &[Column]) -> io::Result<()>;

    /// A record was left out: the line it begins on, its first row unless that could not be read, and the reasons.
    ///
    /// # Errors
    /// When it cannot go on.
    fn refused(&mut self, line: u64, row: Option<&Row>, reasons: &[RefusedCell]) -> io::Result<()>;

    /// A batch is done: what was accepted of it is in the log.
    ///
    /// # Errors
    /// When it cannot go on.
    fn progressed(&mut self, progress: Progress) -> impl Future<Output = io::Result<()>> + Send;
}

/// Writes refused rows to a file, and passes the progress on.
pub(super) struct ToFile<W: Write, P> {
    output: Option<W>,
    rows: Option<RefusedRows<W>>,
    progress: P,
}

impl<W: Write, P> ToFile<W, P> {
    pub(super) fn new(output: W, progress: P) -> Self {
        Self {
            output: Some(output),
            rows: None,
            progress,
        }
    }

    pub(super) fn finish(self) -> io::Result<()> {
        match self.rows {
            Some(rows) => rows.finish()?.flush(),
            None => Ok(()),
        }
    }
}

impl<W: Write + Send, P: FnMut(Progress) + Send> Witness for ToFile<W, P> {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        if let Some(output) = self.output.take() {
            self.rows = Some(RefusedRows::new(output, columns)?);
        }
        Ok(())
    }

    fn refused(&mut self, line: u64, row: Option<&Row>, reasons: &[RefusedCell]) -> io::Result<()> {
        match &mut self.rows {
            Some(rows) => rows.refuse(line, row, reasons),
            None => Ok(()),
        }
    }

    async fn progressed(&mut self, progress: Progress) -> io::Result<()> {
        (self.progress)(progress);
        Ok(())
    }
}
