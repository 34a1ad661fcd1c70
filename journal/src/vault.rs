//! Personal values at rest: sealed under one key per natural person, opened on reading, gone with the key.
//!
//! A marked value `{"$personal": {subject, value}}` becomes `{"$sealed": {nonce, subject, text}}` before it is stored:
//! AES-256-GCM under the subject's key, bound to stream, sequence, event type, version and JSON pointer, so that a seal
//! moved elsewhere does not open. The key itself is sealed by the master key, which lives outside the database.
//! Blocking (LOPDGDD art. 32) makes the values unreadable until a date; destroying the key erases them (GDPR art. 17).

mod ahead;
mod bytes;
mod cipher;
mod keys;
mod lifecycle;
mod master_key;
mod minting;
mod seal;
#[cfg(test)]
pub(crate) mod tests;

use cartera_domain::ids::SubjectId;

pub(crate) use keys::SubjectKeys;
pub use keys::Vault;
pub use master_key::{MasterKey, MasterKeyError};
pub(crate) use minting::MintedKey;
pub(crate) use seal::{Place, open, personal_subjects, seal, sealed_subjects};

/// A personal value could not be sealed or opened, or a subject's key not be kept.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The keys could not be read or written.
    #[error("the subjects' keys do not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// The journal belongs to another master key.
    #[error("the master key is not the one that this journal was founded with")]
    WrongMasterKey,
    /// A seal or a wrapped key does not open although its key is there: the row was changed, or moved.
    #[error("the seal at {0} does not open: the row was changed")]
    Broken(String),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Randomness,
    /// The subject has no key, or none that may be used.
    #[error("the subject {0} has no active key")]
    NoActiveKey(SubjectId),
}
