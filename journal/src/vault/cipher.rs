//! AES-256-GCM with a random nonce, and keyed hashes.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::VaultError;

/// A secret of 256 bits, wiped when it goes.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// Length of the nonce that precedes nothing and repeats never, in bytes.
pub(crate) const NONCE_LENGTH: usize = 12;

/// What sealing yields.
pub(crate) struct Sealed {
    pub(crate) nonce: [u8; NONCE_LENGTH],
    /// Cipher text and tag.
    pub(crate) text: Vec<u8>,
}

/// Seals a text; what is bound to it must be the same on opening.
pub(crate) fn encrypt(key: &Secret, text: &[u8], bound: &[u8]) -> Result<Sealed, VaultError> {
    let mut nonce = [0; NONCE_LENGTH];
    fill_random(&mut nonce)?;
    let text = Aes256Gcm::new((&**key).into())
        .encrypt(
            &Nonce::from(nonce),
            Payload {
                msg: text,
                aad: bound,
            },
        )
        .map_err(|_too_long| VaultError::Randomness)?;
    Ok(Sealed { nonce, text })
}

/// Opens what [`encrypt`] sealed; nothing if key, text or what was bound differ.
pub(crate) fn decrypt(
    key: &Secret,
    nonce: [u8; NONCE_LENGTH],
    text: &[u8],
    bound: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    Aes256Gcm::new((&**key).into())
        .decrypt(
            &Nonce::from(nonce),
            Payload {
                msg: text,
                aad: bound,
            },
        )
        .ok()
        .map(Zeroizing::new)
}

/// Random bytes of the operating system.
pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), VaultError> {
    use rand::TryRng;
    rand::rngs::SysRng
        .try_fill_bytes(bytes)
        .map_err(|_no_entropy| VaultError::Randomness)
}

/// HMAC-SHA-256 over the parts, each with its length before it.
pub(crate) fn keyed_hash(key: &Secret, parts: &[&[u8]]) -> [u8; 32] {
    // HMAC pads a shorter key to its block with zeros (RFC 2104).
    let mut block = Zeroizing::new([0; 64]);
    block
        .iter_mut()
        .zip(key.iter())
        .for_each(|(padded, byte)| *padded = *byte);
    let mut mac = <Hmac<Sha256> as KeyInit>::new((&*block).into());
    for part in parts {
        mac.update(&length_prefixed(part));
    }
    mac.finalize().into_bytes().into()
}

/// The bytes with their number before them, as four bytes, big-endian.
pub(crate) fn length_prefixed(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut prefixed = Vec::with_capacity(bytes.len() + 4);
    prefixed.extend_from_slice(&length.to_be_bytes());
    prefixed.extend_from_slice(bytes);
    prefixed
}
