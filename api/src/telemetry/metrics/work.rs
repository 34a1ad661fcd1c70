//! What the journal does, counted as it is done.

use std::time::Duration;

use cartera_journal::Observer;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::seconds;

/// Bounds of the buckets for the appends of one commit.
const APPENDS: [f64; 9] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0];

/// What the journal does.
#[derive(Debug)]
pub struct Work {
    appends: Histogram,
    commits: Histogram,
    together: Histogram,
    batches: Family<Follower, Histogram>,
    followed: Family<Follower, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Follower {
    follower: String,
}

impl Work {
    /// Its figures, in the registry.
    pub(super) fn registered(registry: &mut Registry) -> Self {
        let work = Self {
            appends: seconds(),
            commits: seconds(),
            together: Histogram::new(APPENDS),
            batches: Family::new_with_constructor(seconds),
            followed: Family::default(),
        };
        registry.register_with_unit(
            "journal_append_duration",
            "Time of a command's append, waiting for the writer included",
            Unit::Seconds,
            work.appends.clone(),
        );
        registry.register_with_unit(
            "journal_commit_duration",
            "Time of a call of the append function: one commit",
            Unit::Seconds,
            work.commits.clone(),
        );
        registry.register(
            "journal_commit_appends",
            "Appends that were committed together",
            work.together.clone(),
        );
        registry.register_with_unit(
            "follower_batch_duration",
            "Time in which a follower took a batch of events in, commit included",
            Unit::Seconds,
            work.batches.clone(),
        );
        registry.register(
            "follower_events",
            "Events that a follower of this node took in",
            work.followed.clone(),
        );
        work
    }
}

impl Observer for Work {
    fn called(&self, appends: usize, took: Duration) {
        self.commits.observe(took.as_secs_f64());
        self.together
            .observe(u32::try_from(appends).map_or(f64::MAX, f64::from));
    }

    fn appended(&self, took: Duration) {
        self.appends.observe(took.as_secs_f64());
    }

    fn followed(&self, follower: &str, events: usize, took: Duration) {
        let follower = Follower {
            follower: follower.to_owned(),
        };
        self.batches
            .get_or_create(&follower)
            .observe(took.as_secs_f64());
        self.followed
            .get_or_create(&follower)
            .inc_by(u64::try_from(events).unwrap_or_default());
    }
}
