//! An import under way: batch after batch to the end of the file.

use std::collections::HashMap;

use tokio::sync::mpsc;
use uuid::Uuid;

use crate::files::{RefusedCell, Row};
use crate::importing::error::ImportError;
use crate::importing::layout::Layout;
use crate::importing::profile::RecordKind;
use crate::importing::record::Record;
use crate::importing::references::References;
use crate::importing::verdict::{Summary, Verdict};
use crate::importing::witness::Witness;

use super::Import;
use super::batch::Batch;
use super::reading::{Read, RefusedRow};

/// An import under way.
pub(super) struct UnderWay<'a, W: Witness> {
    pub(super) import: &'a Import<'a>,
    pub(super) layout: &'a Layout,
    pub(super) references: References<'a>,
    /// Line of each key seen, to find keys that stand twice.
    pub(super) seen: HashMap<Uuid, u64>,
    pub(super) summary: Summary,
    witness: &'a mut W,
    reasons: HashMap<String, u64>,
}

impl<'a, W: Witness> UnderWay<'a, W> {
    pub(super) fn new(
        import: &'a Import<'a>,
        layout: &'a Layout,
        references: References<'a>,
        witness: &'a mut W,
    ) -> Self {
        Self {
            import,
            layout,
            references,
            seen: HashMap::new(),
            summary: Summary {
                unused_columns: layout.unused_columns(),
                ..Summary::default()
            },
            witness,
            reasons: HashMap::new(),
        }
    }

    /// The file has so many rows, where they were counted.
    pub(super) fn expect_rows(&mut self, rows: Option<u64>) {
        self.summary.progress.rows_total = rows;
    }

    /// Writes each batch while the next one is planned, so that neither the database nor this process waits for the other.
    /// A record that leans on one of the batch before is decided anew when that has been written: its append is refused then.
    pub(super) async fn run(
        mut self,
        mut rows: mpsc::Receiver<Result<Read, ImportError>>,
    ) -> Result<Summary, ImportError> {
        let (mut batch, import) = (Batch::default(), self.import);
        loop {
            let drafts = std::mem::take(&mut batch.drafts);
            let (next, outcomes) = if import.profile.record == RecordKind::User {
                // A user's manager may be a user of the batch before.
                let outcomes = import.write(drafts).await;
                (self.next(&mut rows).await, outcomes)
            } else {
                tokio::join!(self.next(&mut rows), import.write(drafts))
            };
            self.settle(batch, outcomes?).await?;
            self.summary.progress.events += std::mem::take(&mut self.references.events);
            self.witness.progressed(self.summary.progress).await?;
            match next? {
                Some(next) => batch = next,
                None => return Ok(self.told()),
            }
        }
    }

    /// The next batch, planned; none at the end of the file.
    async fn next(
        &mut self,
        rows: &mut mpsc::Receiver<Result<Read, ImportError>>,
    ) -> Result<Option<Batch>, ImportError> {
        while let Some(read) = rows.recv().await.transpose()? {
            if self.import.stop.is_raised() {
                return Err(ImportError::Stopped);
            }
            match read {
                Read::Layout(..) => {}
                Read::Refused(refused) => self.refuse_row(refused)?,
                Read::Records {
                    records,
                    rows,
                    bytes,
                } => {
                    self.summary.progress.rows += rows;
                    self.summary.progress.bytes = bytes;
                    return self.plan(records).await.map(Some);
                }
            }
        }
        Ok(None)
    }

    fn told(self) -> Summary {
        let mut refusals: Vec<(String, u64)> = self.reasons.into_iter().collect();
        refusals.sort_by(|(one, many), (other, more)| more.cmp(many).then_with(|| one.cmp(other)));
        Summary {
            refusals,
            ..self.summary
        }
    }

    pub(super) fn refuse_record(
        &mut self,
        record: &Record,
        cells: Vec<RefusedCell>,
    ) -> Result<(), ImportError> {
        self.refuse(record.line(), record.rows.first(), cells)
    }

    fn refuse_row(&mut self, refused: RefusedRow) -> Result<(), ImportError> {
        let RefusedRow { line, row, cell } = refused;
        self.summary.progress.rows += 1;
        self.refuse(line, row.as_ref(), vec![cell])
    }

    fn refuse(
        &mut self,
        line: u64,
        row: Option<&Row>,
        cells: Vec<RefusedCell>,
    ) -> Result<(), ImportError> {
        for cell in &cells {
            *self.reasons.entry(cell.code.clone()).or_default() += 1;
        }
        self.witness.refused(line, row, &cells)?;
        self.summary.progress.count(&Verdict::Refused(cells));
        Ok(())
    }
}
