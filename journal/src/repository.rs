//! cqrs-es's view of the journal: reads through postgres-es, opened, upcast and tagged as that crate expects them; writes
//! through the group-commit writer alone. Its stores, its replay and its framework are not used (see `clippy.toml`).

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;

use cartera_domain::Decider;
use cartera_domain::event::tag;
use cqrs_es::persist::{
    PersistedEventRepository, PersistenceError, ReplayStream, SerializedEvent, SerializedSnapshot,
};
use cqrs_es::{Aggregate, EventEnvelope};
use postgres_es::PostgresEventRepository;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgPool;

use crate::upcasting::Upcasters;
use crate::vault::{Place, Vault, open, sealed_subjects};

/// The stored streams, as `cqrs-es` reads them. Cheap to clone.
#[derive(Clone)]
pub struct Repository {
    stored: Arc<PostgresEventRepository>,
    vault: Vault,
    upcasters: Arc<Upcasters>,
}

/// What this repository does not do, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// Appends go through [`crate::Journal::append`], which checks and writes several streams at once.
    #[error("append through the journal, not through the repository")]
    Persist,
    /// Snapshots of cqrs-es 0.5.0 apply events twice; states are cached instead.
    #[error("there are no snapshots")]
    Snapshot,
    /// Replay streams of postgres-es 0.5.0 end silently on a row error; the follower reads the log instead.
    #[error("read the log with a follower, not as a replay stream")]
    Replay,
}

impl From<Unsupported> for PersistenceError {
    fn from(error: Unsupported) -> Self {
        Self::UnknownError(Box::new(error))
    }
}

impl Repository {
    pub(crate) fn new(pool: PgPool, vault: Vault, upcasters: Arc<Upcasters>) -> Self {
        Self {
            stored: Arc::new(PostgresEventRepository::new(pool)),
            vault,
            upcasters,
        }
    }

    /// The state of a stream after all its events, and its version.
    pub(crate) async fn fold<A: Decider>(&self, id: &str) -> Result<(A, u64), PersistenceError> {
        let mut stream = Stream::<A>::default();
        let mut version = 0;
        for event in self.get_events::<Stream<A>>(id).await? {
            let envelope = EventEnvelope::<Stream<A>>::try_from(event)?;
            version = u64::try_from(envelope.sequence)
                .map_err(|beyond| PersistenceError::UnknownError(Box::new(beyond)))?;
            Aggregate::apply(&mut stream, envelope.payload);
        }
        Ok((stream.0, version))
    }

    async fn read(
        &self,
        events: Vec<SerializedEvent>,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        let mut subjects = BTreeSet::new();
        for event in &events {
            sealed_subjects(&event.payload, &mut subjects);
        }
        let keys = self.vault.keys(&subjects).await.map_err(unreadable)?;
        let read_one = |mut event: SerializedEvent| {
            let place = Place {
                aggregate_type: &event.aggregate_type,
                aggregate_id: &event.aggregate_id,
                sequence: i64::try_from(event.sequence).map_err(unreadable)?,
                event_type: &event.event_type,
                event_version: &event.event_version,
            };
            let mut payload = std::mem::take(&mut event.payload);
            open(&mut payload, &place, &keys).map_err(unreadable)?;
            let payload = self
                .upcasters
                .upcast(&event.event_type, &event.event_version, payload)
                .map_err(unreadable)?;
            event.payload = tag(&event.event_type, payload);
            Ok(event)
        };
        events.into_iter().map(read_one).collect()
    }
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> PersistenceError {
    PersistenceError::DeserializationError(Box::new(error))
}

impl PersistedEventRepository for Repository {
    async fn get_events<A: Aggregate>(
        &self,
        aggregate_id: &str,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        self.read(self.stored.get_events::<A>(aggregate_id).await?)
            .await
    }

    async fn get_last_events<A: Aggregate>(
        &self,
        aggregate_id: &str,
        last_sequence: usize,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        self.read(
            self.stored
                .get_last_events::<A>(aggregate_id, last_sequence)
                .await?,
        )
        .await
    }

    async fn get_snapshot<A: Aggregate>(
        &self,
        _aggregate_id: &str,
    ) -> Result<Option<SerializedSnapshot>, PersistenceError> {
        Err(Unsupported::Snapshot.into())
    }

    async fn persist<A: Aggregate>(
        &self,
        _events: &[SerializedEvent],
        _snapshot_update: Option<(String, Value, usize)>,
    ) -> Result<(), PersistenceError> {
        Err(Unsupported::Persist.into())
    }

    async fn stream_events<A: Aggregate>(
        &self,
        _aggregate_id: &str,
    ) -> Result<ReplayStream, PersistenceError> {
        Err(Unsupported::Replay.into())
    }

    async fn stream_all_events<A: Aggregate>(&self) -> Result<ReplayStream, PersistenceError> {
        Err(Unsupported::Replay.into())
    }
}

/// A decider's stream as `cqrs-es` sees it: read only.
#[derive(Serialize, Deserialize)]
#[serde(bound = "A: Decider")]
struct Stream<A>(A);

impl<A: Decider> Default for Stream<A> {
    fn default() -> Self {
        Self(A::default())
    }
}

impl<A: Decider> Aggregate for Stream<A> {
    const TYPE: &'static str = A::TYPE;
    type Command = Infallible;
    type Event = A::Event;
    type Error = Infallible;
    type Services = ();

    async fn handle(
        &mut self,
        command: Self::Command,
        _services: &(),
        _sink: &cqrs_es::event_sink::EventSink<Self>,
    ) -> Result<(), Self::Error> {
        match command {}
    }

    fn apply(&mut self, event: Self::Event) {
        self.0.evolve(event);
    }
}
