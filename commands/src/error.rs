//! Why a command was not carried out, by what the caller can do about it.

use cartera_domain::Rejection;
use cartera_journal::{AppendError, JournalError};
use uuid::Uuid;

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CommandError {
    /// The domain refuses it: correct it.
    #[error("{message}")]
    Rejected {
        /// Stable code, such as `LEAD_ALREADY_CONVERTED`.
        code: &'static str,
        /// The reason in English.
        message: String,
        /// The field to correct, where one is to blame.
        field: Option<&'static str>,
    },
    /// The caller lacks the permission: ask for rights.
    #[error("you may not do this")]
    Forbidden,
    /// It is not there, or not for the caller to see: look elsewhere.
    #[error("the {0} does not exist")]
    NotFound(&'static str),
    /// It moved since the caller saw it: look again.
    #[error("it is at version {actual}, not {expected}")]
    Conflict {
        /// What the caller saw.
        expected: u64,
        /// Where it is.
        actual: u64,
    },
    /// The command id was used for another command: mint a new one.
    #[error("the command id was used for another command")]
    CommandIdReused,
    /// Somebody else holds what must be unique.
    #[error("the {scope} is already in use")]
    Taken {
        /// Among what it is unique, such as `user_email`.
        scope: String,
        /// Who holds it.
        holder: Uuid,
    },
    /// It moved each time it was decided anew: send it again.
    #[error("it is being changed by others at this moment")]
    Busy,
    /// The outcome is unknown: send the same command again, with the same id.
    #[error("the journal is not available")]
    Unavailable(String),
    /// A defect, here or in the log.
    #[error("the command could not be carried out")]
    Internal(String),
}

impl CommandError {
    /// A refusal of the domain.
    pub fn rejected(rejection: &impl Rejection) -> Self {
        Self::Rejected {
            code: rejection.code(),
            message: rejection.to_string(),
            field: rejection.field(),
        }
    }

    /// Stable code, as `docs/errors.md` lists it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Rejected { code, .. } => code,
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound(_) => "NOT_FOUND",
            Self::Conflict { .. } => "CONFLICT",
            Self::CommandIdReused => "COMMAND_ID_REUSED",
            Self::Taken { .. } => "ALREADY_TAKEN",
            Self::Busy => "BUSY",
            Self::Unavailable(_) => "UNAVAILABLE",
            Self::Internal(_) => "INTERNAL",
        }
    }

    /// Whether the same command, with the same id, may succeed later.
    pub fn retryable(&self) -> bool {
        matches!(self, Self::Busy | Self::Unavailable(_))
    }
}

impl From<JournalError> for CommandError {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Database(source) => Self::Unavailable(source.to_string()),
            other @ (JournalError::Migration(_)
            | JournalError::MigrationsPending(_)
            | JournalError::Encoding(_)
            | JournalError::Vault(_)
            | JournalError::Upcasting(_)
            | JournalError::Unreadable { .. }
            | JournalError::Stream { .. }
            | JournalError::Metadata { .. }
            | JournalError::Gap(_)
            | JournalError::FollowerPaused { .. }
            | JournalError::Tampered { .. }
            | JournalError::OutOfRange) => Self::Internal(other.to_string()),
        }
    }
}

impl From<AppendError> for CommandError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Conflict {
                expected, actual, ..
            } => Self::Conflict { expected, actual },
            AppendError::CommandIdReused => Self::CommandIdReused,
            AppendError::ClaimTaken { scope, holder } => Self::Taken { scope, holder },
            AppendError::CheckpointMoved => Self::Busy,
            AppendError::Unavailable(reason) => Self::Unavailable(reason),
            AppendError::Refused(refusal) => Self::Rejected {
                code: "CONTENT_REFUSED",
                message: refusal.to_string(),
                field: None,
            },
            AppendError::TooDeep => Self::Rejected {
                code: "AUTOMATION_TOO_DEEP",
                message: AppendError::TooDeep.to_string(),
                field: None,
            },
        }
    }
}
