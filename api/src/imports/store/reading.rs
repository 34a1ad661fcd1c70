//! Jobs as their viewers see them.

use cartera_domain::ids::{TypedId, UserId};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::ImportStore;
use crate::files::store::StoreError;
use crate::imports::job::{Counts, Job, Whose};

struct Stored {
    id: Uuid,
    number: i64,
    started_by: Uuid,
    dry_run: bool,
    state: String,
    file: Uuid,
    bytes_total: i64,
    about: Option<Vec<u8>>,
    failure: Option<Vec<u8>>,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
    rows_read: i64,
    rows_total: Option<i64>,
    bytes_read: Option<i64>,
    accepted: i64,
    already_there: i64,
    refused: i64,
}

impl ImportStore {
    /// A job.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find(&self, whose: Whose, job: Uuid) -> Result<Option<Job>, StoreError> {
        let found = sqlx::query_as!(
            Stored,
            "SELECT id, number, started_by, dry_run, state, file, bytes_total, about, failure, created_at, started_at,
                    finished_at, rows_read, rows_total, bytes_read, accepted, already_there, refused
             FROM import_jobs WHERE id = $1 AND ($2::uuid IS NULL OR started_by = $2)",
            job,
            user(whose),
        )
        .fetch_optional(&self.pool)
        .await?;
        found.map(|found| self.opened(found)).transpose()
    }

    /// Jobs before this number, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn page(
        &self,
        whose: Whose,
        before: Option<i64>,
        size: i64,
    ) -> Result<Vec<Job>, StoreError> {
        let found = sqlx::query_as!(
            Stored,
            "SELECT id, number, started_by, dry_run, state, file, bytes_total, about, failure, created_at, started_at,
                    finished_at, rows_read, rows_total, bytes_read, accepted, already_there, refused
             FROM import_jobs WHERE ($1::uuid IS NULL OR started_by = $1) AND ($2::bigint IS NULL OR number < $2)
             ORDER BY number DESC LIMIT $3",
            user(whose),
            before,
            size,
        )
        .fetch_all(&self.pool)
        .await?;
        found.into_iter().map(|found| self.opened(found)).collect()
    }

    /// How many jobs there are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count(&self, whose: Whose) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM import_jobs WHERE $1::uuid IS NULL OR started_by = $1"#,
            user(whose),
        );
        Ok(count.fetch_one(&self.pool).await?)
    }

    fn opened(&self, stored: Stored) -> Result<Job, StoreError> {
        let about = stored
            .about
            .map(|about| self.unsealed(stored.id, "about", &about));
        let failure = stored
            .failure
            .map(|failure| self.unsealed(stored.id, "failure", &failure));
        let state = stored.state.parse().map_err(|_unknown| {
            let words = format!("the state {:?} of a job", stored.state);
            StoreError::Database(sqlx::Error::Decode(words.into()))
        })?;
        Ok(Job {
            id: stored.id,
            number: stored.number,
            started_by: UserId::from_uuid(stored.started_by),
            dry_run: stored.dry_run,
            state,
            file: stored.file,
            bytes_total: stored.bytes_total,
            about: about.transpose()?,
            failure: failure.transpose()?,
            created_at: stored.created_at,
            started_at: stored.started_at,
            finished_at: stored.finished_at,
            counts: Counts {
                rows_read: stored.rows_read,
                rows_total: stored.rows_total,
                bytes_read: stored.bytes_read,
                accepted: stored.accepted,
                already_there: stored.already_there,
                refused: stored.refused,
            },
        })
    }
}

pub(super) fn user(whose: Whose) -> Option<Uuid> {
    match whose {
        Whose::All => None,
        Whose::Of(user) => Some(user.as_uuid()),
    }
}
