//! The right to carry a job out, for a while: taken, renewed, given back.

use std::time::Duration;

use cartera_domain::ids::{TypedId, UserId};
use uuid::Uuid;

use super::ImportStore;
use crate::files::store::{StoreError, seconds};
use crate::imports::job::{Counts, Failure, JobAbout, JobState};

/// A job that this node may carry out, for a while.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The job.
    pub id: Uuid,
    /// The right to it.
    pub lease: Uuid,
    /// Who started it.
    pub started_by: UserId,
    /// Whether nothing is to be written.
    pub dry_run: bool,
    /// Whether somebody wants it to end.
    pub cancel: bool,
    /// The file.
    pub file: Uuid,
    /// The file and how it is read.
    pub about: Option<JobAbout>,
    /// Position of the log's end when it first began.
    pub begun_at: i64,
    /// Which attempt this is, from 1.
    pub attempt: i32,
}

/// How an attempt ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The whole file was read.
    Finished,
    /// It cannot go on.
    Failed(Failure),
    /// Somebody ended it.
    Cancelled,
    /// The node stops: another goes on.
    Released,
}

impl ImportStore {
    /// Takes the oldest job that nobody carries out; `head` is the log's end.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn claim(
        &self,
        lease: Uuid,
        lasts: Duration,
        head: i64,
    ) -> Result<Option<Claimed>, StoreError> {
        let claimed = sqlx::query!(
            r#"UPDATE import_jobs SET state = 'running', lease = $1, attempts = attempts + 1,
                   lease_until = now() + make_interval(secs => $2::bigint),
                   started_at = coalesce(started_at, now()), begun_at = coalesce(begun_at, $3)
               WHERE id = (SELECT id FROM import_jobs
                           WHERE state IN ('queued', 'running') AND (state = 'queued' OR lease_until < now())
                           ORDER BY number LIMIT 1 FOR UPDATE SKIP LOCKED)
               RETURNING id, started_by, dry_run, cancel, file, about, begun_at AS "begun_at!", attempts"#,
            lease,
            seconds(lasts),
            head,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(claimed) = claimed else {
            return Ok(None);
        };
        let about = claimed
            .about
            .map(|about| self.unsealed(claimed.id, "about", &about))
            .transpose()?;
        Ok(Some(Claimed {
            id: claimed.id,
            lease,
            started_by: UserId::from_uuid(claimed.started_by),
            dry_run: claimed.dry_run,
            cancel: claimed.cancel,
            file: claimed.file,
            about,
            begun_at: claimed.begun_at,
            attempt: claimed.attempts,
        }))
    }

    /// Says that an attempt is alive and how far it is. Answers whether somebody wants it to end; `None` when the job is
    /// another's by now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn beat(
        &self,
        claimed: &Claimed,
        lasts: Duration,
        counts: Counts,
    ) -> Result<Option<bool>, StoreError> {
        let cancel = sqlx::query_scalar!(
            "UPDATE import_jobs SET lease_until = now() + make_interval(secs => $3::bigint), rows_read = $4,
                    rows_total = $5, bytes_read = $6, accepted = $7, already_there = $8, refused = $9
             WHERE id = $1 AND lease = $2 RETURNING cancel",
            claimed.id,
            claimed.lease,
            seconds(lasts),
            counts.rows_read,
            counts.rows_total,
            counts.bytes_read,
            counts.accepted,
            counts.already_there,
            counts.refused,
        );
        Ok(cancel.fetch_optional(&self.pool).await?)
    }

    /// Ends an attempt, which came so far if it was begun; nothing happens when the job is another's by now.
    ///
    /// # Errors
    /// When the database does not answer; then the lease runs out, and the job is taken up again.
    pub async fn end(
        &self,
        claimed: &Claimed,
        counts: Option<Counts>,
        end: &End,
    ) -> Result<(), StoreError> {
        let (state, failure) = match end {
            End::Finished => (JobState::Finished, None),
            End::Cancelled => (JobState::Cancelled, None),
            End::Released => (JobState::Queued, None),
            End::Failed(failure) => (
                JobState::Failed,
                Some(self.sealed(claimed.id, "failure", failure)?),
            ),
        };
        let name: &'static str = state.into();
        sqlx::query!(
            "UPDATE import_jobs SET state = $3, failure = $4, lease = NULL, lease_until = NULL,
                    finished_at = CASE WHEN $5 THEN now() END,
                    attempts = CASE WHEN $5 THEN attempts ELSE attempts - 1 END,
                    rows_read = coalesce($6, rows_read), rows_total = coalesce($7, rows_total),
                    bytes_read = coalesce($8, bytes_read), accepted = coalesce($9, accepted),
                    already_there = coalesce($10, already_there), refused = coalesce($11, refused)
             WHERE id = $1 AND lease = $2",
            claimed.id,
            claimed.lease,
            name,
            failure,
            state.has_ended(),
            counts.map(|counts| counts.rows_read),
            counts.and_then(|counts| counts.rows_total),
            counts.and_then(|counts| counts.bytes_read),
            counts.map(|counts| counts.accepted),
            counts.map(|counts| counts.already_there),
            counts.map(|counts| counts.refused),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
