//! The group-commit writer: takes the appends that wait and hands them to the database in one call.
//!
//! A lone append goes out at once; while one call is under way the next batch gathers. After an unknown outcome the
//! batch's appends with a receipt are sent again: the append function looks the receipts up, under the lock, before it
//! writes anything, so that what had been written answers and nothing counts twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::prepared::PreparedStream;
use super::queue::{Limits, Outcome, Request};
use super::session::{CallError, classify, open};
use super::statement::{self, Verdicts};
use super::verdict::{accepted, refusal};
use super::{AppendError, Appended, Prepared, Queue, Refusal};
use crate::cache::States;
use crate::observer::Observer;
use crate::vault::{MintedKey, Vault};

/// First pause before the database is tried again; doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(400);

/// What the writer has done since it started.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) calls: AtomicU64,
    pub(crate) appends: AtomicU64,
    pub(crate) events: AtomicU64,
    pub(crate) retries: AtomicU64,
}

/// The task that alone writes to the log on this node.
pub(crate) struct Writer {
    pub(crate) queue: Arc<Queue>,
    pub(crate) options: PgConnectOptions,
    pub(crate) vault: Vault,
    pub(crate) states: Arc<States>,
    /// Where the log is known to end.
    pub(crate) appended: watch::Sender<i64>,
    /// Where this node's own writing ended, for the other nodes.
    pub(crate) written: watch::Sender<i64>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) batch_appends: usize,
    pub(crate) batch_events: usize,
    pub(crate) append_timeout: Duration,
    pub(crate) retry_for: Duration,
}

impl Writer {
    /// Writes until the queue is closed and empty.
    pub(crate) async fn run(self, mut connection: Option<PgConnection>) {
        let limits = Limits {
            appends: self.batch_appends,
            events: self.batch_events,
        };
        while let Some(batch) = self.queue.next(limits).await {
            self.write(&mut connection, batch).await;
        }
        if let Some(connection) = connection {
            // The server notices a dropped connection as well.
            drop(connection.close().await);
        }
    }

    /// Brings a batch to its verdicts, or tells its callers that there are none.
    async fn write(&self, connection: &mut Option<PgConnection>, mut batch: Vec<Request>) {
        let deadline = Instant::now() + self.retry_for;
        let mut pause = FIRST_PAUSE;
        while !batch.is_empty() {
            match self.attempt(connection, &mut batch).await {
                Ok(verdicts) => return self.answer(batch, &verdicts),
                Err(CallError::Refused(reason)) if batch.len() == 1 => {
                    return answer_all(batch, &Refusal::Database(reason).into());
                }
                // One of them is to blame: each alone.
                Err(CallError::Refused(_)) => {
                    return Box::pin(self.write_alone(connection, batch)).await;
                }
                Err(CallError::Unavailable(reason)) => {
                    return answer_all(batch, &AppendError::Unavailable(reason));
                }
                Err(CallError::Unknown(reason)) => {
                    self.counters.retries.fetch_add(1, Ordering::Relaxed);
                    tracing::warn!(
                        reason,
                        appends = batch.len(),
                        "the outcome of a call is unknown"
                    );
                    *connection = None;
                    let keeps = Instant::now() + pause < deadline;
                    let (again, given_up) = batch
                        .into_iter()
                        .partition(|request| keeps && request.prepared.receipt.is_some());
                    answer_all(given_up, &AppendError::Unavailable(reason));
                    batch = again;
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    async fn write_alone(&self, connection: &mut Option<PgConnection>, batch: Vec<Request>) {
        for request in batch {
            self.write(connection, vec![request]).await;
        }
    }

    async fn attempt(
        &self,
        connection: &mut Option<PgConnection>,
        batch: &mut Vec<Request>,
    ) -> Result<Verdicts, CallError> {
        let connection = if let Some(connection) = connection {
            connection
        } else {
            let opened = timeout(self.append_timeout, open(&self.options)).await;
            let opened = opened
                .map_err(|_elapsed| CallError::Unknown("no connection in time".to_owned()))?;
            connection.insert(opened.map_err(|error| classify(&error))?)
        };
        let call = async {
            self.store_keys(connection, batch).await?;
            let prepared: Vec<&Prepared> = batch.iter().map(|request| &request.prepared).collect();
            statement::call(connection, &prepared).await
        };
        self.counters.calls.fetch_add(1, Ordering::Relaxed);
        let begun = Instant::now();
        match timeout(self.append_timeout, call).await {
            Ok(verdicts) => {
                if let Some(observer) = &self.observer {
                    observer.called(batch.len(), begun.elapsed());
                }
                verdicts.map_err(|error| classify(&error))
            }
            Err(_elapsed) => Err(CallError::Unknown("no answer in time".to_owned())),
        }
    }

    /// Commits the batch's minted keys before their first use; sends those appends back whose key lost the race.
    async fn store_keys(
        &self,
        connection: &mut PgConnection,
        batch: &mut Vec<Request>,
    ) -> Result<(), sqlx::Error> {
        let minted: Vec<&MintedKey> = batch
            .iter()
            .flat_map(|request| &request.prepared.minted)
            .collect();
        if minted.is_empty() {
            return Ok(());
        }
        let lost = self.vault.store(connection, &minted).await?;
        // What is stored is not minted again when the call is.
        for request in batch.iter_mut() {
            request
                .prepared
                .minted
                .retain(|key| lost.contains(&key.subject));
        }
        if !lost.is_empty() {
            let (again, ready) = std::mem::take(batch)
                .into_iter()
                .partition(|request| !request.prepared.minted.is_empty());
            *batch = ready;
            answer_each(again, |_| Outcome::SealAgain);
        }
        Ok(())
    }

    /// Gives every append its verdict. Accepted ones took their positions in order.
    fn answer(&self, batch: Vec<Request>, verdicts: &Verdicts) {
        let mut position = verdicts.base;
        let mut appends = 0;
        for (index, request) in batch.into_iter().enumerate() {
            let outcome = if let Some(verdict) = verdicts.refused.get(&index) {
                refusal(&request.prepared, verdict)
            } else {
                appends += 1;
                Ok(accepted(&request.prepared, &mut position, verdicts.reached))
            };
            self.note(&request.prepared, &outcome);
            // Nobody waits any more when the caller was cancelled; the append stands.
            drop(request.answer.send(Outcome::Done(outcome)));
        }
        self.counters.appends.fetch_add(appends, Ordering::Relaxed);
        self.counters.events.fetch_add(
            u64::try_from(verdicts.reached - verdicts.base).unwrap_or_default(),
            Ordering::Relaxed,
        );
        if verdicts.reached > verdicts.base {
            crate::announcements::advance(&self.appended, verdicts.reached);
            crate::announcements::advance(&self.written, verdicts.reached);
        }
    }

    fn note(&self, prepared: &Prepared, outcome: &Result<Appended, AppendError>) {
        match outcome {
            Ok(_) => prepared
                .streams
                .iter()
                .for_each(|stream| self.moved(stream)),
            Err(AppendError::Conflict {
                aggregate_type,
                aggregate_id,
                ..
            }) => self.states.forget(aggregate_type, *aggregate_id),
            Err(_) => {}
        }
    }

    fn moved(&self, stream: &PreparedStream) {
        if i64::try_from(stream.version) == Ok(stream.expected) {
            return;
        }
        if stream.expected == 0 {
            // Nothing is kept of a stream that was not there, so nothing kept is out of date.
            self.states.streams().began(stream.aggregate_type);
        } else {
            self.states
                .moved(stream.aggregate_type, stream.aggregate_id, stream.version);
        }
    }
}

fn answer_all(requests: Vec<Request>, error: &AppendError) {
    answer_each(requests, |_| Outcome::Done(Err(error.clone())));
}

fn answer_each(requests: Vec<Request>, outcome: impl Fn(&Prepared) -> Outcome) {
    for request in requests {
        let outcome = outcome(&request.prepared);
        // Nobody waits any more when the caller was cancelled.
        drop(request.answer.send(outcome));
    }
}
