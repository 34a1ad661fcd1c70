//! Reading streams and the log.

use cartera_domain::Decider;
use cartera_domain::ids::TypedId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Journal, Loaded};
use crate::error::JournalError;
use crate::recorded::{Recorded, StoredRow, subjects};

impl Journal {
    /// The state of a stream, from the cache if it is there. See [`Loaded::cached`].
    ///
    /// # Errors
    /// When the database does not answer, or an event does not read.
    pub async fn load<A: Decider>(&self, id: A::Id) -> Result<Loaded<A>, JournalError> {
        match self.0.states.get(id.as_uuid()) {
            Some((state, version)) => Ok(Loaded {
                state,
                version,
                cached: true,
            }),
            None => self.reload(id).await,
        }
    }

    /// The state of a stream as it is now in the log.
    ///
    /// # Errors
    /// When the database does not answer, or an event does not read.
    pub async fn reload<A: Decider>(&self, id: A::Id) -> Result<Loaded<A>, JournalError> {
        let text = id.to_string();
        let folded = self.0.repository.fold::<A>(&text).await;
        let (state, version) =
            folded.map_err(|error| unread(format!("{}/{text}", A::TYPE), error))?;
        if version > 0 {
            self.0.states.put(id.as_uuid(), &state, version);
        }
        Ok(Loaded {
            state,
            version,
            cached: false,
        })
    }

    /// Keeps a state that the caller knows, after its append, so that the next command need not load it.
    pub fn remember<A: Decider>(&self, id: A::Id, state: &A, version: u64) {
        self.0.states.put(id.as_uuid(), state, version);
    }

    /// The events after a position, in order; the first of them is `position + 1`.
    ///
    /// # Errors
    /// When the database does not answer, or an event does not read.
    pub async fn read_after(
        &self,
        position: i64,
        limit: i64,
    ) -> Result<Vec<Recorded>, JournalError> {
        let mut connection = self.0.pool.acquire().await?;
        let rows = stored_after(&mut connection, position, limit).await?;
        self.read(&mut connection, rows).await
    }

    /// All events of a stream, in order.
    ///
    /// # Errors
    /// When the database does not answer, or an event does not read.
    pub async fn read_stream(
        &self,
        aggregate_type: &str,
        id: Uuid,
    ) -> Result<Vec<Recorded>, JournalError> {
        let mut connection = self.0.pool.acquire().await?;
        let rows = sqlx::query_as!(
            StoredRow,
            "SELECT position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version, payload, metadata
             FROM events WHERE aggregate_type = $1 AND aggregate_id = $2 ORDER BY sequence",
            aggregate_type,
            id.to_string(),
        )
        .fetch_all(&mut *connection)
        .await?;
        self.read(&mut connection, rows).await
    }

    async fn read(
        &self,
        connection: &mut PgConnection,
        rows: Vec<StoredRow>,
    ) -> Result<Vec<Recorded>, JournalError> {
        let keys = self.0.vault.keys_on(connection, &subjects(&rows)).await?;
        rows.into_iter()
            .map(|row| row.read(&keys, &self.0.upcasters))
            .collect()
    }
}

/// The rows after a position, as they are stored.
pub(crate) async fn stored_after(
    connection: &mut PgConnection,
    position: i64,
    limit: i64,
) -> Result<Vec<StoredRow>, sqlx::Error> {
    sqlx::query_as!(
        StoredRow,
        "SELECT position, sequence, recorded_at, aggregate_type, aggregate_id, event_type, event_version, payload, metadata
         FROM events WHERE position > $1 ORDER BY position LIMIT $2",
        position,
        limit,
    )
    .fetch_all(connection)
    .await
}

fn unread(stream: String, error: cqrs_es::persist::PersistenceError) -> JournalError {
    use cqrs_es::persist::PersistenceError::{
        ConnectionError, DeserializationError, OptimisticLockError, UnknownError,
    };
    match error {
        ConnectionError(source) | UnknownError(source) => match source.downcast::<sqlx::Error>() {
            Ok(error) => JournalError::Database(*error),
            Err(other) => JournalError::Stream {
                stream,
                reason: other.to_string(),
            },
        },
        DeserializationError(source) => JournalError::Stream {
            stream,
            reason: source.to_string(),
        },
        OptimisticLockError => JournalError::Stream {
            stream,
            reason: error.to_string(),
        },
    }
}
