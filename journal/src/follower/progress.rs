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

/// The live followers' standings, and the pages of the log that they share. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Progress {
    standings: Arc<Mutex<HashMap<String, watch::Sender<Standing>>>>,
    pages: Pages,
}

impl Progress {
    /// Watches a follower, whether or not it runs here.
    pub(crate) fn watch(&self, name: &str) -> watch::Receiver<Standing> {
        self.sender(name).subscribe()
    }

    /// Notes where a follower stands; it never steps back.
    pub(crate) fn note(&self, name: &str, standing: Standing) {
        self.sender(name).send_if_modified(|known| {
            let newer = Standing {
                position: standing.position.max(known.position),
                paused: standing.paused,
            };
            let changed = newer != *known;
            *known = newer;
            changed
        });
    }

    fn sender(&self, name: &str) -> watch::Sender<Standing> {
        let mut standings = self
            .standings
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = standings.get(name) {
            return sender.clone();
        }
        standings.entry(name.to_owned()).or_default().clone()
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
