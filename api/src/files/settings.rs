//! How much may be uploaded, how fast, and for how long it is kept.

use std::time::Duration;

const MIB: u64 = 1 << 20;

/// What an upload may cost.
#[derive(Debug, Clone)]
pub struct FileSettings {
    /// Most bytes of one file. Default 256 MiB (DEFINITIONS 25).
    pub largest: u64,
    /// Most bytes that one user's files have together. Default 1 GiB.
    pub quota: u64,
    /// How long a file is kept after its last use, and a finished import's refused rows. Default 30 days.
    pub kept_for: Duration,
    /// Longest pause between two parts of an upload. Default 10 s.
    pub pause: Duration,
    /// Longest time of a whole upload. Default 30 min.
    pub time: Duration,
    /// Most uploads at the same time on one node. Default 4: each takes some 5 MiB of memory.
    pub at_once: usize,
}

impl Default for FileSettings {
    fn default() -> Self {
        Self {
            largest: 256 * MIB,
            quota: 1024 * MIB,
            kept_for: Duration::from_hours(30 * 24),
            pause: Duration::from_secs(10),
            time: Duration::from_mins(30),
            at_once: 4,
        }
    }
}
