//! How much a follower takes in at once, and how long it lets events gather.

use std::time::Duration;

use super::{Follower, Step};
use crate::error::JournalError;

/// How many times as long as usual events gather at most.
const GATHER_FACTOR: u32 = 8;
/// How long the next events gather for each that came.
const GATHER_PER_EVENT: Duration = Duration::from_millis(2);

impl Follower {
    /// How many events to try next: fewer after a failure, to find the failing one; then more again.
    pub(super) fn next_limit(&self, limit: usize, taken: &Result<Step, JournalError>) -> usize {
        match taken {
            Ok(Step::Moved { .. }) => (limit * 2).min(self.options.batch),
            Ok(Step::Failed { tried, .. }) => tried.div_ceil(2),
            Ok(Step::Idle { .. } | Step::Paused { .. } | Step::Elsewhere) | Err(_) => limit,
        }
    }
}

/// How long to let events gather next: two milliseconds for each that came, so that it grows while more than 500 come in a
/// second and falls back when fewer do.
pub(super) fn next_gather(
    least: Duration,
    gather: Duration,
    taken: &Result<Step, JournalError>,
) -> Duration {
    match taken {
        Ok(Step::Moved { events, .. }) => {
            let events = u32::try_from(*events).unwrap_or(u32::MAX);
            let most = least.saturating_mul(GATHER_FACTOR);
            GATHER_PER_EVENT.saturating_mul(events).clamp(least, most)
        }
        Ok(Step::Idle { .. }) => least,
        Ok(Step::Failed { .. } | Step::Paused { .. } | Step::Elsewhere) | Err(_) => gather,
    }
}

#[cfg(test)]
mod tests;
