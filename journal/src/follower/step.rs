//! One step of a follower: one transaction.

use std::collections::BTreeSet;
use std::time::Instant;

use sqlx::{Postgres, Transaction};
use tracing::{Instrument, Span};

use super::pages::Unreadable;
use super::progress::Standing;
use super::row::PauseKind;
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
                Some(Unreadable { position, reason }) => {
                    self.pause(*position, PauseKind::Unreadable, reason).await
                }
                None => Ok(self.idle(row.position)),
            };
        }
        self.take_in(tx, batch).await
    }

    /// Takes in those of these events that lie after its position, if this node gets the follower's row. The caller has read them,
    /// so that several followers go through the log by one reading.
    ///
    /// # Errors
    /// As [`Follower::step`].
    pub async fn take(&self, events: &[Recorded]) -> Result<Step, JournalError> {
        let mut tx = self.journal.pool().begin().await?;
        let Some(row) = self.lock(&mut tx).await? else {
            drop(tx);
            return self.elsewhere().await;
        };
        if let (Some(position), Some(reason)) = (row.paused_position, row.paused_reason) {
            return Ok(Step::Paused { position, reason });
        }
        let known = events.partition_point(|event| event.position <= row.position);
        match events.get(known..) {
            Some(rest @ [next, ..]) if next.position == row.position + 1 => {
                self.take_in(tx, rest).await
            }
            Some(_) | None => Ok(self.idle(row.position)),
        }
    }

    async fn take_in(
        &self,
        tx: Transaction<'_, Postgres>,
        batch: &[Recorded],
    ) -> Result<Step, JournalError> {
        let last = batch.last().map(|event| event.position).unwrap_or_default();
        let span = self.span(batch, last);
        self.apply(tx, batch, last).instrument(span).await
    }

    async fn apply(
        &self,
        mut tx: Transaction<'_, Postgres>,
        batch: &[Recorded],
        last: i64,
    ) -> Result<Step, JournalError> {
        let begun = Instant::now();
        match self.effects.apply(&mut tx, batch).await {
            Ok(()) => {
                self.advance(&mut tx, last).await?;
                tx.commit().await?;
                if let Some(observer) = self.journal.observer() {
                    observer.followed(self.effects.name(), batch.len(), begun.elapsed());
                }
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
                    [alone] => {
                        self.pause(alone.position, kind(&error), &told(&error))
                            .await
                    }
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
            otel.name = format!("follow {}", self.effects.name()),
            otel.kind = "consumer",
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

    pub(super) fn note(&self, standing: Standing) {
        if self.options.live {
            self.journal.progress().note(self.effects.name(), standing);
        }
    }
}

fn kind(error: &EffectError) -> PauseKind {
    match error {
        EffectError::Event { .. } => PauseKind::Refused,
        EffectError::Database(_) => PauseKind::Database,
    }
}

/// The reason as it is written down: PostgreSQL repeats a value that does not fit (class 22), which may be personal.
fn told(error: &EffectError) -> String {
    let EffectError::Database(database) = error else {
        return error.to_string();
    };
    let code = database
        .as_database_error()
        .and_then(|error| error.code().map(std::borrow::Cow::into_owned));
    match code {
        Some(code) if code.starts_with("22") => format!("SQLSTATE {code} (text withheld)"),
        _ => error.to_string(),
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
