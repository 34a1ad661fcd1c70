//! Who keeps the read models going: a follower of the journal per projector, on as many nodes as there are.
//!
//! [`building`] brings new generations to the log's end; [`readiness`] tells when the first answers are whole.

mod building;
mod driven;
mod readiness;

use std::time::Duration;

use cartera_journal::{CancellationToken, FollowerStatus, Journal};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::erasure;
use crate::generations::{self, Generation, GenerationError};
use crate::projector::SharedProjector;

pub use building::{catch_up, catch_up_all, rebuild, rebuild_all};
pub use driven::Driven;
pub use readiness::Unready;

use building::build;

/// Longest wait for one's own writes (DEFINITIONS 23).
pub const PATIENCE: Duration = Duration::from_secs(2);
/// How often a node looks whether another one has swapped a generation.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// The followers of this node.
pub struct Runner {
    journal: Journal,
    names: Vec<&'static str>,
    stop: CancellationToken,
    unready: watch::Receiver<Vec<Unready>>,
    followers: JoinSet<()>,
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

/// How far an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waited {
    /// Position up to which all the read models asked for have read the journal, at least.
    pub as_of_position: i64,
    /// Whether that includes what was waited for.
    pub up_to_date: bool,
}

/// What is known of a read model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadModelStatus {
    /// The generation.
    pub generation: Generation,
    /// How far it has read the journal, and what it fails on.
    pub follower: Option<FollowerStatus>,
    /// Where the journal ends.
    pub head: i64,
}

impl Runner {
    /// Makes the generations that are missing, and starts to follow.
    ///
    /// # Errors
    /// [`GenerationError`]; nothing is followed then.
    pub async fn start(
        journal: Journal,
        projectors: Vec<SharedProjector>,
    ) -> Result<Self, GenerationError> {
        let names = projectors.iter().map(|one| one.name()).collect();
        let stop = CancellationToken::new();
        let mut followers = JoinSet::new();
        followers.spawn(forget(journal.clone(), projectors.clone(), stop.clone()));
        let mut new = vec![];
        for projector in &projectors {
            let generation = generations::ensure(journal.pool(), projector).await?;
            let keeper = Keeper {
                journal: journal.clone(),
                projector: SharedProjector::clone(projector),
                stop: stop.clone(),
            };
            if generation.live {
                followers.spawn(keeper.run());
            } else {
                new.push(keeper);
            }
        }
        let looking = readiness::Looking::begin(journal.clone(), projectors).await?;
        let unready = looking.unready();
        followers.spawn(looking.until_ready(stop.clone()));
        followers.spawn(build_then_keep(new));
        Ok(Self {
            journal,
            names,
            stop,
            unready,
            followers,
        })
    }

    /// The read models whose answers are not whole yet since the start; empty from when on the service is ready.
    pub fn unready(&self) -> watch::Receiver<Vec<Unready>> {
        self.unready.clone()
    }

    /// Waits until these read models have passed a position, at most [`PATIENCE`]. A paused one is not waited for. Names that
    /// are no read models are passed over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn wait_for(
        &self,
        read_models: &[&str],
        position: i64,
    ) -> Result<Waited, GenerationError> {
        let names: Vec<&str> = read_models
            .iter()
            .copied()
            .filter(|name| self.names.contains(name))
            .collect();
        let reached = self.journal.wait_for(&names, position, PATIENCE).await?;
        Ok(Waited {
            as_of_position: reached.position,
            up_to_date: reached.up_to_date,
        })
    }

    /// Stops after the batches in hand.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.followers.join_next().await.is_some() {}
    }
}

/// Keeps one read model: builds, swaps, follows, and looks whether another node has swapped meanwhile.
struct Keeper {
    journal: Journal,
    projector: SharedProjector,
    stop: CancellationToken,
}

impl Keeper {
    async fn run(self) {
        while !self.stop.is_cancelled() {
            let kept = match generations::ensure(self.journal.pool(), &self.projector).await {
                Ok(generation) if generation.live => {
                    self.follow(&generation).await;
                    Ok(())
                }
                Ok(generation) => self.build(&generation).await,
                Err(error) => Err(error),
            };
            if let Err(error) = kept {
                tracing::warn!(read_model = self.projector.name(), %error, "is not kept for now");
                self.rest().await;
            }
        }
    }

    /// Follows the journal until stopped, or until another generation is live.
    async fn follow(&self, generation: &Generation) {
        let replaced = self.stop.child_token();
        let follower = generation.follower(&self.journal, &self.projector);
        let following = follower.run(replaced.clone());
        tokio::pin!(following);
        loop {
            tokio::select! {
                () = &mut following => return,
                () = self.rest() => {}
            }
            if matches!(self.is_current(generation).await, Ok(false)) {
                replaced.cancel();
            }
        }
    }

    async fn is_current(&self, generation: &Generation) -> Result<bool, GenerationError> {
        let known = generations::all(self.journal.pool()).await?;
        Ok(known.contains(generation))
    }

    async fn build(&self, generation: &Generation) -> Result<(), GenerationError> {
        tokio::select! {
            () = self.stop.cancelled() => Ok(()),
            built = build(&self.journal, &self.projector, generation) => built,
        }
    }

    async fn rest(&self) {
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
    }
}

/// Builds the generations that are new in step, then keeps each.
async fn build_then_keep(keepers: Vec<Keeper>) {
    let Some(Keeper { journal, stop, .. }) = keepers.first() else {
        return;
    };
    let projectors: Vec<SharedProjector> = keepers
        .iter()
        .map(|keeper| SharedProjector::clone(&keeper.projector))
        .collect();
    tokio::select! {
        () = stop.cancelled() => return,
        built = catch_up_all(journal, &projectors) => {
            if let Err(error) = built {
                tracing::warn!(%error, "not every read model is built");
            }
        }
    }
    let mut kept: JoinSet<()> = keepers.into_iter().map(Keeper::run).collect();
    while kept.join_next().await.is_some() {}
}

/// Takes out of the rows, again and again, what was erased.
async fn forget(journal: Journal, projectors: Vec<SharedProjector>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_AGAIN) => {}
        }
        if let Err(error) = erasure::catch_up(&journal, &projectors).await {
            tracing::warn!(%error, "what was erased is not out of the read models yet");
        }
    }
}

/// Where every read model stands.
///
/// # Errors
/// When the database does not answer.
pub async fn status(journal: &Journal) -> Result<Vec<ReadModelStatus>, GenerationError> {
    let head = journal.head().await?;
    let followers = journal.followers().await?;
    let all = generations::all(journal.pool()).await?;
    let status = all.into_iter().map(|generation| {
        let follower = followers.iter().find(|follower| {
            follower.name == generation.name && follower.generation == generation.number
        });
        ReadModelStatus {
            follower: follower.cloned(),
            generation,
            head,
        }
    });
    Ok(status.collect())
}
