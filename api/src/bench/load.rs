//! Load: so many clients that do one thing after the other, for so long.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

/// What came of it.
#[derive(Debug, Clone, Default)]
pub(super) struct Loaded {
    /// How long each thing took, sorted.
    pub(super) waits: Vec<Duration>,
    /// How many failed; their waits do not count.
    pub(super) failed: u64,
    /// How long it took.
    pub(super) elapsed: Duration,
}

impl Loaded {
    /// The wait that so many in a thousand did not exceed.
    pub(super) fn per_mille(&self, share: usize) -> Duration {
        let index = (self.waits.len() * share / 1000).min(self.waits.len().saturating_sub(1));
        self.waits.get(index).copied().unwrap_or_default()
    }

    /// How many succeeded.
    pub(super) fn done(&self) -> u64 {
        self.waits.len().try_into().unwrap_or(u64::MAX)
    }
}

/// Lets each of these clients do it over and over; `act` is told how often that client has done it.
pub(super) async fn load<C>(
    clients: Vec<C>,
    duration: Duration,
    act: impl AsyncFn(&mut C, u64) -> bool,
) -> Loaded {
    let begun = Instant::now();
    let mut working: FuturesUnordered<_> = clients
        .into_iter()
        .map(|client| one_client(client, begun, duration, &act))
        .collect();
    let mut loaded = Loaded::default();
    while let Some((waits, failed)) = working.next().await {
        loaded.waits.extend(waits);
        loaded.failed += failed;
    }
    loaded.elapsed = begun.elapsed();
    loaded.waits.sort_unstable();
    loaded
}

/// One client, until the time is over: how long each thing took, and how many failed.
async fn one_client<C>(
    mut client: C,
    begun: Instant,
    duration: Duration,
    act: &impl AsyncFn(&mut C, u64) -> bool,
) -> (Vec<Duration>, u64) {
    let (mut waits, mut failed, mut turn) = (Vec::new(), 0, 0);
    while begun.elapsed() < duration {
        let started = Instant::now();
        if act(&mut client, turn).await {
            waits.push(started.elapsed());
        } else {
            failed += 1;
        }
        turn += 1;
    }
    (waits, failed)
}
