//! How the journal and its followers stand, for auditors.

use async_graphql::{Context, Object, SimpleObject};
use cartera_domain::Permission;
use cartera_journal::FollowerStatus;

use crate::asking::Asking;
use crate::error::ApiError;
use crate::scalars::{Position, Uuid};

/// The journal: all that ever happened, in order.
#[derive(SimpleObject)]
pub struct JournalStatus {
    /// Identity of this journal; the genesis of its chain.
    id: Uuid,
    /// Position of the last event; 0 when there is none.
    head: Position,
    /// Who follows it: the read models, and how far each has come.
    followers: Vec<Follower>,
}

/// A read model that follows the journal.
#[derive(SimpleObject)]
pub struct Follower {
    /// Its name.
    name: String,
    /// Which build of it.
    generation: i32,
    /// Whether readers see this generation.
    live: bool,
    /// How far it has come.
    position: Position,
    /// The event that it cannot take in; it waits there.
    paused_at: Option<Position>,
    /// Why it cannot.
    paused_reason: Option<String>,
}

impl From<FollowerStatus> for Follower {
    fn from(status: FollowerStatus) -> Self {
        let FollowerStatus {
            name,
            generation,
            live,
            position,
            paused,
        } = status;
        let (paused_at, paused_reason) = paused.unzip();
        Self {
            name,
            generation,
            live,
            position: Position(position),
            paused_at: paused_at.map(Position),
            paused_reason,
        }
    }
}

/// The query of the journal's status.
#[derive(Debug, Default)]
pub struct JournalQuery;

#[Object]
impl JournalQuery {
    /// How the journal stands, and how far each read model has come.
    async fn journal(&self, context: &Context<'_>) -> Result<JournalStatus, ApiError> {
        context.viewer(Permission::Audit)?;
        let journal = context.services()?.bus.journal();
        let head = journal.head().await.map_err(ApiError::unavailable)?;
        let followers = journal.followers().await.map_err(ApiError::unavailable)?;
        Ok(JournalStatus {
            id: Uuid(journal.id().0),
            head: Position(head),
            followers: followers.into_iter().map(Follower::from).collect(),
        })
    }
}
