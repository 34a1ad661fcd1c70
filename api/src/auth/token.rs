//! Secrets that we hand out: 256 random bits, shown once, kept only as their SHA-256.
//!
//! A plain hash is enough: nobody guesses 256 random bits, and finding a token takes one look-up.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng;
use rand::rngs::SysRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// What a secret opens, told by its beginning, so that a leaked one is recognised by scanners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// A browser's session, in its cookie.
    Session,
    /// An API key, in an `Authorization: Bearer` header.
    ApiKey,
    /// A one-time link.
    Link,
}

impl SecretKind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Session => "cts_",
            Self::ApiKey => "ctk_",
            Self::Link => "ctl_",
        }
    }
}

/// A secret in clear, for the moment in which it is handed out.
pub struct Secret(Zeroizing<String>);

/// The system gives no random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random numbers")]
pub struct NoRandomness;

/// What is kept of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl Secret {
    /// A new secret.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn mint(kind: SecretKind) -> Result<Self, NoRandomness> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        SysRng
            .try_fill_bytes(&mut *bytes)
            .map_err(|_no_randomness| NoRandomness)?;
        let text = URL_SAFE_NO_PAD.encode(*bytes);
        Ok(Self(Zeroizing::new(format!("{}{text}", kind.prefix()))))
    }

    /// The secret itself, for whom it is meant.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

/// Never shows the secret.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl TokenHash {
    /// The hash of what a caller presents.
    pub fn of(presented: &str) -> Self {
        Self(Sha256::digest(presented.as_bytes()).into())
    }

    /// The hash of what a caller presents, when it can be a secret of this kind at all.
    pub fn of_kind(kind: SecretKind, presented: &str) -> Option<Self> {
        (presented.len() <= 64 && presented.starts_with(kind.prefix())).then(|| Self::of(presented))
    }

    /// The stored form.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Secret, SecretKind, TokenHash};

    #[test]
    fn two_secrets_differ_and_are_recognised_by_their_kind_only() {
        let one = Secret::mint(SecretKind::ApiKey).unwrap();
        let other = Secret::mint(SecretKind::ApiKey).unwrap();
        assert_ne!(one.reveal(), other.reveal());
        assert_eq!(
            TokenHash::of_kind(SecretKind::ApiKey, one.reveal()),
            Some(one.hash())
        );
        assert_eq!(TokenHash::of_kind(SecretKind::Session, one.reveal()), None);
        assert_eq!(format!("{one:?}"), "Secret(…)");
    }
}
