//! How far this node's followers are known to have come.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::pages::Pages;

/// How far a follower is known to have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Standing {
    pub(crate) position: i64,
    pub(crate) paused: bool,
}

/// What is known of one follower.
#[derive(Clone, Default)]
struct Known {
    standing: watch::Sender<Standing>,
    /// How many wait for it.
    waiting: watch::Sender<usize>,
}

/// The live followers' standings, and the pages of the log that they share. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Progress {
    followers: Arc<Mutex<HashMap<String, Known>>>,
    pages: Pages,
}

/// Somebody who waits for a follower, as long as this lives.
pub(crate) struct Waiting {
    known: Known,
    pub(crate) standing: watch::Receiver<Standing>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.known
            .waiting
            .send_modify(|waiting| *waiting = waiting.saturating_sub(1));
    }
}

impl Progress {
    /// Waits for a follower, whether or not it runs here.
    pub(crate) fn wait(&self, name: &str) -> Waiting {
        let known = self.known(name);
        known.waiting.send_modify(|waiting| *waiting += 1);
        Waiting {
            standing: known.standing.subscribe(),
            known,
        }
    }

    /// How many wait for a follower.
    pub(crate) fn waiting(&self, name: &str) -> watch::Receiver<usize> {
        self.known(name).waiting.subscribe()
    }

    /// Notes where a follower stands; it never steps back.
    pub(crate) fn note(&self, name: &str, standing: Standing) {
        self.known(name).standing.send_if_modified(|known| {
            let newer = Standing {
                position: standing.position.max(known.position),
                paused: standing.paused,
            };
            let changed = newer != *known;
            *known = newer;
            changed
        });
    }

    fn known(&self, name: &str) -> Known {
        let mut followers = self
            .followers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = followers.get(name) {
            return known.clone();
        }
        followers.entry(name.to_owned()).or_default().clone()
    }

    /// The pages of the log that followers share.
    pub(crate) fn pages(&self) -> &Pages {
        &self.pages
    }

    /// Forgets decoded events: keys were destroyed.
    pub(crate) fn forget_pages(&self) {
        self.pages.forget();
    }
}
