//! Loaded aggregates, by version: a hint that the append checks.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use cartera_domain::Decider;
use moka::sync::Cache;
use uuid::Uuid;

/// How long a state is kept: an erased subject's values are gone from every node by then at the latest.
const CACHED_FOR: Duration = Duration::from_mins(1);
/// What an entry costs beside the state itself, in bytes, roughly.
const ENTRY_BYTES: usize = 256;

/// Loaded aggregates, bounded by bytes.
pub(crate) struct States(Cache<(&'static str, Uuid), Entry>);

#[derive(Clone)]
struct Entry {
    version: u64,
    /// Nothing when the stream is known to have moved to this version and was not loaded since.
    state: Option<Arc<dyn Any + Send + Sync>>,
    bytes: u32,
}

impl States {
    pub(crate) fn new(max_bytes: u64) -> Self {
        Self(
            Cache::builder()
                .max_capacity(max_bytes)
                .weigher(|_, entry: &Entry| entry.bytes)
                .time_to_live(CACHED_FOR)
                .build(),
        )
    }

    /// The state as it was last seen, and its version.
    pub(crate) fn get<A: Decider>(&self, id: Uuid) -> Option<(A, u64)> {
        let entry = self.0.get(&(A::TYPE, id))?;
        let state = entry.state?.downcast::<A>().ok()?;
        Some(((*state).clone(), entry.version))
    }

    /// Keeps a state, unless the stream is known to have moved on since.
    pub(crate) fn put<A: Decider>(&self, id: Uuid, state: &A, version: u64) {
        let size = serde_json::to_vec(state).map_or(0, |text| text.len());
        let bytes =
            u32::try_from(size.saturating_mul(2).saturating_add(ENTRY_BYTES)).unwrap_or(u32::MAX);
        self.keep_latest(
            (A::TYPE, id),
            Entry {
                version,
                state: Some(Arc::new(state.clone())),
                bytes,
            },
        );
    }

    /// Notes that a stream has moved to this version.
    pub(crate) fn moved(&self, aggregate_type: &'static str, id: Uuid, version: u64) {
        let bytes = u32::try_from(ENTRY_BYTES).unwrap_or(u32::MAX);
        self.keep_latest(
            (aggregate_type, id),
            Entry {
                version,
                state: None,
                bytes,
            },
        );
    }

    fn keep_latest(&self, key: (&'static str, Uuid), entry: Entry) {
        drop(self.0.entry(key).and_upsert_with(|kept| match kept {
            Some(kept) if kept.value().version > entry.version => kept.into_value(),
            Some(kept) if kept.value().version == entry.version && entry.state.is_none() => {
                kept.into_value()
            }
            Some(_) | None => entry,
        }));
    }

    /// Forgets one stream.
    pub(crate) fn forget(&self, aggregate_type: &'static str, id: Uuid) {
        self.0.invalidate(&(aggregate_type, id));
    }

    /// Forgets everything.
    pub(crate) fn forget_all(&self) {
        self.0.invalidate_all();
    }
}
