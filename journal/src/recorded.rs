//! An event as it comes out of the log: opened, upcast, decoded.

use std::collections::BTreeSet;

use cartera_domain::Event;
use cartera_domain::event::DecodeError;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use crate::error::JournalError;
use crate::metadata::Metadata;
use crate::upcasting::Upcasters;
use crate::vault::{Place, SubjectKeys, open, sealed_subjects};

/// An event as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Recorded {
    /// Where it lies in the log: 1, 2, 3 …
    pub position: i64,
    /// Its stream's type.
    pub aggregate_type: String,
    /// Its stream.
    pub aggregate_id: Uuid,
    /// Its place in the stream: 1, 2, 3 …
    pub sequence: u64,
    /// What happened.
    pub event: Event,
    /// Its stored type.
    pub event_type: String,
    /// Who, why, when.
    pub metadata: Metadata,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// A row of the log as it lies there.
#[derive(Debug, Clone)]
pub(crate) struct StoredRow {
    pub(crate) position: i64,
    pub(crate) sequence: i64,
    pub(crate) recorded_at: DateTime<Utc>,
    pub(crate) aggregate_type: String,
    pub(crate) aggregate_id: String,
    pub(crate) event_type: String,
    pub(crate) event_version: String,
    pub(crate) payload: Value,
    pub(crate) metadata: Value,
}

/// The subjects whose keys these rows need.
pub(crate) fn subjects(rows: &[StoredRow]) -> BTreeSet<cartera_domain::ids::SubjectId> {
    let mut subjects = BTreeSet::new();
    for row in rows {
        sealed_subjects(&row.payload, &mut subjects);
    }
    subjects
}

impl StoredRow {
    /// Opens, upcasts and decodes the row.
    pub(crate) fn read(
        self,
        keys: &SubjectKeys,
        upcasters: &Upcasters,
    ) -> Result<Recorded, JournalError> {
        let mut payload = self.payload;
        let place = Place {
            aggregate_type: &self.aggregate_type,
            aggregate_id: &self.aggregate_id,
            sequence: self.sequence,
            event_type: &self.event_type,
            event_version: &self.event_version,
        };
        open(&mut payload, &place, keys)?;
        let payload = upcasters.upcast(&self.event_type, &self.event_version, payload)?;
        let unreadable = |source: DecodeError| JournalError::Unreadable {
            position: self.position,
            source,
        };
        Ok(Recorded {
            position: self.position,
            event: Event::decode(&self.aggregate_type, &self.event_type, payload)
                .map_err(unreadable)?,
            metadata: Metadata::read(&self.metadata, self.recorded_at)?,
            aggregate_id: self
                .aggregate_id
                .parse()
                .map_err(|_not_an_id| JournalError::OutOfRange)?,
            sequence: u64::try_from(self.sequence).map_err(|_negative| JournalError::OutOfRange)?,
            aggregate_type: self.aggregate_type,
            event_type: self.event_type,
            recorded_at: self.recorded_at,
        })
    }
}
