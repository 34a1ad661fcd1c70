//! Passwords: what is taken for one, and how it is kept.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// Fewest characters (NIST SP 800-63B-4 asks for 15 where the password is the only factor; ASVS 5.0, 6.2.1, for 8).
const SHORTEST: usize = 12;
/// Most characters: enough for any passphrase, too few to keep the hashing busy.
const LONGEST: usize = 128;
/// Hashes computed at the same time: each takes 19 MiB.
const AT_ONCE: usize = 2;

/// A password in clear that may be chosen.
pub struct Password(Zeroizing<String>);

/// Why a password may not be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than 12 characters.
    #[error("a password has at least 12 characters")]
    TooShort,
    /// More than 128 characters.
    #[error("a password has at most 128 characters")]
    TooLong,
    /// Fewer than five different characters.
    #[error("the password repeats itself")]
    Repetitive,
}

impl WeakPassword {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort => "PASSWORD_TOO_SHORT",
            Self::TooLong => "PASSWORD_TOO_LONG",
            Self::Repetitive => "PASSWORD_REPETITIVE",
        }
    }
}

impl Password {
    /// Checks a password that somebody chose. Any characters are welcome; none are trimmed.
    ///
    /// # Errors
    /// [`WeakPassword`].
    pub fn parse(text: &str) -> Result<Self, WeakPassword> {
        let length = text.chars().count();
        if length < SHORTEST {
            return Err(WeakPassword::TooShort);
        }
        if length > LONGEST {
            return Err(WeakPassword::TooLong);
        }
        let different: std::collections::BTreeSet<char> = text.chars().collect();
        if different.len() < 5 {
            return Err(WeakPassword::Repetitive);
        }
        Ok(Self(Zeroizing::new(text.to_owned())))
    }
}

/// Never shows the password.
impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// A password could not be hashed.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed: {0}")]
pub struct HashingFailed(String);

/// Hashes and verifies, few at once, beside the runtime's own threads. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Hasher {
    turns: Arc<Semaphore>,
    dummy: Arc<str>,
}

impl Hasher {
    /// Makes the hash that unknown users are compared with.
    ///
    /// # Errors
    /// When argon2 or the system's randomness fail.
    pub fn new() -> Result<Self, HashingFailed> {
        Ok(Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            dummy: hash_now("a password that nobody has")?.into(),
        })
    }

    /// The hash to keep, a PHC string.
    ///
    /// # Errors
    /// When argon2 or the system's randomness fail.
    pub async fn hash(&self, password: Password) -> Result<String, HashingFailed> {
        self.beside(move || hash_now(&password.0)).await?
    }

    /// Whether the password is the one whose hash is kept. Takes as long where none is kept.
    ///
    /// # Errors
    /// When a hash cannot be computed.
    pub async fn verify(
        &self,
        presented: &str,
        kept: Option<String>,
    ) -> Result<bool, HashingFailed> {
        if presented.chars().count() > LONGEST {
            return Ok(false);
        }
        let known = kept.is_some();
        let kept = kept.unwrap_or_else(|| self.dummy.to_string());
        let presented = Zeroizing::new(presented.to_owned());
        let fits = self.beside(move || verify_now(&presented, &kept)).await??;
        Ok(fits && known)
    }

    async fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashingFailed> {
        let _turn = self
            .turns
            .acquire()
            .await
            .map_err(|closed| HashingFailed(closed.to_string()))?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|failed| HashingFailed(failed.to_string()))
    }
}

/// Argon2id with 19 MiB, 2 passes, 1 lane: OWASP's Password Storage Cheat Sheet, read 2026-11.
fn argon2() -> Result<Argon2<'static>, HashingFailed> {
    let params =
        Params::new(19 * 1024, 2, 1, None).map_err(|bad| HashingFailed(bad.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str) -> Result<String, HashingFailed> {
    let hash: PasswordHash = argon2()?
        .hash_password(password.as_bytes())
        .map_err(|failed| HashingFailed(failed.to_string()))?;
    Ok(hash.to_string())
}

fn verify_now(presented: &str, kept: &str) -> Result<bool, HashingFailed> {
    let kept = PasswordHash::new(kept).map_err(|bad| HashingFailed(bad.to_string()))?;
    match argon2()?.verify_password(presented.as_bytes(), &kept) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(failed) => Err(HashingFailed(failed.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::{Hasher, Password, WeakPassword};

    #[test]
    fn short_long_and_repeating_passwords_are_refused() {
        assert_eq!(
            Password::parse("eleven char").unwrap_err(),
            WeakPassword::TooShort
        );
        assert_eq!(
            Password::parse(&"abcdef".repeat(22)).unwrap_err(),
            WeakPassword::TooLong
        );
        assert_eq!(
            Password::parse("aaaabbbbaaaabbbb").unwrap_err(),
            WeakPassword::Repetitive
        );
        assert!(Password::parse("ñandú, 12 característiques").is_ok());
    }

    #[tokio::test]
    async fn only_the_right_password_fits_and_nothing_fits_an_unknown_user() {
        let hasher = Hasher::new().unwrap();
        let kept = hasher
            .hash(Password::parse("correct horse battery").unwrap())
            .await
            .unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(
            hasher
                .verify("correct horse battery", Some(kept.clone()))
                .await
                .unwrap()
        );
        assert!(
            !hasher
                .verify("correct horse batterY", Some(kept))
                .await
                .unwrap()
        );
        assert!(
            !hasher
                .verify("a password that nobody has", None)
                .await
                .unwrap()
        );
    }
}
