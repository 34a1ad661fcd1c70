//! What is proved: a chain of hashes over everything stored, verified by computing it again, and anchored by signatures.
//!
//! Form 1. Leaf = SHA-256 of the version byte 1 and of each field in the order of [`Link`], as UTF-8 after its length in
//! bytes (four bytes, big-endian); payload and metadata as canonical JSON (RFC 8785), `recorded_at` as microseconds since
//! 1970-01-01 UTC in decimal, `sequence` in decimal. Chain = SHA-256(previous ‖ position, eight bytes, big-endian ‖ leaf).
//! What comes before position 1 are 32 zero bytes and the journal's id. Sealed values are hashed as they are sealed, so
//! that erasing a key changes no hash.

use std::fmt;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

mod checkpoint;
#[cfg(test)]
mod tests;
mod verify;

pub use checkpoint::{Checkpoint, SignatureError};
pub use verify::{Problem, Verification};

/// The form of leaf and chain.
const FORM: u8 = 1;

/// The chain up to and with an event, or what comes before the first.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Chain(Vec<u8>);

/// A row of the log as it is hashed.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) position: i64,
    pub(crate) aggregate_type: String,
    pub(crate) aggregate_id: String,
    pub(crate) sequence: i64,
    pub(crate) event_type: String,
    pub(crate) event_version: String,
    /// JSON in any writing.
    pub(crate) payload: String,
    /// JSON in any writing.
    pub(crate) metadata: String,
    pub(crate) recorded_at: DateTime<Utc>,
    /// The chain as it is stored with the event.
    pub(crate) hash: Vec<u8>,
}

impl Chain {
    /// What comes before the first event.
    pub(crate) fn genesis(journal: Uuid) -> Self {
        Self([&[0; 32], journal.as_bytes().as_slice()].concat())
    }

    /// The chain as it was found somewhere.
    pub(crate) fn found(hash: Vec<u8>) -> Self {
        Self(hash)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The chain with one more event, or nothing if its JSON does not read.
    pub(crate) fn with(&self, link: &Link) -> Option<Self> {
        let mut chain = Sha256::new();
        chain.update(&self.0);
        chain.update(link.position.to_be_bytes());
        chain.update(link.leaf()?);
        Some(Self(chain.finalize().to_vec()))
    }
}

impl Link {
    fn leaf(&self) -> Option<[u8; 32]> {
        let (payload, metadata) = (canonical(&self.payload)?, canonical(&self.metadata)?);
        let (sequence, recorded_at) = (
            self.sequence.to_string(),
            self.recorded_at.timestamp_micros().to_string(),
        );
        let fields = [
            &self.aggregate_type,
            &self.aggregate_id,
            &sequence,
            &self.event_type,
            &self.event_version,
            &payload,
            &metadata,
            &recorded_at,
        ];
        let mut leaf = Sha256::new();
        leaf.update([FORM]);
        for field in fields {
            leaf.update(u32::try_from(field.len()).ok()?.to_be_bytes());
            leaf.update(field);
        }
        Some(leaf.finalize().into())
    }
}

fn canonical(json: &str) -> Option<String> {
    let value: Value = serde_json::from_str(json).ok()?;
    // 1.0 is canonically 1, and was not stored.
    if !only_integers(&value) {
        return None;
    }
    serde_json_canonicalizer::to_string(&value).ok()
}

fn only_integers(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_i64(),
        Value::Array(items) => items.iter().all(only_integers),
        Value::Object(fields) => fields.values().all(only_integers),
        Value::Null | Value::Bool(_) | Value::String(_) => true,
    }
}

/// Bytes as the auditor reads them.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
