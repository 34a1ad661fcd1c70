//! Why a file is not imported, or not to its end.

use crate::error::CommandError;
use crate::files::FileRefusal;

use super::profile::InvalidProfile;

/// Why a file is not imported, or not to its end. What was accepted until then is in the log; the same file again goes on.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The caller may not import.
    #[error("you may not import files")]
    Forbidden,
    /// The file as a whole cannot be read.
    #[error(transparent)]
    File(#[from] FileRefusal),
    /// The profile does not fit the file.
    #[error(transparent)]
    Profile(#[from] InvalidProfile),
    /// Values that can be read in two ways, and nothing in the file that proves one.
    #[error("the {0} can be read in two ways: say which in the profile, under [values]")]
    Ambiguous(&'static str),
    /// The journal does not answer, or the company is not set up.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The refused rows could not be written.
    #[error("the refused rows cannot be written: {0}")]
    Refused(#[from] std::io::Error),
    /// Somebody asked it to stop.
    #[error("the import was stopped")]
    Stopped,
}

impl ImportError {
    /// Stable code, as `docs/errors.md` lists it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Forbidden => CommandError::Forbidden.code(),
            Self::File(refusal) => refusal.code(),
            Self::Profile(invalid) => invalid.code(),
            Self::Ambiguous(_) => "VALUES_AMBIGUOUS",
            Self::Command(error) => error.code(),
            Self::Refused(_) => "REFUSED_ROWS_NOT_WRITTEN",
            Self::Stopped => "STOPPED",
        }
    }
}
