//! What can go wrong when the journal is opened or read.

use cartera_domain::event::DecodeError;

use crate::chain::Problem;
use crate::upcasting::UpcastError;
use crate::vault::VaultError;

/// The journal could not be opened or read.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The database did not answer, or not as expected.
    #[error("the database does not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("the migrations do not run: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The tables are older than this program.
    #[error("{0} migrations are pending: run `cartera migrate`, or start with --migrate")]
    MigrationsPending(usize),
    /// The database's text is not UTF-8, so stored text would not be what was hashed.
    #[error("the database's encoding is {0}; create it with ENCODING 'UTF8'")]
    Encoding(String),
    /// A personal value could not be sealed or opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// An event of an old version could not be brought to today's.
    #[error(transparent)]
    Upcasting(#[from] UpcastError),
    /// A stored event does not read.
    #[error("the event at position {position} does not read: {source}")]
    Unreadable {
        /// Where it lies.
        position: i64,
        /// Why it does not read.
        source: DecodeError,
    },
    /// A stored event does not read when its stream is loaded.
    #[error("the stream {stream} does not read: {reason}")]
    Stream {
        /// Type and id.
        stream: String,
        /// Why it does not read.
        reason: String,
    },
    /// A key of the metadata is missing or unreadable.
    #[error("the metadata's {key} is missing or does not read")]
    Metadata {
        /// The key.
        key: &'static str,
    },
    /// The log has a hole, which no append can make: somebody removed events.
    #[error("the log has a gap after position {0}: run `cartera audit verify`")]
    Gap(i64),
    /// A follower cannot take an event in.
    #[error("{name} is paused at position {position}: {reason}")]
    FollowerPaused {
        /// The follower.
        name: String,
        /// The event.
        position: i64,
        /// Why.
        reason: String,
    },
    /// The log is not what was written.
    #[error("position {position}: {problem}")]
    Tampered {
        /// The first bad position.
        position: i64,
        /// What is wrong there.
        problem: Problem,
    },
    /// A number that cannot be: a negative sequence, a version beyond 64 bits.
    #[error("a stored number is out of range")]
    OutOfRange,
}
