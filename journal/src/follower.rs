//! Who reads on: a checkpoint, a row lock and the effects of a batch in one short transaction.
//!
//! Each event takes effect exactly once, on any number of nodes, crash or not: whoever holds the follower's row applies the
//! next batch and moves the checkpoint, and both commit together or not at all. The others skip the locked row and look
//! again later. A failing event pauses its follower, with position and reason; the other followers go on.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sqlx::PgConnection;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::error::JournalError;
use crate::journal::Journal;
use crate::recorded::Recorded;

mod pace;
mod pages;
mod progress;
mod row;
mod step;
mod wait;

pub(crate) use progress::Progress;
pub use row::PauseKind;
pub use step::Step;
pub use wait::{FollowerStatus, Reached};

/// What a follower does with the events: set-based, deterministic, inside the given transaction.
#[async_trait]
pub trait Effects: Send + Sync {
    /// The follower's name, under which its checkpoint is kept.
    fn name(&self) -> &str;

    /// Takes a batch in, in position order. Everything it does is undone when it fails, and done again later.
    ///
    /// # Errors
    /// [`EffectError::Database`] for whatever the database says, [`EffectError::Event`] when an event cannot be taken in.
    async fn apply(&self, tx: &mut PgConnection, batch: &[Recorded]) -> Result<(), EffectError>;
}

/// Why a batch could not be taken in.
#[derive(Debug, thiserror::Error)]
pub enum EffectError {
    /// The database failed: tried again when that may help, otherwise the event is searched that it fails on.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// An event cannot be taken in.
    #[error("{reason}")]
    Event {
        /// Where it lies.
        position: i64,
        /// Why, without personal data.
        reason: String,
    },
}

/// How a follower runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowerOptions {
    /// Which build of its effects this is.
    pub generation: i32,
    /// Whether readers wait for this generation ([`Journal::wait_for`]).
    pub live: bool,
    /// Where the effects write: set with SET LOCAL. Must lead to the journal's own schema as well, as in `live, public`.
    pub search_path: Option<String>,
    /// Whether its commits survive a power cut by themselves. Not needed where everything can be rebuilt.
    pub durable: bool,
    /// Most events of one transaction.
    pub batch: usize,
    /// The position that it starts after when it is new.
    pub start_after: i64,
    /// The last position that it takes in.
    pub until: Option<i64>,
    /// How long it lets events gather when nobody waits for it. One transaction for many is cheaper than many, so the more
    /// events come the longer it lets them gather: up to eight times as long.
    pub gather: Duration,
    /// How long it looks away at most: while paused, while another node is at work, while the database is away.
    pub patience: Duration,
}

impl Default for FollowerOptions {
    fn default() -> Self {
        Self {
            generation: 1,
            live: true,
            search_path: None,
            durable: false,
            batch: 1_024,
            start_after: 0,
            until: None,
            gather: Duration::from_millis(25),
            patience: Duration::from_secs(2),
        }
    }
}

/// One follower of a journal.
pub struct Follower {
    journal: Journal,
    effects: Arc<dyn Effects>,
    options: FollowerOptions,
}

impl fmt::Debug for Follower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follower")
            .field("name", &self.effects.name())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Follower {
    /// A follower that has these effects.
    pub fn new(journal: Journal, effects: Arc<dyn Effects>, options: FollowerOptions) -> Self {
        Self {
            journal,
            effects,
            options,
        }
    }

    /// Follows the log until stopped, or until its last position is taken in.
    ///
    /// Failures of the database are waited out; a failing event pauses the follower and is reported in the table
    /// `followers`, in the log and by [`Journal::followers`].
    pub async fn run(self, stop: CancellationToken) {
        let mut limit = self.options.batch;
        let (mut pause, mut gather) = (FIRST_PAUSE, self.options.gather);
        while !stop.is_cancelled() {
            // Not interrupted: a transaction that is cut off is only done again.
            let taken = self.step(limit).await;
            let next = self.next(&taken, pause);
            limit = self.next_limit(limit, &taken);
            gather = pace::next_gather(self.options.gather, gather, &taken);
            pause = if taken.is_err() {
                (pause * 2).min(self.options.patience)
            } else {
                FIRST_PAUSE
            };
            match next {
                Next::End => return,
                Next::Again => {}
                Next::After(longest) => drop(stop.run_until_cancelled(sleep(longest)).await),
                Next::News { after } => {
                    let news = self.news(after, gather);
                    let _stopped = stop.run_until_cancelled(news).await;
                }
            }
        }
    }

    /// Comes back when there is something to take in: at once if somebody waits for it, else when some has gathered.
    async fn news(&self, after: i64, gather: Duration) {
        let mut waiting = self.journal.progress().waiting(self.effects.name());
        let (mut wanted, mut gathered) = (self.journal.appended(), self.journal.appended());
        // An error only says that the journal is closing; the next step finds out.
        tokio::select! {
            () = sleep(self.options.patience) => {}
            () = async {
                drop(waiting.wait_for(|waiting| *waiting > 0).await);
                drop(wanted.wait_for(|known| *known > after).await);
            } => {}
            () = async {
                drop(gathered.wait_for(|known| *known > after).await);
                sleep(gather).await;
            } => {}
        }
    }

    fn next(&self, taken: &Result<Step, JournalError>, pause: Duration) -> Next {
        match taken {
            Ok(Step::Moved { position, .. } | Step::Idle { position })
                if self.options.until.is_some_and(|until| *position >= until) =>
            {
                Next::End
            }
            // What is left is more than a batch: no need to let it gather.
            Ok(Step::Moved { position, .. }) if self.left(*position) >= self.options.batch => {
                Next::Again
            }
            Ok(Step::Moved { position, .. } | Step::Idle { position }) => {
                Next::News { after: *position }
            }
            Ok(Step::Failed { .. }) => Next::Again,
            Ok(Step::Paused { .. }) => Next::After(self.options.patience),
            Ok(Step::Elsewhere) => Next::After(ELSEWHERE_PAUSE),
            Err(error) => {
                tracing::warn!(follower = self.effects.name(), %error, "waits for the database");
                Next::After(pause)
            }
        }
    }

    /// How many events are known to lie after a position.
    fn left(&self, position: i64) -> usize {
        usize::try_from(self.journal.appended().borrow().saturating_sub(position))
            .unwrap_or_default()
    }

    /// Takes in what there is up to a position, now, on this task. For rebuilding and for tests.
    ///
    /// # Errors
    /// When the database does not answer, or the follower is or becomes paused.
    pub async fn catch_up(&self, position: i64) -> Result<i64, JournalError> {
        let mut limit = self.options.batch;
        loop {
            let taken = self.step(limit).await;
            limit = self.next_limit(limit, &taken);
            match taken? {
                Step::Moved {
                    position: reached, ..
                }
                | Step::Idle { position: reached }
                    if reached >= position =>
                {
                    return Ok(reached);
                }
                Step::Idle { position: reached } => return Ok(reached),
                Step::Moved { .. } | Step::Failed { .. } => {}
                Step::Paused { position, reason } => {
                    return Err(JournalError::FollowerPaused {
                        name: self.effects.name().to_owned(),
                        position,
                        reason,
                    });
                }
                Step::Elsewhere => sleep(ELSEWHERE_PAUSE).await,
            }
        }
    }
}

/// What a follower does after a step.
enum Next {
    End,
    Again,
    After(Duration),
    News { after: i64 },
}

const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// How long a follower leaves its row to the node that works on it.
const ELSEWHERE_PAUSE: Duration = Duration::from_millis(50);
