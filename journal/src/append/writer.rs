//! The group-commit writer: takes the appends that wait and hands them to the database in one call.
//!
//! A lone append goes out at once; while one call is under way the next batch gathers. After an unknown outcome the
//! batch's appends with a receipt are sent again: the append function looks the receipts up, under the lock, before it
//! writes anything, so that what had been written answers and nothing counts twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cartera_domain::ids::{SubjectId, TypedId};
use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use uuid::Uuid;

use super::queue::{Limits, Outcome, Request};
use super::statement::{self, Verdict, Verdicts};
use super::{AppendError, Appended, Prepared, Queue, Refusal};
use crate::cache::States;
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
    pub(crate) batch_appends: usize,
    pub(crate) batch_events: usize,
    pub(crate) append_timeout: Duration,
    pub(crate) retry_for: Duration,
}

/// Why a call brought no verdicts.
enum CallError {
    /// Whether it was written is unknown.
    Unknown(String),
    /// Nothing was written: the database refuses what one of the appends carries.
    Refused(String),
    /// Nothing was written: the database cannot, for now.
    Unavailable(String),
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
        match timeout(self.append_timeout, call).await {
            Ok(verdicts) => verdicts.map_err(|error| classify(&error)),
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
            Ok(_) => {
                for stream in prepared
                    .streams
                    .iter()
                    .filter(|stream| i64::try_from(stream.version) != Ok(stream.expected))
                {
                    self.states
                        .moved(stream.aggregate_type, stream.aggregate_id, stream.version);
                }
            }
            Err(AppendError::Conflict {
                aggregate_type,
                aggregate_id,
                ..
            }) => self.states.forget(aggregate_type, *aggregate_id),
            Err(_) => {}
        }
    }
}

/// Makes a session's commits durable, whatever the server's default: never lowered, raised where it is off.
pub(crate) async fn durable(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT CASE WHEN current_setting('synchronous_commit') IN ('off', 'local')
                     THEN set_config('synchronous_commit', 'on', false) END"
    )
    .fetch_one(connection)
    .await
    .map(drop)
}

/// Opens the writer's connection.
///
/// Plans are pinned: one made while the tables were empty would scan them for ever, and one made anew for every call
/// would cost more than the call.
pub(crate) async fn open(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let mut connection = options.connect().await?;
    durable(&mut connection).await?;
    sqlx::query!(
        "SELECT set_config('plan_cache_mode', 'force_generic_plan', false) AS plans,
                set_config('enable_seqscan', 'off', false) AS scans,
                set_config('enable_hashjoin', 'off', false) AS hashes,
                set_config('enable_mergejoin', 'off', false) AS merges,
                set_config('jit', 'off', false) AS jit,
                set_config('default_transaction_isolation', 'read committed', false) AS isolation"
    )
    .fetch_one(&mut connection)
    .await?;
    Ok(connection)
}

fn accepted(prepared: &Prepared, position: &mut i64, reached: i64) -> Appended {
    let versions = prepared
        .streams
        .iter()
        .map(|stream| (stream.aggregate_id, stream.version))
        .collect();
    let events = i64::try_from(prepared.events.len()).unwrap_or_default();
    if events == 0 {
        return Appended {
            first_position: reached + 1,
            position: reached,
            versions,
            replayed: false,
        };
    }
    let first_position = *position + 1;
    *position += events;
    Appended {
        first_position,
        position: *position,
        versions,
        replayed: false,
    }
}

fn refusal(prepared: &Prepared, verdict: &Verdict) -> Result<Appended, AppendError> {
    match verdict {
        Verdict::Replayed {
            first_position,
            position,
            versions,
        } => Ok(Appended {
            first_position: *first_position,
            position: *position,
            versions: read_versions(versions),
            replayed: true,
        }),
        Verdict::Reused => Err(AppendError::CommandIdReused),
        Verdict::Conflict { stream, actual } => Err(match prepared.streams.get(*stream) {
            Some(stream) => AppendError::Conflict {
                aggregate_type: stream.aggregate_type,
                aggregate_id: stream.aggregate_id,
                expected: u64::try_from(stream.expected).unwrap_or_default(),
                actual: u64::try_from(*actual).unwrap_or_default(),
            },
            None => AppendError::Unavailable("a verdict without a stream".to_owned()),
        }),
        Verdict::Claimed { claim, holder } => {
            let scope = prepared
                .claims
                .get(*claim)
                .map(|claim| claim.scope)
                .unwrap_or_default()
                .to_owned();
            Err(AppendError::ClaimTaken {
                scope,
                holder: *holder,
            })
        }
        Verdict::Moved => Err(AppendError::CheckpointMoved),
        Verdict::Erased(subject) => {
            Err(Refusal::SubjectErased(SubjectId::from_uuid(*subject)).into())
        }
    }
}

fn read_versions(stored: &str) -> Vec<(Uuid, u64)> {
    serde_json::from_str::<Value>(stored)
        .and_then(serde_json::from_value)
        .unwrap_or_default()
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

/// What a failed call means for the appends in it, by SQLSTATE.
fn classify(error: &sqlx::Error) -> CallError {
    let Some(database) = error.as_database_error() else {
        return CallError::Unknown(error.to_string());
    };
    let code = database.code().unwrap_or_default().into_owned();
    let reason = format!("{} ({code})", database.message());
    match code.get(..2) {
        // Bad data, or a constraint: the batch was rolled back, and would be again.
        Some("22" | "23" | "P0") => CallError::Refused(reason),
        // Connection, operator intervention, system error: the session ends, and with it what we know.
        Some("08" | "57" | "58" | "XX") | None => CallError::Unknown(reason),
        Some(_) => CallError::Unavailable(reason),
    }
}
