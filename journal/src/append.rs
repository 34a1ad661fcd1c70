//! What goes into the log: events of one or several streams with all that is checked and written together with them.

use cartera_domain::Event;
use cartera_domain::ids::SubjectId;
use cartera_domain::values::Occurred;
use serde_json::Value;
use uuid::Uuid;

use crate::metadata::Context;

mod batch;
mod columns;
mod prepared;
mod queue;
mod session;
mod statement;
mod verdict;
mod writer;

pub(crate) use prepared::{Encoded, Prepared, encode, prepare};
pub(crate) use queue::{Lane, Outcome, Queue};
pub(crate) use session::{durable, open};
pub(crate) use writer::{Counters, Writer};

/// One append: written whole or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct Append {
    /// The streams that it extends or leans on.
    pub streams: Vec<StreamAppend>,
    /// Who and why.
    pub context: Context,
    /// What makes the command count once; without one, an ambiguous failure stays ambiguous.
    pub receipt: Option<Receipt>,
    /// What the holders alone may hold from now on.
    pub claims: Vec<Claim>,
    /// What they hold no longer.
    pub releases: Vec<Claim>,
    /// How far a process manager has come with it.
    pub checkpoint: Option<CheckpointMove>,
    /// Effects outside that it causes.
    pub outbox: Vec<OutboxRow>,
}

impl Append {
    /// An append of nothing yet.
    pub fn new(context: Context) -> Self {
        Self {
            streams: Vec::new(),
            context,
            receipt: None,
            claims: Vec::new(),
            releases: Vec::new(),
            checkpoint: None,
            outbox: Vec::new(),
        }
    }
}

/// One stream's part of an append.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamAppend {
    /// The stream's type.
    pub aggregate_type: &'static str,
    /// The stream.
    pub aggregate_id: Uuid,
    /// Its version as the decision saw it; 0 for a new stream.
    pub expected_version: u64,
    /// What happened; nothing if only the version is asserted.
    pub events: Vec<NewEvent>,
}

/// An event that is about to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent {
    /// What happened.
    pub event: Event,
    /// When it happened.
    pub occurred: Occurred,
}

/// Makes a command count once: scoped to the context's actor and command id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// Keyed hash of the command's content, by [`crate::Vault::fingerprint`].
    pub fingerprint: [u8; 32],
}

/// Something that one holder alone may hold: an e-mail address, an external key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Among what it is unique, such as `user_email`.
    pub scope: &'static str,
    /// Keyed hash of it, by [`crate::Vault::token`].
    pub token: [u8; 32],
    /// Who holds it.
    pub holder: Uuid,
    /// Whose personal value it is; it goes when the subject's key is destroyed.
    pub subject: Option<SubjectId>,
}

/// A process manager's progress.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckpointMove {
    /// The process manager.
    pub name: String,
    /// Where it must stand; 0 if it never moved.
    pub from: i64,
    /// Where it stands afterwards.
    pub to: i64,
    /// What it remembers; no personal data.
    pub state: Option<Value>,
}

/// An effect outside, carried out after the append.
#[derive(Debug, Clone, PartialEq)]
pub struct OutboxRow {
    /// Stable id of the delivery.
    pub id: Uuid,
    /// What kind of effect.
    pub kind: String,
    /// What the worker needs; references instead of personal values.
    pub payload: Value,
}

/// An append that is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Position of its first event; beyond `position` if it had none.
    pub first_position: i64,
    /// Position of its last event; the log's end at that time if it had none.
    pub position: i64,
    /// Its streams' versions afterwards.
    pub versions: Vec<(Uuid, u64)>,
    /// The receipt answered: it had been written before, and nothing was written now.
    pub replayed: bool,
}

impl Appended {
    /// The stream's version afterwards, if the append named the stream.
    pub fn version_of(&self, aggregate_id: Uuid) -> Option<u64> {
        self.versions
            .iter()
            .find(|(id, _)| *id == aggregate_id)
            .map(|(_, version)| *version)
    }
}

/// Why an append is not in the log, or may not be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// A stream has moved since the decision.
    #[error("{aggregate_type}/{aggregate_id} is at version {actual}, not {expected}")]
    Conflict {
        /// The stream's type.
        aggregate_type: &'static str,
        /// The stream.
        aggregate_id: Uuid,
        /// What the decision saw.
        expected: u64,
        /// Where it is.
        actual: u64,
    },
    /// The same actor used the command id for something else.
    #[error("the command id was used for another command")]
    CommandIdReused,
    /// Somebody else holds what is claimed.
    #[error("the {scope} is held by {holder}")]
    ClaimTaken {
        /// Among what it is unique.
        scope: String,
        /// Who holds it.
        holder: Uuid,
    },
    /// The process manager has come further, here or on another node.
    #[error("the checkpoint has moved")]
    CheckpointMoved,
    /// The outcome is unknown: send the same command again, with the same id.
    #[error("the journal is not available: {0}")]
    Unavailable(String),
    /// The append can never be written as it is.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Automations have caused each other too often.
    #[error("the chain of causes is too deep")]
    TooDeep,
}

/// Why an append can never be written as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A number that is no integer within ±(2^53−1).
    #[error("{pointer} is not an integer within ±(2^53−1)")]
    Number {
        /// Where in the payload.
        pointer: String,
    },
    /// Text with U+0000.
    #[error("{pointer} contains the character U+0000")]
    Nul {
        /// Where in the payload.
        pointer: String,
    },
    /// A field name that is the journal's own.
    #[error("{pointer} has a name that begins with $")]
    ReservedName {
        /// Where in the payload.
        pointer: String,
    },
    /// The subject's key is blocked or destroyed.
    #[error("the subject {0} is blocked or erased")]
    SubjectErased(SubjectId),
    /// One append names the same stream, claim or subject's state twice.
    #[error("the append names {0} twice")]
    Twice(String),
    /// The database does not take it.
    #[error("the database refuses it: {0}")]
    Database(String),
    /// It has no stored form.
    #[error("it has no stored form: {0}")]
    Form(String),
}
