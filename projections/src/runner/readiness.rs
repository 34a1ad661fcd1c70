//! Whether the read models answer in full: from the first second on, an answer is whole or it is not given.
//!
//! A read model is *ready* once it has a live generation of this program's version that has come to where the log ended when the
//! service started. It stays ready from then on: one that is rebuilt later is built beside the live one. One that is paused
//! counts as ready, because waiting does not help it; health tells of it.

use std::time::Duration;

use cartera_journal::{CancellationToken, Journal};
use tokio::sync::watch;

use super::{ReadModelStatus, status};
use crate::generations::GenerationError;
use crate::projector::SharedProjector;

/// How often the read models are looked at until they are ready.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// A read model that is not ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unready {
    /// The read model.
    pub name: &'static str,
    /// How far it has read the log.
    pub position: i64,
    /// Where the log ended when the service started.
    pub of: i64,
    /// Whether it answers at all, by a live generation that lags or is of an older version; not while its first one is built.
    pub answers: bool,
}

/// Looks at the read models until they are ready.
pub(super) struct Looking {
    journal: Journal,
    projectors: Vec<SharedProjector>,
    head: i64,
    unready: watch::Sender<Vec<Unready>>,
}

impl Looking {
    pub(super) async fn begin(
        journal: Journal,
        projectors: Vec<SharedProjector>,
    ) -> Result<Self, GenerationError> {
        let looking = Self {
            head: journal.head().await?,
            journal,
            projectors,
            unready: watch::Sender::new(vec![]),
        };
        looking.look().await?;
        Ok(looking)
    }

    pub(super) fn unready(&self) -> watch::Receiver<Vec<Unready>> {
        self.unready.subscribe()
    }

    pub(super) async fn until_ready(self, stop: CancellationToken) {
        while !self.unready.borrow().is_empty() {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
            if let Err(error) = self.look().await {
                tracing::warn!(%error, "cannot tell how far the read models are");
            }
        }
    }

    async fn look(&self) -> Result<(), GenerationError> {
        let status = status(&self.journal).await?;
        let unready = self
            .projectors
            .iter()
            .filter_map(|projector| unready(projector, &status, self.head));
        self.unready.send_replace(unready.collect());
        Ok(())
    }
}

fn unready(projector: &SharedProjector, status: &[ReadModelStatus], head: i64) -> Option<Unready> {
    let named = || {
        let all = status.iter();
        all.filter(|status| status.generation.name == projector.name())
    };
    let of_ours = named().filter(|status| status.generation.version == projector.version());
    // The live one, else the newest.
    let ours = of_ours.max_by_key(|status| (status.generation.live, status.generation.number));
    let follower = ours.and_then(|ours| ours.follower.as_ref());
    let position = follower.map_or(0, |follower| follower.position);
    let is_paused = follower.is_some_and(|follower| follower.paused.is_some());
    let is_live = ours.is_some_and(|ours| ours.generation.live);
    let is_ready = is_live && (is_paused || position >= head);
    (!is_ready).then(|| Unready {
        name: projector.name(),
        position,
        of: head,
        answers: named().any(|status| status.generation.live),
    })
}
