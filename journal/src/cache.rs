//! Loaded aggregates, by version: a hint that the append checks. And which streams there are of a type.

use std::any::Any;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cartera_domain::Decider;
use moka::sync::Cache;
use uuid::Uuid;

/// How long a state is kept: an erased subject's values are gone from every node by then at the latest.
const CACHED_FOR: Duration = Duration::from_mins(1);
/// What an entry costs beside the state itself, in bytes, roughly.
const ENTRY_BYTES: usize = 256;

/// Loaded aggregates, bounded by bytes.
pub(crate) struct States {
    kept: Cache<(&'static str, Uuid), Entry>,
    streams: Streams,
}

#[derive(Clone)]
struct Entry {
    version: u64,
    /// Nothing when the stream is known to have moved to this version and was not loaded since.
    state: Option<Arc<dyn Any + Send + Sync>>,
    bytes: u32,
}

impl States {
    pub(crate) fn new(max_bytes: u64) -> Self {
        Self {
            kept: Cache::builder()
                .max_capacity(max_bytes)
                .weigher(|_, entry: &Entry| entry.bytes)
                .time_to_live(CACHED_FOR)
                .build(),
            streams: Streams::default(),
        }
    }

    /// Which streams there are.
    pub(crate) fn streams(&self) -> &Streams {
        &self.streams
    }

    /// The state as it was last seen, and its version.
    pub(crate) fn get<A: Decider>(&self, id: Uuid) -> Option<(A, u64)> {
        let entry = self.kept.get(&(A::TYPE, id))?;
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
        drop(self.kept.entry(key).and_upsert_with(|kept| match kept {
            Some(kept) if kept.value().version > entry.version => kept.into_value(),
            Some(kept) if kept.value().version == entry.version && entry.state.is_none() => {
                kept.into_value()
            }
            Some(_) | None => entry,
        }));
    }

    /// Forgets one stream.
    pub(crate) fn forget(&self, aggregate_type: &'static str, id: Uuid) {
        self.kept.invalidate(&(aggregate_type, id));
    }

    /// Forgets everything.
    pub(crate) fn forget_all(&self) {
        self.kept.invalidate_all();
    }
}

/// Which streams there are, by type: as this node has seen it, and for a while.
#[derive(Default)]
pub(crate) struct Streams(Mutex<HashMap<&'static str, OfType>>);

#[derive(Default)]
struct OfType {
    /// How many of them began on this node.
    begins: u64,
    known: Option<(Arc<[Uuid]>, Instant)>,
}

impl Streams {
    /// The streams of a type, while they are known.
    pub(crate) fn known(&self, aggregate_type: &'static str) -> Option<Arc<[Uuid]>> {
        let types = self.types();
        let (ids, since) = types.get(aggregate_type)?.known.as_ref()?;
        (since.elapsed() < CACHED_FOR).then(|| Arc::clone(ids))
    }

    /// How many streams of the type began on this node, to be given to [`Streams::keep`].
    pub(crate) fn begins(&self, aggregate_type: &'static str) -> u64 {
        self.types().entry(aggregate_type).or_default().begins
    }

    /// Keeps what was read, unless another stream began since.
    pub(crate) fn keep(&self, aggregate_type: &'static str, ids: &Arc<[Uuid]>, begins: u64) {
        let mut types = self.types();
        let of_type = types.entry(aggregate_type).or_default();
        if of_type.begins == begins {
            of_type.known = Some((Arc::clone(ids), Instant::now()));
        }
    }

    /// Notes that a stream of the type began.
    pub(crate) fn began(&self, aggregate_type: &'static str) {
        let mut types = self.types();
        let of_type = types.entry(aggregate_type).or_default();
        of_type.begins += 1;
        of_type.known = None;
    }

    fn types(&self) -> MutexGuard<'_, HashMap<&'static str, OfType>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
