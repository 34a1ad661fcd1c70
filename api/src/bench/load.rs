//! Load: so many clients that do one thing after the other, for so long.

use std::future::Future;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

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

/// Lets clients do it over and over; `act` is given the client's number and how often it has done it.
pub(super) async fn load<A, F>(clients: usize, duration: Duration, act: A) -> Loaded
where
    A: Fn(usize, u64) -> F + Clone + Send + 'static,
    F: Future<Output = bool> + Send + 'static,
{
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for client in 0..clients {
        let act = act.clone();
        tasks.spawn(one_client(client, begun, duration, act));
    }
    let mut loaded = Loaded::default();
    while let Some(Ok((waits, failed))) = tasks.join_next().await {
        loaded.waits.extend(waits);
        loaded.failed += failed;
    }
    loaded.elapsed = begun.elapsed();
    loaded.waits.sort_unstable();
    loaded
}

/// One client, until the time is over: how long each thing took, and how many failed.
async fn one_client<A, F>(
    client: usize,
    begun: Instant,
    duration: Duration,
    act: A,
) -> (Vec<Duration>, u64)
where
    A: Fn(usize, u64) -> F,
    F: Future<Output = bool>,
{
    let (mut waits, mut failed, mut turn) = (Vec::new(), 0, 0);
    while begun.elapsed() < duration {
        let started = Instant::now();
        if act(client, turn).await {
            waits.push(started.elapsed());
        } else {
            failed += 1;
        }
        turn += 1;
    }
    (waits, failed)
}
