//! One step of a follower: one transaction.

use std::collections::BTreeSet;

use sqlx::{PgConnection, Postgres, Transaction};
use tracing::{Instrument, Span};

use super::pages::Unreadable;
use super::progress::Standing;
use super::{EffectError, Follower};
use crate::error::JournalError;
use crate::recorded::Recorded;

/// Most traces that one span joins: a rebuild is not part of ten thousand.
const JOINED_TRACES: usize = 32;

/// What one step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A batch was taken in.
    Moved {
        /// Where the follower stands now.
        position: i64,
        /// How many events that were.
        events: usize,
    },
    /// A batch of several events failed; fewer at a time will show which.
    Failed {
        /// How many events were tried.
        tried: usize,
        /// Why.
        reason: String,
    },
    /// There is nothing more to take in.
    Idle {
        /// Where the follower stands.
        position: i64,
    },
    /// An event cannot be taken in; the follower waits for somebody.
    Paused {
        /// The event.
        position: i64,
        /// Why.
        reason: String,
    },
    /// Another node holds the follower's row.
    Elsewhere,
}

/// What a follower's row says.
struct Row {
    position: i64,
    paused_position: Option<i64>,
    paused_reason: Option<String>,
}

impl Follower {
    /// Takes in the next batch, of at most `limit` events, if this node gets the follower's row.
    ///
    /// # Errors
    /// When the database does not answer. Nothing has changed then, or it shows in the next step.
    pub async fn step(&self, limit: usize) -> Result<Step, JournalError> {
        let mut tx = self.journal.pool().begin().await?;
        let Some(row) = self.lock(&mut tx).await? else {
            drop(tx);
            return self.elsewhere().await;
        };
        if let (Some(position), Some(reason)) = (row.paused_position, row.paused_reason) {
            self.note(Standing {
                position: row.position,
                paused: true,
            });
            return Ok(Step::Paused { position, reason });
        }
        if self
            .options
            .until
            .is_some_and(|until| row.position >= until)
        {
            return Ok(self.idle(row.position));
        }
        let (page, offset) = self
            .journal
            .progress()
            .pages()
            .after(&self.journal, &mut tx, row.position)
            .await?;
        let rest = page.events.get(offset..).unwrap_or_default();
        let batch = rest
            .get(..self.longest(row.position, limit).min(rest.len()))
            .unwrap_or_default();
        if batch.is_empty() {
            drop(tx);
            return match &page.failure {
                Some(Unreadable { position, reason }) => self.pause(*position, reason).await,
                None => Ok(self.idle(row.position)),
            };
        }
        self.take_in(tx, batch).await
    }

    async fn take_in(
        &self,
        mut tx: Transaction<'_, Postgres>,
        batch: &[Recorded],
    ) -> Result<Step, JournalError> {
        let last = batch.last().map(|event| event.position).unwrap_or_default();
        match self
            .effects
            .apply(&mut tx, batch)
            .instrument(self.span(batch, last))
            .await
        {
            Ok(()) => {
                self.advance(&mut tx, last).await?;
                tx.commit().await?;
                self.note(Standing {
                    position: last,
                    paused: false,
                });
                Ok(Step::Moved {
                    position: last,
                    events: batch.len(),
                })
            }
            Err(EffectError::Database(error)) if passes(&error) => Err(error.into()),
            Err(error) => {
                tx.rollback().await?;
                match batch {
                    [alone] => self.pause(alone.position, &error.to_string()).await,
                    _ => Ok(Step::Failed {
                        tried: batch.len(),
                        reason: error.to_string(),
                    }),
                }
            }
        }
    }

    /// The span of taking a batch in, part of the traces of the commands behind it.
    fn span(&self, batch: &[Recorded], last: i64) -> Span {
        let span = tracing::info_span!(
            "follow",
            follower = self.effects.name(),
            last,
            events = batch.len()
        );
        if let Some(join) = self.journal.join_traces().filter(|_| !span.is_disabled()) {
            let parents: BTreeSet<&str> = batch
                .iter()
                .filter_map(|event| event.metadata.trace_parent.as_deref())
                .collect();
            join(
                &span,
                &parents.into_iter().take(JOINED_TRACES).collect::<Vec<_>>(),
            );
        }
        span
    }

    fn idle(&self, position: i64) -> Step {
        self.note(Standing {
            position,
            paused: false,
        });
        Step::Idle { position }
    }

    /// Most events that may be taken in from here.
    fn longest(&self, position: i64, limit: usize) -> usize {
        let to_the_end = self
            .options
            .until
            .map_or(i64::MAX, |until| until.saturating_sub(position));
        usize::try_from(to_the_end)
            .unwrap_or_default()
            .min(limit)
            .min(self.options.batch)
            .max(1)
    }

    /// Locks the follower's row unless another node has it, and readies the transaction. Where everything can be rebuilt,
    /// plans are pinned to indexes: one made while a new generation's tables were empty would scan them for ever.
    async fn lock(&self, tx: &mut PgConnection) -> Result<Option<Row>, sqlx::Error> {
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

    async fn advance(&self, tx: &mut PgConnection, position: i64) -> Result<(), sqlx::Error> {
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

    async fn pause(&self, position: i64, reason: &str) -> Result<Step, JournalError> {
        let paused = sqlx::query_scalar!(
            "UPDATE followers SET paused_position = $3, paused_reason = $4
             WHERE name = $1 AND generation = $2 AND position = $3::bigint - 1 RETURNING position",
            self.effects.name(),
            self.options.generation,
            position,
            reason,
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
    async fn elsewhere(&self) -> Result<Step, JournalError> {
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

    fn note(&self, standing: Standing) {
        if self.options.live {
            self.journal.progress().note(self.effects.name(), standing);
        }
    }
}

/// Whether trying again later may help, by SQLSTATE: connection, serialisation, resources, operator, system.
fn passes(error: &sqlx::Error) -> bool {
    let code = error
        .as_database_error()
        .map(|database| database.code().unwrap_or_default().into_owned());
    match code {
        Some(code) => matches!(
            code.get(..2),
            Some("08" | "40" | "53" | "55" | "57" | "58" | "XX")
        ),
        None => matches!(
            error,
            sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
        ),
    }
}
