//! Bringing read models to the log's end: in step, so that the journal is read and decoded once for all of them.

use std::sync::Arc;

use cartera_journal::{Follower, Journal, JournalError, Recorded, Step};
use futures_util::{StreamExt as _, stream};

use crate::generations::{self, Generation, GenerationError};
use crate::projector::SharedProjector;

/// Events that are read together and taken in by each read model in one transaction.
const PAGE: i64 = 4_096;
/// How many read models work at once, each on a connection.
const AT_ONCE: usize = 6;

/// [`catch_up_all`] of one read model.
///
/// # Errors
/// See [`catch_up_all`].
pub async fn catch_up(
    journal: &Journal,
    projector: &SharedProjector,
) -> Result<(), GenerationError> {
    catch_up_all(journal, std::slice::from_ref(projector)).await
}

/// Takes all that the journal holds now into these read models, on this task: for the command line and for tests.
///
/// # Errors
/// [`GenerationError`], also when a projector is paused; the others have gone on then.
pub async fn catch_up_all(
    journal: &Journal,
    projectors: &[SharedProjector],
) -> Result<(), GenerationError> {
    let mut lanes = vec![];
    for projector in projectors {
        let generation = generations::ensure(journal.pool(), projector).await?;
        lanes.push(Lane::of(journal, projector, generation));
    }
    in_step(journal, lanes).await
}

/// [`rebuild_all`] of one read model.
///
/// # Errors
/// See [`rebuild_all`].
pub async fn rebuild(
    journal: &Journal,
    projector: &SharedProjector,
) -> Result<(), GenerationError> {
    rebuild_all(journal, std::slice::from_ref(projector)).await
}

/// Builds these read models anew beside the live ones, and swaps them in. Works with and without a running service. One that
/// was paused tries its failing event again.
///
/// # Errors
/// [`GenerationError`]; those that are not swapped in yet stay as they were, and are taken up again the next time.
pub async fn rebuild_all(
    journal: &Journal,
    projectors: &[SharedProjector],
) -> Result<(), GenerationError> {
    let mut lanes = vec![];
    for projector in projectors {
        generations::ensure(journal.pool(), projector).await?;
        let generation = generations::ensure_building(journal.pool(), projector).await?;
        journal.resume_follower(projector.name()).await?;
        lanes.push(Lane::of(journal, projector, generation));
    }
    in_step(journal, lanes).await
}

/// A read model that is brought to the log's end beside others.
struct Lane {
    projector: SharedProjector,
    generation: Generation,
    follower: Follower,
}

impl Lane {
    fn of(journal: &Journal, projector: &SharedProjector, generation: Generation) -> Self {
        Self {
            projector: SharedProjector::clone(projector),
            follower: generation.follower(journal, projector),
            generation,
        }
    }

    /// Takes a page in. Whether it goes on beside the others.
    async fn take(self, page: Arc<Vec<Recorded>>) -> (Self, bool) {
        let taken = self.follower.take(&page).await;
        let is_abreast = matches!(taken, Ok(Step::Moved { .. } | Step::Idle { .. }));
        (self, is_abreast)
    }

    /// The last stretch, alone.
    async fn finish(&self, journal: &Journal) -> Result<(), GenerationError> {
        if self.generation.live {
            self.follower.catch_up(journal.head().await?).await?;
            Ok(())
        } else {
            build(journal, &self.projector, &self.generation).await
        }
    }
}

async fn in_step(journal: &Journal, mut abreast: Vec<Lane>) -> Result<(), GenerationError> {
    let mut page = page_after(journal, begin_of(journal, &abreast).await?).await;
    let mut fallen_behind = vec![];
    while let Some(last) = page.last().map(|event| event.position) {
        let taking = stream::iter(abreast)
            .map(|lane| lane.take(Arc::clone(&page)))
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<(Lane, bool)>>();
        let (next, taken) = tokio::join!(page_after(journal, last), taking);
        let (level, fallen): (Vec<_>, Vec<_>) = taken.into_iter().partition(|(_, is)| *is);
        abreast = level.into_iter().map(|(lane, _)| lane).collect();
        // One that fails holds nobody up; why it fails is said in the end.
        fallen_behind.extend(fallen.into_iter().map(|(lane, _)| lane));
        page = if abreast.is_empty() {
            Arc::default()
        } else {
            next
        };
    }
    let mut done = Ok(());
    for lane in abreast.into_iter().chain(fallen_behind) {
        done = done.and(lane.finish(journal).await);
    }
    done
}

/// The events after a position; none where they do not read, which each read model finds out for itself.
async fn page_after(journal: &Journal, position: i64) -> Arc<Vec<Recorded>> {
    Arc::new(journal.read_after(position, PAGE).await.unwrap_or_default())
}

/// Where the last of them stands.
async fn begin_of(journal: &Journal, lanes: &[Lane]) -> Result<i64, GenerationError> {
    let followers = journal.followers().await?;
    let standings = lanes.iter().filter_map(|lane| {
        followers.iter().find(|follower| {
            follower.name == lane.generation.name && follower.generation == lane.generation.number
        })
    });
    Ok(standings
        .map(|follower| follower.position)
        .min()
        .unwrap_or(0))
}

/// Builds a generation to the log's end, completes it and swaps it in.
pub(super) async fn build(
    journal: &Journal,
    projector: &SharedProjector,
    generation: &Generation,
) -> Result<(), GenerationError> {
    let follower = generation.follower(journal, projector);
    loop {
        let filled = follower.catch_up(journal.head().await?).await;
        if matches!(filled, Err(JournalError::FollowerPaused { .. }))
            && is_first(journal, generation).await?
        {
            // What there is of a first one is shown rather than nothing: the others go on, and health tells of the pause.
            generations::complete(journal.pool(), generation, projector).await?;
            generations::swap(journal.pool(), generation).await?;
        }
        filled?;
        generations::complete(journal.pool(), generation, projector).await?;
        // What has come while indexes were made.
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

async fn is_first(journal: &Journal, generation: &Generation) -> Result<bool, GenerationError> {
    let known = generations::all(journal.pool()).await?;
    Ok(!known
        .iter()
        .any(|known| known.live && known.name == generation.name))
}
