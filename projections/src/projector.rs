//! What a projector is: it keeps the tables of one read model.

use std::sync::Arc;

use async_trait::async_trait;
use cartera_domain::event::StoredEvent;
use cartera_journal::Recorded;
use sqlx::PgConnection;

use crate::erasure::PersonalTable;

/// Keeps the tables of one read model.
///
/// A projector is deterministic: no clock, no randomness, no I/O but on its own tables, which it names without their schema.
/// The same events in the same order give the same rows, whatever the batches.
#[async_trait]
pub trait Projector: Send + Sync + 'static {
    /// Name of the read model: its module, its main table, its follower.
    const NAME: &'static str;
    /// Raise it whenever tables or rows change: the runner rebuilds the read model beside the old one and swaps it in.
    const VERSION: i32;
    /// The statements that make its tables, from the `.sql` beside it. What stands below a line `-- Once filled:` is done when
    /// all that the log holds is in the tables: indexes that only readers need, sums over all facts.
    const DDL: &'static str;
    /// The aggregate types whose events it reads; it is never shown the others.
    const READS: &'static [&'static str];
    /// Its tables that show personal values, and must be made anew when a person is erased.
    const PERSONAL: &'static [PersonalTable] = &[];

    /// Takes the next events into the tables, in one transaction that the runner commits together with the checkpoint.
    ///
    /// Set-based: fold the batch in memory, then write each table once; never a statement per event.
    ///
    /// # Errors
    /// [`ProjectionError`], which pauses this projector at the batch and leaves the others going.
    async fn apply(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError>;

    /// The same, while the tables are filled and nobody reads them: without what [`Projector::DDL`] makes once they are.
    ///
    /// # Errors
    /// See [`Projector::apply`].
    async fn fill(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        self.apply(tx, batch).await
    }
}

/// A [`Projector`] whose type is forgotten, for lists of them.
#[async_trait]
pub trait AnyProjector: Send + Sync + 'static {
    /// [`Projector::NAME`].
    fn name(&self) -> &'static str;
    /// [`Projector::VERSION`].
    fn version(&self) -> i32;
    /// [`Projector::DDL`].
    fn ddl(&self) -> &'static str;
    /// [`Projector::READS`].
    fn reads(&self) -> &'static [&'static str];
    /// [`Projector::PERSONAL`].
    fn personal(&self) -> &'static [PersonalTable];
    /// [`Projector::apply`] or [`Projector::fill`], over the events of the batch that it reads.
    ///
    /// # Errors
    /// See [`Projector::apply`].
    async fn take_in(
        &self,
        tx: &mut PgConnection,
        batch: &[Recorded],
        tables: Tables,
    ) -> Result<(), ProjectionError>;
}

/// How far the tables of a generation are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tables {
    /// They take in the log for the first time, and nobody reads them.
    Filling,
    /// They are complete, and kept so.
    Filled,
}

#[async_trait]
impl<P: Projector> AnyProjector for P {
    fn name(&self) -> &'static str {
        P::NAME
    }

    fn version(&self) -> i32 {
        P::VERSION
    }

    fn ddl(&self) -> &'static str {
        P::DDL
    }

    fn reads(&self) -> &'static [&'static str] {
        P::READS
    }

    fn personal(&self) -> &'static [PersonalTable] {
        P::PERSONAL
    }

    async fn take_in(
        &self,
        tx: &mut PgConnection,
        batch: &[Recorded],
        tables: Tables,
    ) -> Result<(), ProjectionError> {
        let read: Vec<&Recorded> = batch
            .iter()
            .filter(|recorded| P::READS.contains(&recorded.aggregate_type.as_str()))
            .collect();
        if read.is_empty() {
            return Ok(());
        }
        match tables {
            Tables::Filling => self.fill(tx, &read).await,
            Tables::Filled => self.apply(tx, &read).await,
        }
    }
}

/// A projector as the lists hold it.
pub type SharedProjector = Arc<dyn AnyProjector>;

/// Why a projector cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    /// The database refused or did not answer.
    #[error("the rows could not be written: {0}")]
    Database(#[from] sqlx::Error),
    /// An event speaks of something that no event before it brought about, or contradicts it.
    #[error(
        "the event {event_type} at position {position} does not follow from those before it: {reason}"
    )]
    Inconsistent {
        /// Where the event lies.
        position: i64,
        /// Its stored type.
        event_type: String,
        /// What is missing or contradicted.
        reason: &'static str,
    },
}

impl ProjectionError {
    /// An event that does not follow from those before it.
    pub fn inconsistent(recorded: &Recorded, reason: &'static str) -> Self {
        Self::Inconsistent {
            position: recorded.position,
            event_type: recorded.event_type.clone(),
            reason,
        }
    }
}

/// The stored aggregate type of an event enum, for [`Projector::READS`].
pub const fn aggregate_type<D: cartera_domain::Decider>() -> &'static str
where
    D::Event: StoredEvent,
{
    D::TYPE
}

/// The version of the event's stream with it.
pub fn version_of(recorded: &Recorded) -> i64 {
    i64::try_from(recorded.sequence).unwrap_or(i64::MAX)
}
