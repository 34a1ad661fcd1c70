//! What the journal needs to know to start.

use std::sync::Arc;
use std::time::Duration;

use crate::observer::Observer;
use crate::upcasting::Upcasters;
use crate::vault::MasterKey;

/// Makes a span part of the traces of the commands whose events it takes in, given their `traceparent`s (W3C).
pub type JoinTraces = fn(&tracing::Span, &[&str]);

/// What the journal needs to know to start. The fields have sensible values from [`JournalConfig::new`].
#[derive(Debug)]
pub struct JournalConfig {
    /// Where the database is: `postgres://user@host:port/name`.
    pub database_url: String,
    /// Seals the subjects' keys; lives outside the database.
    pub master_key: MasterKey,
    /// How old events become new ones.
    pub upcasters: Upcasters,
    /// Most connections for reading; the writer has one of its own beside them.
    pub pool_size: u32,
    /// How long a reader waits for a free connection.
    pub acquire_timeout: Duration,
    /// How long one call of the append function may take until its outcome counts as unknown.
    pub append_timeout: Duration,
    /// How long appends with a receipt are sent again after an unknown outcome, until their callers are told.
    pub retry_for: Duration,
    /// Most appends of one call.
    pub batch_appends: usize,
    /// Most events of one call.
    pub batch_events: usize,
    /// Greatest distance between a person's command and an event that it caused in the end.
    pub max_depth: u8,
    /// Most bytes of cached aggregates, roughly.
    pub cache_bytes: u64,
    /// How often the log's end is asked for when no news comes.
    pub poll_interval: Duration,
    /// How often other nodes are told of news, at most.
    pub announce_interval: Duration,
    /// How a follower's span joins the traces of the commands that it follows; only the telemetry knows.
    pub join_traces: Option<JoinTraces>,
    /// Who measures what is done.
    pub observer: Option<Arc<dyn Observer>>,
}

impl JournalConfig {
    /// The usual values for this database and master key.
    pub fn new(database_url: impl Into<String>, master_key: MasterKey) -> Self {
        Self {
            database_url: database_url.into(),
            master_key,
            upcasters: Upcasters::none(),
            pool_size: 10,
            acquire_timeout: Duration::from_secs(5),
            append_timeout: Duration::from_secs(10),
            retry_for: Duration::from_secs(3),
            batch_appends: 256,
            batch_events: 2_000,
            max_depth: 10,
            cache_bytes: 8 * 1024 * 1024,
            poll_interval: Duration::from_secs(1),
            announce_interval: Duration::from_millis(100),
            join_traces: None,
            observer: None,
        }
    }
}
