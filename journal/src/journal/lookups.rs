//! Looking up what stands beside the events: receipts, claims, the streams of a type.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::Journal;
use crate::append::{AppendError, Appended, Receipt};
use crate::error::JournalError;
use crate::metadata::Actor;

impl Journal {
    /// What a command answered, if it was carried out.
    ///
    /// # Errors
    /// [`AppendError::CommandIdReused`] when the id was used with other content; [`AppendError::Unavailable`].
    pub async fn receipt(
        &self,
        actor: &Actor,
        command_id: Uuid,
        receipt: Receipt,
    ) -> Result<Option<Appended>, AppendError> {
        let found = sqlx::query!(
            "SELECT fingerprint, first_position, last_position, versions FROM receipts WHERE actor = $1 AND command_id = $2",
            actor.to_string(),
            command_id,
        )
        .fetch_optional(self.pool())
        .await
        .map_err(|error| AppendError::Unavailable(error.to_string()))?;
        let Some(found) = found else { return Ok(None) };
        if found.fingerprint != receipt.fingerprint {
            return Err(AppendError::CommandIdReused);
        }
        let versions = serde_json::from_value(found.versions)
            .map_err(|error| AppendError::Unavailable(error.to_string()))?;
        Ok(Some(Appended {
            first_position: found.first_position,
            position: found.last_position,
            versions,
            replayed: true,
        }))
    }

    /// Which of an actor's commands were carried out, with the position of the last event of each.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn said(
        &self,
        actor: &Actor,
        command_ids: &[Uuid],
    ) -> Result<HashMap<Uuid, i64>, JournalError> {
        let rows = sqlx::query!(
            "SELECT command_id, last_position FROM receipts WHERE actor = $1 AND command_id = ANY($2)",
            actor.to_string(),
            command_ids,
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| (row.command_id, row.last_position))
            .collect())
    }

    /// Who holds what is claimed by these tokens.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn holders(
        &self,
        scope: &str,
        tokens: &[[u8; 32]],
    ) -> Result<HashMap<[u8; 32], Uuid>, JournalError> {
        let wanted: Vec<Vec<u8>> = tokens.iter().map(|token| token.to_vec()).collect();
        let rows = sqlx::query!(
            "SELECT token, holder FROM claims WHERE scope = $1 AND token = ANY($2)",
            scope,
            &wanted
        )
        .fetch_all(self.pool())
        .await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| Some((row.token.try_into().ok()?, row.holder)))
            .collect())
    }

    /// The streams of a type as they are known here, in the order in which they began: one that began on another node
    /// within the last minute may not be among them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn known_stream_ids(
        &self,
        aggregate_type: &'static str,
    ) -> Result<Arc<[Uuid]>, JournalError> {
        let streams = self.0.states.streams();
        if let Some(known) = streams.known(aggregate_type) {
            return Ok(known);
        }
        let begins = streams.begins(aggregate_type);
        let ids: Arc<[Uuid]> = self.stream_ids(aggregate_type).await?.into();
        streams.keep(aggregate_type, &ids, begins);
        Ok(ids)
    }

    /// The streams of a type, in the order in which they began. For types of which there are few, such as pipelines and
    /// users: it walks over all their events in the index.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn stream_ids(&self, aggregate_type: &str) -> Result<Vec<Uuid>, JournalError> {
        let ids = sqlx::query_scalar!(
            "SELECT aggregate_id FROM events WHERE aggregate_type = $1 AND sequence = 1 ORDER BY position",
            aggregate_type,
        )
        .fetch_all(self.pool())
        .await?;
        Ok(ids.into_iter().filter_map(|id| id.parse().ok()).collect())
    }
}
