//! Who measures what the journal does.

use std::fmt;
use std::time::Duration;

/// Told of what the journal does, as it is done, for figures. It is called on the tasks that do the work, so it neither
/// blocks nor fails.
pub trait Observer: fmt::Debug + Send + Sync {
    /// A call of the append function came back: one commit, for so many appends.
    fn called(&self, appends: usize, took: Duration);

    /// Somebody's append has its outcome: accepted, refused or unknown. The time includes waiting for the writer.
    fn appended(&self, took: Duration);

    /// A follower's batch is committed.
    fn followed(&self, follower: &str, events: usize, took: Duration);
}
