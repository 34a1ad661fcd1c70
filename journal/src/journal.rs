//! The store itself: open it, load from it, append to it, read on.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use cartera_domain::Decider;
use cartera_domain::ids::TypedId;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgConnection, PgPool};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

use crate::announcements::{self, Announcements};
use crate::append::{Counters, Queue, Writer};
use crate::cache::States;
use crate::config::{JoinTraces, JournalConfig};
use crate::error::JournalError;
use crate::follower::Progress;
use crate::recorded::{Recorded, StoredRow, subjects};
use crate::repository::Repository;
use crate::upcasting::Upcasters;
use crate::vault::{MasterKey, Vault, VaultError};

mod appending;
mod lookups;
mod migrations;

/// Identity of one log; the genesis of its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JournalId(pub Uuid);

/// The event store. Cheap to clone; the last clone that goes lets the writer finish what waits and stop.
#[derive(Clone)]
pub struct Journal(Arc<Inner>);

struct Inner {
    id: JournalId,
    pool: PgPool,
    vault: Vault,
    upcasters: Arc<Upcasters>,
    repository: Repository,
    states: Arc<States>,
    queue: Arc<Queue>,
    counters: Arc<Counters>,
    appended: watch::Sender<i64>,
    progress: Progress,
    signing: zeroize::Zeroizing<[u8; 32]>,
    join_traces: Option<JoinTraces>,
    max_depth: u8,
    _stop: DropGuard,
}

/// A stream's state and version.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded<A> {
    /// The state after all its events.
    pub state: A,
    /// How many events that are; 0 for a stream that does not exist.
    pub version: u64,
    /// Whether it came from the cache and may be stale. An append checks it. What is decided from it *without* an append
    /// (a rejection, nothing to do) must be decided again from [`Journal::reload`].
    pub cached: bool,
}

/// What this node's writer has done since it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statistics {
    /// Calls of the append function: one commit each.
    pub calls: u64,
    /// Appends that were written.
    pub appends: u64,
    /// Events that were written.
    pub events: u64,
    /// Calls with an unknown outcome.
    pub retries: u64,
}

impl Journal {
    /// Opens the journal: its pools, its identity, its writer.
    ///
    /// # Errors
    /// When the database does not answer, its tables are missing, its text is not UTF-8, an upcaster is missing, or the
    /// master key is not the one that the journal was founded with.
    pub async fn connect(config: JournalConfig) -> Result<Self, JournalError> {
        config.upcasters.check()?;
        let options: PgConnectOptions = config.database_url.parse()?;
        let options = options
            .application_name("cartera")
            .statement_cache_capacity(256);
        let pool = PgPoolOptions::new()
            .max_connections(config.pool_size)
            .acquire_timeout(config.acquire_timeout)
            // A round trip before each use would double the cost of a read; a lost connection shows in the use itself.
            .test_before_acquire(false)
            .after_connect(|connection, _| Box::pin(crate::append::durable(connection)))
            .connect_with(options.clone())
            .await?;
        let id = identify(&pool, &config.master_key).await?;
        Self::start(config, options, pool, id).await
    }

    async fn start(
        config: JournalConfig,
        options: PgConnectOptions,
        pool: PgPool,
        id: JournalId,
    ) -> Result<Self, JournalError> {
        let states = Arc::new(States::new(config.cache_bytes));
        let progress = Progress::default();
        let forgotten = (Arc::clone(&states), progress.clone());
        let changed = move || {
            forgotten.0.forget_all();
            forgotten.1.forget_pages();
        };
        let vault = Vault::new(pool.clone(), id.0, &config.master_key, Box::new(changed));
        let upcasters = Arc::new(config.upcasters);
        let (appended, _) = watch::channel(announcements::head(&pool).await?);
        let (written, heard) = watch::channel(0);
        let queue = Arc::new(Queue::default());
        let counters = Arc::new(Counters::default());
        let writer = Writer {
            queue: Arc::clone(&queue),
            options: options.clone(),
            vault: vault.clone(),
            states: Arc::clone(&states),
            appended: appended.clone(),
            written,
            counters: Arc::clone(&counters),
            batch_appends: config.batch_appends,
            batch_events: config.batch_events,
            append_timeout: config.append_timeout,
            retry_for: config.retry_for,
        };
        let connection = crate::append::open(&options).await?;
        tokio::spawn(writer.run(Some(connection)));
        let stop = CancellationToken::new();
        let announcements = Announcements {
            pool: pool.clone(),
            journal: id.0,
            vault: vault.clone(),
            appended: appended.clone(),
            written: heard,
            poll_interval: config.poll_interval,
            announce_interval: config.announce_interval,
            stop: stop.clone(),
        };
        tokio::spawn(announcements.run());
        Ok(Self(Arc::new(Inner {
            id,
            signing: config.master_key.derive("sign the chain"),
            repository: Repository::new(pool.clone(), vault.clone(), Arc::clone(&upcasters)),
            pool,
            vault,
            upcasters,
            states,
            queue,
            counters,
            appended,
            progress,
            join_traces: config.join_traces,
            max_depth: config.max_depth,
            _stop: stop.drop_guard(),
        })))
    }

    /// Connections for readers and read models.
    pub fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    /// Identity of this log.
    pub fn id(&self) -> JournalId {
        self.0.id
    }

    /// The subjects' keys, tokens and fingerprints.
    pub fn vault(&self) -> &Vault {
        &self.0.vault
    }

    /// The stored streams, as `cqrs-es` reads them.
    pub fn repository(&self) -> &Repository {
        &self.0.repository
    }

    /// What this node's writer has done.
    pub fn statistics(&self) -> Statistics {
        let Counters {
            calls,
            appends,
            events,
            retries,
        } = &*self.0.counters;
        Statistics {
            calls: calls.load(Ordering::Relaxed),
            appends: appends.load(Ordering::Relaxed),
            events: events.load(Ordering::Relaxed),
            retries: retries.load(Ordering::Relaxed),
        }
    }

    /// The state of a stream, from the cache if it is there. See [`Loaded::cached`].
    ///
    /// # Errors
    /// When the database does not answer, or an event does not read.
    pub async fn load<A: Decider>(&self, id: A::Id) -> Result<Loaded<A>, JournalError> {
        match self.0.states.get(id.as_uuid()) {
            Some((state, version)) => Ok(Loaded {
                state,
                version,
                cached: true,
            }),
            None => self.reload(id).await,
        }
    }

    /// The state of a stream as it is now in the log.
    ///
    /// # Errors
    /// When the database does not answer, or an event does not read.
    pub async fn reload<A: Decider>(&self, id: A::Id) -> Result<Loaded<A>, JournalError> {
        let text = id.to_string();
        let folded = self.0.repository.fold::<A>(&text).await;
        let (state, version) =
            folded.map_err(|error| unread(format!("{}/{text}", A::TYPE), error))?;
        if version > 0 {
            self.0.states.put(id.as_uuid(), &state, version);
        }
        Ok(Loaded {
            state,
            version,
            cached: false,
        })
    }

    /// Keeps a state that the caller knows, after its append, so that the next command need not load it.
    pub fn remember<A: Decider>(&self, id: A::Id, state: &A, version: u64) {
        self.0.states.put(id.as_uuid(), state, version);
    }

    /// The events after a position, in order; the first of them is `position + 1`.
    ///
    /// # Errors
    /// When the database does not answer, or an event does not read.
    pub async fn read_after(
        &self,
        position: i64,
        limit: i64,
    ) -> Result<Vec<Recorded>, JournalError> {
        let mut connection = self.0.pool.acquire().await?;
        let rows = stored_after(&mut connection, position, limit).await?;
        self.read(&mut connection, rows).await
    }

    /// All events of a stream, in order.
    ///
    /// # Errors
    /// When the database does not answer, or an event does not read.
    pub async fn read_stream(
        &self,
        aggregate_type: &str,
        id: Uuid,
    ) -> Result<Vec<Recorded>, JournalError> {
        let mut connection = self.0.pool.acquire().await?;
        let rows = sqlx::query_as!(
            StoredRow,
            "SELECT position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version, payload, metadata
             FROM events WHERE aggregate_type = $1 AND aggregate_id = $2 ORDER BY sequence",
            aggregate_type,
            id.to_string(),
        )
        .fetch_all(&mut *connection)
        .await?;
        self.read(&mut connection, rows).await
    }

    async fn read(
        &self,
        connection: &mut PgConnection,
        rows: Vec<StoredRow>,
    ) -> Result<Vec<Recorded>, JournalError> {
        let keys = self.0.vault.keys_on(connection, &subjects(&rows)).await?;
        rows.into_iter()
            .map(|row| row.read(&keys, &self.0.upcasters))
            .collect()
    }

    /// Position of the last event; 0 when the log is empty.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn head(&self) -> Result<i64, JournalError> {
        Ok(announcements::head(&self.0.pool).await?)
    }

    /// Where the log is known to end: wakes at once for what this node appends, soon for what others do. A hint.
    pub fn appended(&self) -> watch::Receiver<i64> {
        self.0.appended.subscribe()
    }

    pub(crate) fn progress(&self) -> &Progress {
        &self.0.progress
    }

    pub(crate) fn signing_seed(&self) -> &[u8; 32] {
        &self.0.signing
    }

    pub(crate) fn join_traces(&self) -> Option<JoinTraces> {
        self.0.join_traces
    }

    pub(crate) fn upcasters(&self) -> &Upcasters {
        &self.0.upcasters
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// The rows after a position, as they are stored.
pub(crate) async fn stored_after(
    connection: &mut PgConnection,
    position: i64,
    limit: i64,
) -> Result<Vec<StoredRow>, sqlx::Error> {
    sqlx::query_as!(
        StoredRow,
        "SELECT position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version, payload, metadata
         FROM events WHERE position > $1 ORDER BY position LIMIT $2",
        position,
        limit,
    )
    .fetch_all(connection)
    .await
}

/// Which journal this is, and whether the master key is its own. The first connection founds it.
async fn identify(pool: &PgPool, master: &MasterKey) -> Result<JournalId, JournalError> {
    let surroundings = sqlx::query!(
        r#"SELECT current_setting('server_encoding') AS "encoding!", to_regclass('journal_head') IS NOT NULL AS "founded!""#
    )
    .fetch_one(pool)
    .await?;
    if surroundings.encoding != "UTF8" {
        return Err(JournalError::Encoding(surroundings.encoding));
    }
    if !surroundings.founded {
        return Err(JournalError::MigrationsPending(migrations::all()));
    }
    let id = sqlx::query_scalar!("SELECT id FROM journal_head")
        .fetch_one(pool)
        .await?;
    let check = master.check(id);
    let kept = sqlx::query_scalar!(
        r#"UPDATE journal_head SET key_check = coalesce(key_check, $1) RETURNING key_check AS "key_check!""#,
        &check,
    )
    .fetch_one(pool)
    .await?;
    if kept == check {
        Ok(JournalId(id))
    } else {
        Err(VaultError::WrongMasterKey.into())
    }
}

fn unread(stream: String, error: cqrs_es::persist::PersistenceError) -> JournalError {
    use cqrs_es::persist::PersistenceError::{
        ConnectionError, DeserializationError, OptimisticLockError, UnknownError,
    };
    match error {
        ConnectionError(source) | UnknownError(source) => match source.downcast::<sqlx::Error>() {
            Ok(error) => JournalError::Database(*error),
            Err(other) => JournalError::Stream {
                stream,
                reason: other.to_string(),
            },
        },
        DeserializationError(source) => JournalError::Stream {
            stream,
            reason: source.to_string(),
        },
        OptimisticLockError => JournalError::Stream {
            stream,
            reason: error.to_string(),
        },
    }
}
