//! The event store: append, read, follow, seal, verify.
//!
//! What the log promises:
//! 1. An answered append is in the log exactly once and survives a power cut; an unanswered one may be sent again with the
//!    same command id and cannot count twice.
//! 2. An append over several streams, with its receipt, claims, checkpoint and outbox rows, is written whole or not at all.
//! 3. Positions are 1, 2, 3 … in commit order without a gap, and become visible in that order: a follower can neither skip
//!    nor reorder.
//! 4. Sequences inside a stream are 1, 2, 3 …; a stale append is refused alone, never with its neighbours.
//! 5. Nothing is ever changed or removed: the database refuses UPDATE, DELETE and TRUNCATE of events.
//! 6. Any change made in spite of that is found: a hash chain runs over all stored fields, and signed checkpoints anchor it.
//! 7. Personal values lie in the log only sealed under their subject's key; destroying the key erases them everywhere and
//!    changes no hash.
//! 8. Every event ever written can be read: old versions are upcast, erased values read back as erased.
//! 9. A follower's effects and its checkpoint commit together, so each event takes effect exactly once, on any number of nodes.
//! 10. What is cached is checked again by the append, so a stale cache costs a retry and never a wrong event.
//!
//! In reading order: [`append`] (what goes in), [`journal`] (the store itself), [`metadata`] (who and why), [`recorded`]
//! (what comes out), [`follower`] (who reads on), [`vault`] (what is sealed), [`chain`] (what is proved), [`upcasting`].

mod announcements;
pub mod append;
mod cache;
mod canonical;
pub mod chain;
pub mod config;
pub mod error;
pub mod follower;
pub mod journal;
pub mod metadata;
pub mod observer;
pub mod recorded;
pub mod repository;
pub mod upcasting;
pub mod vault;

pub use append::{
    Append, AppendError, Appended, CheckpointMove, Claim, NewEvent, OutboxRow, Receipt, Refusal,
    StreamAppend,
};
pub use chain::{Checkpoint, Problem, Verification};
pub use config::JournalConfig;
pub use error::JournalError;
pub use follower::{
    EffectError, Effects, Follower, FollowerOptions, FollowerStatus, PauseKind, Reached, Step,
};
pub use journal::{FollowerVitals, Journal, JournalId, Loaded, Statistics, Vitals};
pub use metadata::{Actor, Context, Metadata, Source};
pub use observer::Observer;
pub use recorded::Recorded;
pub use upcasting::Upcasters;
pub use vault::{MasterKey, Vault, VaultError};

/// For implementations of [`Effects`].
pub use async_trait::async_trait;
/// For stopping a [`Follower`].
pub use tokio_util::sync::CancellationToken;
