//! The table of jobs. Times are the database's own, so that all nodes agree on when a lease ends.

mod leases;
mod reading;

use std::time::Duration;

use cartera_domain::ids::{TypedId, UserId};
use cartera_journal::{Journal, Vault};
use sqlx::PgPool;
use uuid::Uuid;

use self::reading::user;
use super::job::{JobAbout, Whose};
use crate::files::store::{FileStore, StoreError, StoredFile, seconds};

pub use leases::{Claimed, End};

/// Most jobs of one user that have not ended.
pub const MOST_OPEN: i64 = 50;
/// Most jobs that one sweep strips.
const SWEPT_AT_ONCE: i64 = 20;

/// Keeps jobs. Cheap to clone.
#[derive(Clone)]
pub struct ImportStore {
    pub(super) pool: PgPool,
    pub(super) vault: Vault,
    files: FileStore,
}

impl std::fmt::Debug for ImportStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ImportStore(…)")
    }
}

/// A job to be started.
#[derive(Debug)]
pub struct NewJob {
    /// Its identity.
    pub id: Uuid,
    /// Who starts it.
    pub by: UserId,
    /// The command that this is, said once.
    pub command_id: Uuid,
    /// Keyed hash of the command.
    pub content: [u8; 32],
    /// The file: the user's own.
    pub file: Uuid,
    /// The profile, as TOML.
    pub profile: String,
    /// Whether nothing is to be written.
    pub dry_run: bool,
}

impl NewJob {
    /// What it means that its command id stands for a job of this content already.
    fn said_as(&self, job: Uuid, content: &[u8]) -> Start {
        if content == self.content {
            Start::Job(job)
        } else {
            Start::Reused
        }
    }
}

/// What became of a job to be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// It waits for a node, or did when the same was said before.
    Job(Uuid),
    /// The command id stands for another command.
    Reused,
    /// The user has no such file.
    NoFile,
    /// The user has as many jobs that have not ended as may be.
    TooMany,
}

impl ImportStore {
    /// The jobs of this journal's database, which read files from `files`.
    pub fn new(journal: &Journal, files: FileStore) -> Self {
        Self {
            pool: journal.pool().clone(),
            vault: journal.vault().clone(),
            files,
        }
    }

    /// Where the files are.
    pub fn files(&self) -> &FileStore {
        &self.files
    }

    /// Starts a job, or finds it where the same command was said before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn start(&self, wanted: &NewJob) -> Result<Start, StoreError> {
        loop {
            let said = sqlx::query!(
                "SELECT id, content FROM import_jobs WHERE started_by = $1 AND command_id = $2",
                wanted.by.as_uuid(),
                wanted.command_id,
            )
            .fetch_optional(&self.pool)
            .await?;
            if let Some(said) = said {
                return Ok(wanted.said_as(said.id, &said.content));
            }
            // Said twice at once: whoever was slower finds it said.
            if let Some(start) = self.insert(wanted).await? {
                return Ok(start);
            }
        }
    }

    async fn insert(&self, wanted: &NewJob) -> Result<Option<Start>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let open = sqlx::query_scalar!(
            r#"SELECT count(*) AS "open!" FROM import_jobs WHERE started_by = $1 AND state IN ('queued', 'running')"#,
            wanted.by.as_uuid(),
        )
        .fetch_one(&mut *tx)
        .await?;
        if open >= MOST_OPEN {
            return Ok(Some(Start::TooMany));
        }
        let Some(file) = self.files.take(&mut tx, wanted.by, wanted.file).await? else {
            return Ok(Some(Start::NoFile));
        };
        let StoredFile {
            id: file,
            bytes,
            about,
        } = file;
        let about = JobAbout {
            file: about,
            profile: wanted.profile.clone(),
        };
        let inserted = sqlx::query_scalar!(
            "INSERT INTO import_jobs (id, started_by, command_id, content, dry_run, file, bytes_total, about)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (started_by, command_id) DO NOTHING RETURNING id",
            wanted.id,
            wanted.by.as_uuid(),
            wanted.command_id,
            &wanted.content,
            wanted.dry_run,
            file,
            bytes,
            self.sealed(wanted.id, "about", &about)?,
        )
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(inserted.map(Start::Job))
    }

    /// Ends a job that has not ended: one that waits at once, one that runs between two batches.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn cancel(&self, whose: Whose, job: Uuid) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE import_jobs SET cancel = true,
                    finished_at = CASE WHEN state = 'queued' THEN now() END,
                    state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END
             WHERE id = $1 AND ($2::uuid IS NULL OR started_by = $2) AND state IN ('queued', 'running')",
            job,
            user(whose),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Strips jobs that ended so long ago of all that may be personal. Gives how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep(&self, kept_for: Duration) -> Result<u64, StoreError> {
        let swept = sqlx::query!(
            "WITH old AS (
                 SELECT id FROM import_jobs
                 WHERE about IS NOT NULL AND finished_at < now() - make_interval(secs => $1::bigint)
                 ORDER BY finished_at LIMIT $2 FOR UPDATE SKIP LOCKED
             ), gone AS (
                 DELETE FROM import_refused WHERE job IN (SELECT id FROM old)
             )
             UPDATE import_jobs SET about = NULL, columns = NULL, failure = NULL WHERE id IN (SELECT id FROM old)",
            seconds(kept_for),
            SWEPT_AT_ONCE,
        )
        .execute(&self.pool)
        .await?;
        Ok(swept.rows_affected())
    }

    pub(super) fn sealed(
        &self,
        job: Uuid,
        what: &str,
        value: &impl serde::Serialize,
    ) -> Result<Vec<u8>, StoreError> {
        let bytes = serde_json::to_vec(value)?;
        Ok(self
            .vault
            .seal_bytes(&format!("import {job} {what}"), &bytes)?)
    }

    pub(super) fn unsealed<T: serde::de::DeserializeOwned>(
        &self,
        job: Uuid,
        what: &str,
        sealed: &[u8],
    ) -> Result<T, StoreError> {
        let bytes = self
            .vault
            .open_bytes(&format!("import {job} {what}"), sealed)?;
        Ok(serde_json::from_slice(&bytes)?)
    }
}
