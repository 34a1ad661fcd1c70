//! The store itself: open it, load from it, append to it, read on.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

use crate::announcements::{self, Announcements};
use crate::append::{Counters, Queue, Writer};
use crate::cache::States;
use crate::config::{JoinTraces, JournalConfig};
use crate::error::JournalError;
use crate::follower::Progress;
use crate::observer::Observer;
use crate::repository::Repository;
use crate::upcasting::Upcasters;
use crate::vault::Vault;

mod appending;
mod identity;
mod lookups;
mod migrations;
mod reading;
mod vitals;

pub(crate) use reading::stored_after;
pub use vitals::{FollowerVitals, Vitals};

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
    observer: Option<Arc<dyn Observer>>,
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
        let id = identity::identify(&pool, &config.master_key).await?;
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
            observer: config.observer.clone(),
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
            observer: config.observer,
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

    pub(crate) fn observer(&self) -> Option<&dyn Observer> {
        self.0.observer.as_deref()
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
