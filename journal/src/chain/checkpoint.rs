//! Signed checkpoints: the chain's value at a position, vouched for by a key that is not in the database.

use std::time::Duration;

use chrono::{DateTime, Utc};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::verify::Problem;
use super::{Chain, Hex};
use crate::error::JournalError;
use crate::journal::Journal;

/// The chain's value at a position, signed (Ed25519, RFC 8032). Keep it elsewhere: whoever rewrites the log cannot
/// rewrite it there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Which journal.
    pub journal: Uuid,
    /// Up to which event.
    pub position: i64,
    /// The chain up to there.
    #[serde(with = "hex")]
    pub hash: [u8; 32],
    /// When it was signed.
    pub signed_at: DateTime<Utc>,
    /// By which key.
    #[serde(with = "hex")]
    pub public_key: [u8; 32],
    /// Over `cartera checkpoint 1`, journal id, position and time in µs (eight bytes each, big-endian), and hash.
    #[serde(with = "hex")]
    pub signature: [u8; 64],
}

/// A checkpoint is not what the key's owner signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the checkpoint is not signed by this key")]
pub struct SignatureError;

impl Checkpoint {
    /// What is signed.
    fn message(&self) -> Vec<u8> {
        [
            b"cartera checkpoint 1".as_slice(),
            self.journal.as_bytes(),
            &self.position.to_be_bytes(),
            &self.signed_at.timestamp_micros().to_be_bytes(),
            &self.hash,
        ]
        .concat()
    }

    fn sign(mut self, key: &SigningKey) -> Self {
        self.public_key = key.verifying_key().to_bytes();
        self.signature = key.sign(&self.message()).to_bytes();
        self
    }

    /// Checks the signature against a key that is known from elsewhere.
    ///
    /// # Errors
    /// When it was signed by another key, or changed since.
    pub fn verify(&self, public_key: &[u8; 32]) -> Result<(), SignatureError> {
        let key = VerifyingKey::from_bytes(public_key).map_err(|_no_point| SignatureError)?;
        key.verify_strict(&self.message(), &Signature::from_bytes(&self.signature))
            .map_err(|_other_signature| SignatureError)
    }
}

impl Journal {
    fn signing_key(&self) -> SigningKey {
        SigningKey::from_bytes(self.signing_seed())
    }

    /// The key that verifies this journal's checkpoints; derived from the master key.
    pub fn public_key(&self) -> [u8; 32] {
        self.signing_key().verifying_key().to_bytes()
    }

    /// All signed checkpoints, in order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn checkpoints(&self) -> Result<Vec<Checkpoint>, JournalError> {
        let rows =
            sqlx::query!("SELECT position, hash, signed_at, public_key, signature FROM chain_checkpoints ORDER BY position")
                .fetch_all(self.pool())
                .await?;
        // A column that was cut or stretched reads as zeros, which nobody signed.
        let read = rows.into_iter().map(|row| Checkpoint {
            journal: self.id().0,
            position: row.position,
            hash: row.hash.try_into().unwrap_or([0; 32]),
            signed_at: row.signed_at,
            public_key: row.public_key.try_into().unwrap_or([0; 32]),
            signature: row.signature.try_into().unwrap_or([0; 64]),
        });
        Ok(read.collect())
    }

    /// Verifies what was appended since the last checkpoint, and signs it. Nothing when nothing was appended.
    ///
    /// # Errors
    /// [`JournalError::Tampered`] when the log is not what was written; it is not signed then. When the database does not
    /// answer.
    pub async fn sign_checkpoint(&self) -> Result<Option<Checkpoint>, JournalError> {
        let last = self.checkpoints().await?.pop();
        let (after, known) = match &last {
            Some(last) => (last.position, Chain::found(last.hash.to_vec())),
            None => (0, Chain::genesis(self.id().0)),
        };
        if last.is_some_and(|last| last.verify(&self.public_key()).is_err()) {
            return Err(JournalError::Tampered {
                position: after,
                problem: Problem::Signature,
            });
        }
        let head = sqlx::query!(
            r#"SELECT position, hash, clock_timestamp() AS "now!" FROM events WHERE position > $1 ORDER BY position DESC LIMIT 1"#,
            after,
        )
        .fetch_optional(self.pool())
        .await?;
        let Some(head) = head else { return Ok(None) };
        if let Some((position, problem)) = self.verify_between(after, known, head.position).await? {
            return Err(JournalError::Tampered { position, problem });
        }
        let unsigned = Checkpoint {
            journal: self.id().0,
            position: head.position,
            hash: head.hash.try_into().unwrap_or([0; 32]),
            signed_at: head.now,
            public_key: [0; 32],
            signature: [0; 64],
        };
        let checkpoint = unsigned.sign(&self.signing_key());
        self.store_checkpoint(&checkpoint).await?;
        Ok(Some(checkpoint))
    }

    async fn store_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), JournalError> {
        sqlx::query!(
            "INSERT INTO chain_checkpoints (position, hash, signed_at, public_key, signature) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (position) DO NOTHING",
            checkpoint.position,
            checkpoint.hash.as_slice(),
            checkpoint.signed_at,
            checkpoint.public_key.as_slice(),
            checkpoint.signature.as_slice(),
        )
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Signs a checkpoint whenever the time has passed and something was appended, until stopped.
    pub async fn sign_periodically(&self, every: Duration, stop: CancellationToken) {
        while stop
            .run_until_cancelled(tokio::time::sleep(every))
            .await
            .is_some()
        {
            match self.sign_checkpoint().await {
                Ok(Some(checkpoint)) => {
                    tracing::info!(position = checkpoint.position, hash = %Hex(&checkpoint.hash), "signed a checkpoint");
                }
                Ok(None) => {}
                Err(error) => tracing::error!(%error, "no checkpoint is signed"),
            }
        }
    }
}

/// Bytes as hex in JSON.
mod hex {
    use super::{Deserialize, Deserializer, Hex, Serializer, de};

    pub(super) fn serialize<S: Serializer, const N: usize>(
        bytes: &[u8; N],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Hex(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(
        deserializer: D,
    ) -> Result<[u8; N], D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.as_bytes().as_chunks::<2>();
        let digit = |pair: &[u8; 2]| {
            str::from_utf8(pair)
                .ok()
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
        };
        let bytes: Option<Vec<u8>> = digits.0.iter().map(digit).collect();
        bytes
            .filter(|_| digits.1.is_empty())
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| de::Error::custom(format!("{N} bytes in hex are expected")))
    }
}
