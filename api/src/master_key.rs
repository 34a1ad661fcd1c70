//! Takes the master key from where the configuration says it is, and makes one for a new private database.

use std::path::{Path, PathBuf};

use cartera_journal::MasterKey;
use cartera_journal::vault::MasterKeyError;

use crate::config::{Config, Database, MasterKeyPlace};
use crate::embedded::EmbeddedError;

/// There is no usable master key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key is of another form, its file unreadable or open to others.
    #[error(transparent)]
    Unusable(#[from] MasterKeyError),
    /// A server of one's own is used, and nobody said where its key is.
    #[error(
        "no master key: set CARTERA_MASTER_KEY to 32 bytes in base64 (`openssl rand -base64 32` makes them) or CARTERA_MASTER_KEY_FILE to a file that holds them"
    )]
    Unknown,
    /// There is a database and its key is gone.
    #[error(
        "the master key {0} is gone, and without it nobody can read the personal data: put it back from where you keep its copy"
    )]
    Lost(PathBuf),
    /// The database was founded with another key.
    #[error(
        "the master key is not the one that this database was founded with: put that one in its place, or name it in CARTERA_MASTER_KEY or CARTERA_MASTER_KEY_FILE"
    )]
    Foreign,
    /// The folder for a new key cannot be made.
    #[error(transparent)]
    Folder(#[from] EmbeddedError),
}

/// The master key. To be called before the database is started: a private one is never without its key then.
///
/// # Errors
/// [`KeyError`].
pub fn load(config: &Config) -> Result<MasterKey, KeyError> {
    match &config.master_key {
        MasterKeyPlace::Text(text) => Ok(MasterKey::from_base64(text)?),
        MasterKeyPlace::File(path) => Ok(MasterKey::load_file(path)?),
        MasterKeyPlace::FileToBeMade(path) => load_or_make(config, path),
        MasterKeyPlace::Unknown => Err(KeyError::Unknown),
    }
}

/// Makes sure that a private database has its key, for commands that do not need it themselves.
///
/// # Errors
/// [`KeyError`].
pub fn ensure_for_embedded(config: &Config) -> Result<(), KeyError> {
    match &config.database {
        Database::Embedded(_) => load(config).map(drop),
        Database::Server(_) => Ok(()),
    }
}

fn load_or_make(config: &Config, path: &Path) -> Result<MasterKey, KeyError> {
    if let Database::Embedded(settings) = &config.database {
        if settings.has_cluster() && !path.exists() {
            return Err(KeyError::Lost(path.to_owned()));
        }
        settings.make_folder()?;
    }
    Ok(MasterKey::load_or_create_file(path)?)
}
