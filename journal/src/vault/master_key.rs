//! The one secret outside the database.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::cipher::{Secret, fill_random, keyed_hash};

/// The secret that seals the subjects' keys: 32 bytes, in the environment or in a file. Lost, all personal values are.
#[derive(Clone)]
pub struct MasterKey(Secret);

/// Never shows the key.
impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// The master key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// Neither base64 nor 32 bytes.
    #[error(
        "the master key must be 32 bytes in base64 (44 characters), such as `openssl rand -base64 32` prints"
    )]
    Form,
    /// The file is readable for others.
    #[error("others may read the master key {path} (mode {mode:o}): chmod 600 {path}")]
    Permissions {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// The file cannot be read or written.
    #[error("the master key {path} cannot be read or written: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Randomness,
}

impl MasterKey {
    /// Reads a key of 32 bytes in base64; white space around it is ignored.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn from_base64(text: &str) -> Result<Self, MasterKeyError> {
        let bytes = Zeroizing::new(
            STANDARD
                .decode(text.trim())
                .map_err(|_not_base64| MasterKeyError::Form)?,
        );
        let bytes =
            <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_other_length| MasterKeyError::Form)?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// Reads the key of this file, or makes a new key and the file, readable for its owner only.
    ///
    /// # Errors
    /// When the file cannot be read or made, has another form, or others may read it.
    pub fn load_or_create_file(path: &Path) -> Result<Self, MasterKeyError> {
        match Self::load_file(path) {
            Err(MasterKeyError::File { source, .. })
                if source.kind() == io::ErrorKind::NotFound =>
            {
                Self::create_file(path)
            }
            loaded => loaded,
        }
    }

    /// Reads the key of this file.
    ///
    /// # Errors
    /// When the file cannot be read, has another form, or others may read it.
    pub fn load_file(path: &Path) -> Result<Self, MasterKeyError> {
        let failed = |source| MasterKeyError::File {
            path: path.to_owned(),
            source,
        };
        let mode = fs::metadata(path).map_err(failed)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(MasterKeyError::Permissions {
                path: path.to_owned(),
                mode,
            });
        }
        Self::from_base64(&Zeroizing::new(fs::read_to_string(path).map_err(failed)?))
    }

    fn create_file(path: &Path) -> Result<Self, MasterKeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        fill_random(bytes.as_mut_slice()).map_err(|_no_entropy| MasterKeyError::Randomness)?;
        let text = Zeroizing::new(STANDARD.encode(bytes.as_slice()));
        let created = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path);
        created
            .and_then(|mut file| {
                file.write_all(text.as_bytes())
                    .and_then(|()| file.sync_all())
            })
            .map_err(|source| MasterKeyError::File {
                path: path.to_owned(),
                source,
            })?;
        Ok(Self(bytes))
    }

    /// A key for one purpose, from which neither the master key nor another purpose's key follows.
    pub(crate) fn derive(&self, purpose: &str) -> Secret {
        Zeroizing::new(keyed_hash(
            &self.0,
            &[b"cartera journal 1", purpose.as_bytes()],
        ))
    }

    /// Proves that a journal was founded with this key, and tells nothing about it.
    pub(crate) fn check(&self, journal: uuid::Uuid) -> [u8; 32] {
        keyed_hash(&self.derive("key check"), &[journal.as_bytes()])
    }
}
