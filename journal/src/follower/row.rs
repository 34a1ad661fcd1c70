//! The row that a follower locks while it works, and its checkpoint in it.

use sqlx::PgConnection;

use super::progress::Standing;
use super::{Follower, Step};
use crate::error::JournalError;

/// What a follower's row says.
pub(super) struct Row {
    pub(super) position: i64,
    pub(super) paused_position: Option<i64>,
    pub(super) paused_reason: Option<String>,
}

/// Why a follower is paused, in one word; the sentence beside it says what happened.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, strum::Display, strum::EnumString, strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum PauseKind {
    /// The stored event does not read.
    Unreadable,
    /// The event does not follow from those before it.
    Refused,
    /// The database refuses what the event comes to, or the reason was written by an earlier version.
    Database,
}

impl PauseKind {
    /// The kind behind a stored word.
    pub(crate) fn stored(word: Option<&str>) -> Self {
        word.and_then(|word| word.parse().ok())
            .unwrap_or(Self::Database)
    }
}

impl Follower {
    /// Locks the follower's row unless another node has it, and readies the transaction. Where everything can be rebuilt,
    /// plans are pinned to indexes: one made while a new generation's tables were empty would scan them for ever.
    pub(super) async fn lock(&self, tx: &mut PgConnection) -> Result<Option<Row>, sqlx::Error> {
        let row = sqlx::query!(
            r#"SELECT position, paused_position, paused_reason,
                      set_config('search_path', coalesce($3, current_setting('search_path')), true) AS search_path,
                      CASE WHEN $4 THEN '' ELSE set_config('synchronous_commit', 'off', true) END AS commits,
                      CASE WHEN $4 THEN '' ELSE set_config('enable_seqscan', 'off', true) END AS scans
               FROM followers WHERE name = $1 AND generation = $2 FOR UPDATE SKIP LOCKED"#,
            self.effects.name(),
            self.options.generation,
            self.options.search_path,
            self.options.durable,
        )
        .fetch_optional(tx)
        .await?;
        Ok(row.map(|row| Row {
            position: row.position,
            paused_position: row.paused_position,
            paused_reason: row.paused_reason,
        }))
    }

    pub(super) async fn advance(
        &self,
        tx: &mut PgConnection,
        position: i64,
    ) -> Result<(), sqlx::Error> {
        sqlx::query!(
            "UPDATE followers SET position = $3, moved_at = clock_timestamp() WHERE name = $1 AND generation = $2",
            self.effects.name(),
            self.options.generation,
            position,
        )
        .execute(tx)
        .await
        .map(drop)
    }

    pub(super) async fn pause(
        &self,
        position: i64,
        kind: PauseKind,
        reason: &str,
    ) -> Result<Step, JournalError> {
        let paused = sqlx::query_scalar!(
            "UPDATE followers SET paused_position = $3, paused_reason = $4, paused_kind = $5
             WHERE name = $1 AND generation = $2 AND position = $3::bigint - 1 RETURNING position",
            self.effects.name(),
            self.options.generation,
            position,
            reason,
            <&str>::from(kind),
        )
        .fetch_optional(self.journal.pool())
        .await?;
        // Another node has come past it meanwhile: then there is nothing to wait for.
        let Some(reached) = paused else {
            return Ok(Step::Elsewhere);
        };
        tracing::error!(
            follower = self.effects.name(),
            position,
            %kind,
            reason,
            "paused: an event cannot be taken in"
        );
        self.note(Standing {
            position: reached,
            paused: true,
        });
        Ok(Step::Paused {
            position,
            reason: reason.to_owned(),
        })
    }

    /// The row is locked, or it is not there yet.
    pub(super) async fn elsewhere(&self) -> Result<Step, JournalError> {
        let standing = sqlx::query!(
            r#"SELECT position, paused_position IS NOT NULL AS "paused!" FROM followers WHERE name = $1 AND generation = $2"#,
            self.effects.name(),
            self.options.generation,
        )
        .fetch_optional(self.journal.pool())
        .await?;
        match standing {
            Some(row) => self.note(Standing {
                position: row.position,
                paused: row.paused,
            }),
            None => self.register().await?,
        }
        Ok(Step::Elsewhere)
    }

    async fn register(&self) -> Result<(), JournalError> {
        sqlx::query!(
            "INSERT INTO followers (name, generation, live, position) VALUES ($1, $2, $3, $4)
             ON CONFLICT (name, generation) DO NOTHING",
            self.effects.name(),
            self.options.generation,
            self.options.live,
            self.options.start_after,
        )
        .execute(self.journal.pool())
        .await?;
        Ok(())
    }
}
