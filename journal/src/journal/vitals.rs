//! Where the log and everybody who follows it stand, for figures.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::Journal;
use crate::error::JournalError;
use crate::follower::PauseKind;

/// Where the log and everybody who follows it stand, read at about the same moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vitals {
    /// Position of the last event; 0 when the log is empty.
    pub head: i64,
    /// The last signed checkpoint: up to which event, and when.
    pub checkpoint: Option<(i64, DateTime<Utc>)>,
    /// All followers, by name and generation.
    pub followers: Vec<FollowerVitals>,
}

/// How far a follower has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowerVitals {
    /// Its name.
    pub name: String,
    /// Which build of its effects.
    pub generation: i32,
    /// Whether readers see this generation.
    pub live: bool,
    /// Where it stands.
    pub position: i64,
    /// For how long the first event that it has not taken in has lain in the log; zero when there is none.
    pub behind: Duration,
    /// Why it is paused, if it is.
    pub paused: Option<PauseKind>,
}

impl Journal {
    /// Where the log and everybody who follows it stand.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn vitals(&self) -> Result<Vitals, JournalError> {
        let pool = self.pool();
        let head = self.head().await?;
        let checkpoint = sqlx::query!(
            "SELECT position, signed_at FROM chain_checkpoints ORDER BY position DESC LIMIT 1"
        )
        .fetch_optional(pool)
        .await?;
        let followers = sqlx::query!(
            r#"SELECT name, generation, live, position, paused_kind, paused_position IS NOT NULL AS "paused!",
                      coalesce((SELECT greatest(0, extract(epoch FROM clock_timestamp() - event.recorded_at) * 1000)::bigint
                                FROM events AS event WHERE event.position = follower.position + 1), 0) AS "behind_ms!"
               FROM followers AS follower ORDER BY name, generation"#
        )
        .fetch_all(pool)
        .await?;
        let followers = followers.into_iter().map(|row| FollowerVitals {
            name: row.name,
            generation: row.generation,
            live: row.live,
            position: row.position,
            behind: Duration::from_millis(u64::try_from(row.behind_ms).unwrap_or_default()),
            paused: row
                .paused
                .then(|| PauseKind::stored(row.paused_kind.as_deref())),
        });
        Ok(Vitals {
            head,
            checkpoint: checkpoint.map(|row| (row.position, row.signed_at)),
            followers: followers.collect(),
        })
    }
}
