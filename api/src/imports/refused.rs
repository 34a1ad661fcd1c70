//! What an import refused: kept sealed, several records to a row of the table, and read back in their order.

use cartera_commands::files::{Cell, RefusedCell, Row};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store::{Claimed, ImportStore};
use crate::files::store::StoreError;

/// A record that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRecord {
    /// Line of the file on which it begins, from 1.
    pub line: u64,
    /// Why.
    pub reasons: Vec<Reason>,
    /// The original cells of its first row; none where it could not be read.
    pub cells: Option<Vec<String>>,
}

/// One reason why a record was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Name of the column; empty where the row as a whole is to blame.
    pub column: String,
    /// The value refused.
    pub value: String,
    /// Stable code.
    pub code: String,
    /// The reason as a sentence.
    pub reason: String,
}

/// Refused records that follow each other.
#[derive(Debug)]
pub struct Stretch {
    /// Number of the first, from 1.
    pub first: i64,
    /// The records.
    pub records: Vec<RefusedRecord>,
}

impl RefusedRecord {
    /// What an import tells of a refused record.
    pub fn of(line: u64, row: Option<&Row>, reasons: &[RefusedCell]) -> Self {
        let reasons = reasons.iter().map(|cell| {
            let RefusedCell {
                column,
                value,
                code,
                reason,
            } = cell.clone();
            Reason {
                column,
                value,
                code,
                reason,
            }
        });
        let text = |cell: &Cell| cell.as_text().into_owned();
        Self {
            line,
            reasons: reasons.collect(),
            cells: row.map(|row| row.cells.iter().map(text).collect()),
        }
    }

    /// Its row as it was read, as text.
    pub fn row(&self) -> Option<Row> {
        let cells = self.cells.as_ref()?.iter().cloned().map(Cell::from);
        Some(Row {
            line: self.line,
            cells: cells.collect(),
        })
    }

    /// The reasons, in the importer's own form.
    pub fn cells_refused(&self) -> Vec<RefusedCell> {
        let cells = self.reasons.iter().map(|reason| RefusedCell {
            column: reason.column.clone(),
            value: reason.value.clone(),
            code: reason.code.clone(),
            reason: reason.reason.clone(),
        });
        cells.collect()
    }
}

impl ImportStore {
    /// Keeps the names of the file's columns, for whoever downloads what was refused.
    ///
    /// # Errors
    /// [`StoreError::Gone`] when the job is another's by now; when the database does not answer.
    pub async fn keep_columns(
        &self,
        claimed: &Claimed,
        names: &[String],
    ) -> Result<(), StoreError> {
        let kept = sqlx::query!(
            "UPDATE import_jobs SET columns = $3 WHERE id = $1 AND lease = $2",
            claimed.id,
            claimed.lease,
            self.sealed(claimed.id, "columns", &names)?,
        )
        .execute(&self.pool)
        .await?;
        still_ours(kept.rows_affected())
    }

    /// Forgets what an earlier attempt refused: the file is read again from the beginning.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_refused(&self, claimed: &Claimed) -> Result<(), StoreError> {
        sqlx::query!("DELETE FROM import_refused WHERE job = $1", claimed.id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Keeps refused records; the first has this number.
    ///
    /// # Errors
    /// [`StoreError::Gone`] when the job is another's by now; when the database does not answer.
    pub async fn keep_refused(
        &self,
        claimed: &Claimed,
        first: i64,
        records: &[RefusedRecord],
    ) -> Result<(), StoreError> {
        let kept = sqlx::query!(
            "INSERT INTO import_refused (job, first, amount, sealed)
             SELECT id, $3, $4, $5 FROM import_jobs WHERE id = $1 AND lease = $2 FOR SHARE",
            claimed.id,
            claimed.lease,
            first,
            i32::try_from(records.len()).unwrap_or(i32::MAX),
            self.sealed(claimed.id, &place(first), &records)?,
        )
        .execute(&self.pool)
        .await?;
        still_ours(kept.rows_affected())
    }

    /// The stretch of refused records in which this number lies, or the next one. Ask for the job first, as its viewer.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn refused_from(
        &self,
        job: Uuid,
        number: i64,
    ) -> Result<Option<Stretch>, StoreError> {
        let found = sqlx::query!(
            "SELECT first, sealed FROM import_refused WHERE job = $1 AND first + amount > $2 ORDER BY first LIMIT 1",
            job,
            number,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(found) = found else { return Ok(None) };
        Ok(Some(Stretch {
            first: found.first,
            records: self.unsealed(job, &place(found.first), &found.sealed)?,
        }))
    }

    /// Names of the file's columns; none before they were known. Ask for the job first, as its viewer.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn columns(&self, job: Uuid) -> Result<Vec<String>, StoreError> {
        let sealed = sqlx::query_scalar!("SELECT columns FROM import_jobs WHERE id = $1", job)
            .fetch_optional(&self.pool)
            .await?;
        let columns = sealed
            .flatten()
            .map(|sealed| self.unsealed(job, "columns", &sealed));
        Ok(columns.transpose()?.unwrap_or_default())
    }
}

fn still_ours(rows: u64) -> Result<(), StoreError> {
    (rows == 1).then_some(()).ok_or(StoreError::Gone)
}

fn place(first: i64) -> String {
    format!("refused {first}")
}
