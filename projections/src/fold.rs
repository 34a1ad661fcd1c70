//! From events to rows: a batch is folded in memory over the rows that it touches, and what changed is written once.

use std::collections::BTreeMap;

use cartera_journal::Recorded;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::projector::ProjectionError;
use crate::table::{self, Row};

/// The rows of the streams that a batch touches: as they were, and as they are to be.
#[derive(Debug)]
pub struct Rows<R> {
    streams: BTreeMap<Uuid, Stream<R>>,
}

#[derive(Debug)]
struct Stream<R> {
    before: Vec<R>,
    after: Vec<R>,
}

impl<R> Default for Stream<R> {
    fn default() -> Self {
        Self {
            before: vec![],
            after: vec![],
        }
    }
}

impl<R: Row> Rows<R> {
    /// Reads the rows of all streams in the batch; [`Row::GROUP`] holds the stream's id.
    ///
    /// A stream that begins in the batch is not read: it has no rows yet, or rows that are to be made anew.
    ///
    /// # Errors
    /// [`ProjectionError::Database`].
    pub async fn load(tx: &mut PgConnection, batch: &[&Recorded]) -> Result<Self, ProjectionError> {
        let mut streams = BTreeMap::new();
        let mut known = vec![];
        for recorded in batch {
            let stream = recorded.aggregate_id;
            if recorded.sequence > 1 && !streams.contains_key(&stream) {
                known.push(stream);
            }
            streams.entry(stream).or_default();
        }
        let mut rows = Self { streams };
        for row in table::load::<R>(tx, &known).await? {
            if let Some(stream) = rows.streams.get_mut(&row.group()) {
                stream.before.push(row.clone());
                stream.after.push(row);
            }
        }
        Ok(rows)
    }

    /// All rows of the event's stream, to be changed.
    pub fn of(&mut self, recorded: &Recorded) -> &mut Vec<R> {
        &mut self.streams.entry(recorded.aggregate_id).or_default().after
    }

    /// The one row of the event's stream, to be changed.
    ///
    /// # Errors
    /// [`ProjectionError::Inconsistent`] when there is none.
    pub fn one(&mut self, recorded: &Recorded) -> Result<&mut R, ProjectionError> {
        self.of(recorded)
            .first_mut()
            .ok_or_else(|| ProjectionError::inconsistent(recorded, "its stream has no row"))
    }

    /// Writes what changed: removed rows by one statement, new and changed ones by another.
    ///
    /// # Errors
    /// [`ProjectionError::Database`].
    pub async fn write(self, tx: &mut PgConnection) -> Result<(), ProjectionError> {
        let mut gone = vec![];
        let mut changed = vec![];
        for Stream { before, after } in self.streams.values() {
            let is_kept = |old: &&R| after.iter().any(|new| new.same_key(old));
            gone.extend(before.iter().filter(|old| !is_kept(old)));
            changed.extend(after.iter().filter(|new| !before.contains(new)));
        }
        table::remove(tx, &gone).await?;
        table::upsert(tx, &changed).await?;
        Ok(())
    }
}
