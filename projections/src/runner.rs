//! Who keeps the read models going: a follower of the journal per projector, on as many nodes as there are.

mod driven;

use std::time::Duration;

use cartera_journal::{CancellationToken, FollowerStatus, Journal};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::task::JoinSet;

use crate::erasure;
use crate::generations::{self, Generation, GenerationError};
use crate::projector::SharedProjector;

pub use driven::Driven;

/// Longest wait for one's own writes (DEFINITIONS 23).
pub const PATIENCE: Duration = Duration::from_secs(2);
/// How often a node looks whether another one has swapped a generation.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// How many events the read models of a rebuild take in before they wait for each other: what a node keeps decoded.
const IN_STEP: i64 = 2_048;
/// How many read models of a rebuild work at once, each on a connection.
const AT_ONCE: usize = 6;

/// The followers of this node.
pub struct Runner {
    journal: Journal,
    names: Vec<&'static str>,
    stop: CancellationToken,
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
        for projector in &projectors {
            generations::ensure(journal.pool(), projector).await?;
        }
        let stop = CancellationToken::new();
        let mut followers = JoinSet::new();
        followers.spawn(forget(journal.clone(), projectors.clone(), stop.clone()));
        let names = projectors
            .iter()
            .map(|projector| projector.name())
            .collect();
        for projector in projectors {
            let keeper = Keeper {
                journal: journal.clone(),
                projector,
                stop: stop.clone(),
            };
            followers.spawn(keeper.run());
        }
        Ok(Self {
            journal,
            names,
            stop,
            followers,
        })
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

/// Takes in all that the journal holds now, on this task: for the command line and for tests.
///
/// # Errors
/// [`GenerationError`], also when the projector is paused.
pub async fn catch_up(
    journal: &Journal,
    projector: &SharedProjector,
) -> Result<i64, GenerationError> {
    loop {
        let generation = generations::ensure(journal.pool(), projector).await?;
        if generation.live {
            let follower = generation.follower(journal, projector);
            return Ok(follower.catch_up(journal.head().await?).await?);
        }
        build(journal, projector, &generation).await?;
    }
}

/// Builds a generation from the first event on and swaps it in.
async fn build(
    journal: &Journal,
    projector: &SharedProjector,
    generation: &Generation,
) -> Result<(), GenerationError> {
    let follower = generation.follower(journal, projector);
    loop {
        follower.catch_up(journal.head().await?).await?;
        if generations::swap(journal.pool(), generation).await? {
            return Ok(());
        }
        if !generations::all(journal.pool()).await?.contains(generation) {
            // Another node has swapped it in.
            return Ok(());
        }
    }
}

/// Builds the read model anew beside the live one, and swaps it in. Works with and without a running service. One that was
/// paused tries its failing event again.
///
/// # Errors
/// [`GenerationError`]; the live one stays then.
pub async fn rebuild(
    journal: &Journal,
    projector: &SharedProjector,
) -> Result<(), GenerationError> {
    let generation = begin(journal, projector).await?;
    build(journal, projector, &generation).await
}

/// The generation that a rebuild is to fill.
async fn begin(
    journal: &Journal,
    projector: &SharedProjector,
) -> Result<Generation, GenerationError> {
    generations::ensure(journal.pool(), projector).await?;
    let generation = generations::ensure_building(journal.pool(), projector).await?;
    journal.resume_follower(projector.name()).await?;
    Ok(generation)
}

/// Builds these read models anew, all in step, so that the journal is read and decoded once for all of them.
///
/// # Errors
/// [`GenerationError`]; those that are not swapped in yet stay as they were, and are taken up again the next time.
pub async fn rebuild_all(
    journal: &Journal,
    projectors: &[SharedProjector],
) -> Result<(), GenerationError> {
    let mut building = vec![];
    for projector in projectors {
        let generation = begin(journal, projector).await?;
        building.push((generation.follower(journal, projector), generation));
    }
    let head = journal.head().await?;
    let mut reached = 0;
    while reached < head {
        reached = head.min(reached + IN_STEP);
        stream::iter(&building)
            .map(|(follower, _)| follower.catch_up(reached))
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<_>>()
            .await?;
    }
    for (projector, (_, generation)) in projectors.iter().zip(&building) {
        build(journal, projector, generation).await?;
    }
    Ok(())
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
