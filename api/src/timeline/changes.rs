//! What changes, as it happens.
//!
//! A subscription reads on from a position, so nothing is lost between two connections: the read models say how far they
//! are, what lies behind that is judged by the predicate that lists are made by, and what the caller sees is sent. New
//! events wake it; it looks at most ten times a second.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, ID, SimpleObject, Subscription};
use cartera_domain::{Permission, Viewer};
use cartera_journal::Journal;
use cartera_projections::ReadPool;
use cartera_projections::timeline::{self, ChangedEntry, SubjectKind};
use futures_util::stream::{self, Stream};
use tokio::sync::watch;

use super::types::global_id;
use crate::asking::Asking;
use crate::error::ApiError;
use crate::loaders::unreadable;
use crate::scalars::{DateTime, Position};

/// How long a subscription rests between two looks.
const REST: Duration = Duration::from_millis(100);

/// Something that changed. Ask for it again, `afterPosition` this position.
#[derive(Debug, SimpleObject)]
pub struct Change {
    /// Where it lies in the journal: go on from here after a lost connection.
    position: Position,
    /// What changed.
    kind: SubjectKind,
    /// Global id of what changed; none for the catalogue of channels and reasons and for the tree of teams.
    subject_id: Option<ID>,
    /// What happened, as the journal names it, such as `lead_converted`.
    event_type: String,
    /// When it was recorded.
    recorded_at: DateTime,
}

/// The subscription to changes.
#[derive(Debug, Default)]
pub struct ChangesSubscription;

#[Subscription]
impl ChangesSubscription {
    /// Each change of what the caller sees, in order, from after a position on; from now on when absent.
    async fn changes(
        &self,
        context: &Context<'_>,
        after: Option<Position>,
        kinds: Option<Vec<SubjectKind>>,
    ) -> Result<impl Stream<Item = Result<Change, ApiError>> + use<>, ApiError> {
        let viewer = Arc::clone(context.viewer(Permission::ReadSales)?);
        let services = context.services()?;
        let journal = services.bus.journal();
        let head = journal.head().await.map_err(ApiError::unavailable)?;
        let after = after.map_or(head, |after| after.0);
        Ok(Following::new(journal, services.reads.clone(), viewer, after, kinds).into_stream())
    }
}

/// One subscription, on its way through the journal.
struct Following {
    reads: ReadPool,
    viewer: Arc<Viewer>,
    news: watch::Receiver<i64>,
    after: i64,
    kinds: Vec<SubjectKind>,
    waiting: VecDeque<ChangedEntry>,
}

impl Following {
    fn new(
        journal: &Journal,
        reads: ReadPool,
        viewer: Arc<Viewer>,
        after: i64,
        kinds: Option<Vec<SubjectKind>>,
    ) -> Self {
        let (news, kinds) = (journal.appended(), kinds.unwrap_or_default());
        Self {
            reads,
            viewer,
            news,
            after,
            kinds,
            waiting: VecDeque::new(),
        }
    }

    fn into_stream(self) -> impl Stream<Item = Result<Change, ApiError>> + use<> {
        stream::unfold(Some(self), |following| async move {
            let mut following = following?;
            match following.next().await {
                Ok(entry) => Some((Ok(change(entry)), Some(following))),
                // The client comes back with its last position.
                Err(error) => Some((Err(error), None)),
            }
        })
    }

    async fn next(&mut self) -> Result<ChangedEntry, ApiError> {
        loop {
            if let Some(entry) = self.waiting.pop_front() {
                return Ok(entry);
            }
            let known = *self.news.borrow_and_update();
            let read =
                timeline::changes_after(&self.reads, &self.viewer, self.after, &self.kinds).await;
            let page = read.map_err(unreadable)?;
            self.after = page.read_to.max(self.after);
            self.waiting.extend(page.entries);
            if self.waiting.is_empty() {
                self.rest(known).await;
            }
        }
    }

    /// Until there is news; but while read models lag behind what is known, only for a moment.
    async fn rest(&mut self, known: i64) {
        tokio::time::sleep(REST).await;
        if self.after >= known {
            // The journal lives as long as the service: its end ends the subscription with the connection.
            drop(self.news.changed().await);
        }
    }
}

fn change(entry: ChangedEntry) -> Change {
    Change {
        position: Position(entry.position),
        kind: entry.kind,
        subject_id: global_id(entry.kind, entry.subject),
        event_type: entry.event_type,
        recorded_at: DateTime(entry.recorded_at),
    }
}
