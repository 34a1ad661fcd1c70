//! Bytes at rest that are no events: uploaded files, what an import refused.
//!
//! They are nobody's alone, so they lie under one key derived from the master key; erasing them is deleting their rows.

use zeroize::Zeroizing;

use super::cipher::{NONCE_LENGTH, decrypt, encrypt};
use super::{Vault, VaultError};

impl Vault {
    /// Seals bytes for one place: the nonce, then cipher text and tag. They open at that place only.
    ///
    /// # Errors
    /// [`VaultError::Randomness`].
    pub fn seal_bytes(&self, place: &str, bytes: &[u8]) -> Result<Vec<u8>, VaultError> {
        let sealed = encrypt(self.bytes_key(), bytes, place.as_bytes())?;
        Ok([sealed.nonce.as_slice(), sealed.text.as_slice()].concat())
    }

    /// Opens what [`Vault::seal_bytes`] sealed for this place.
    ///
    /// # Errors
    /// [`VaultError::Broken`] when it was changed, or sealed for another place.
    pub fn open_bytes(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        sealed
            .split_first_chunk::<NONCE_LENGTH>()
            .and_then(|(nonce, text)| decrypt(self.bytes_key(), *nonce, text, place.as_bytes()))
            .ok_or_else(|| VaultError::Broken(place.to_owned()))
    }
}
