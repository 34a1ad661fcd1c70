//! Keys are minted with a person's first personal value, or ahead of it, and stored before their first use.

use std::collections::BTreeSet;
use std::sync::Arc;

use cartera_domain::ids::{SubjectId, TypedId};
use sqlx::PgConnection;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::cipher::{Secret, fill_random};
use super::{SubjectKeys, Vault, VaultError};

/// A key that was just made, as it is to be stored before its first use.
pub(crate) struct MintedKey {
    pub(crate) subject: SubjectId,
    wrapped: Vec<u8>,
    pub(super) secret: Arc<Secret>,
}

impl Vault {
    /// Makes a key for every subject that has none among `keys`; they may be used once their rows are committed.
    pub(crate) fn mint(
        &self,
        subjects: &BTreeSet<SubjectId>,
        keys: &mut SubjectKeys,
    ) -> Result<Vec<MintedKey>, VaultError> {
        let missing = subjects
            .iter()
            .copied()
            .filter(|subject| keys.get(*subject).is_none());
        let missing: Vec<SubjectId> = missing.collect();
        let minted = self.mint_all(missing)?;
        for key in &minted {
            keys.0.insert(key.subject, Arc::clone(&key.secret));
        }
        Ok(minted)
    }

    /// Makes a key for each of these subjects; they may be used once their rows are committed.
    pub(super) fn mint_all(
        &self,
        subjects: impl IntoIterator<Item = SubjectId>,
    ) -> Result<Vec<MintedKey>, VaultError> {
        let mint = |subject| {
            let mut key = Zeroizing::new([0; 32]);
            fill_random(key.as_mut_slice())?;
            Ok(MintedKey {
                subject,
                wrapped: self.wrap(subject, &key)?,
                secret: Arc::new(key),
            })
        };
        subjects.into_iter().map(mint).collect()
    }

    /// Stores minted keys, durably. Answers the subjects that had a row already: their minted key must not be used.
    pub(crate) async fn store(
        &self,
        connection: &mut PgConnection,
        minted: &[&MintedKey],
    ) -> Result<BTreeSet<SubjectId>, sqlx::Error> {
        let lost = self.insert(connection, minted).await?;
        for key in minted.iter().filter(|key| !lost.contains(&key.subject)) {
            self.keep_unwrapped(key.subject, Arc::clone(&key.secret));
        }
        Ok(lost)
    }

    /// Inserts the rows of minted keys. Answers the subjects that had one already.
    pub(super) async fn insert(
        &self,
        connection: &mut PgConnection,
        minted: &[&MintedKey],
    ) -> Result<BTreeSet<SubjectId>, sqlx::Error> {
        let subjects: Vec<Uuid> = minted.iter().map(|key| key.subject.as_uuid()).collect();
        let wrapped: Vec<&[u8]> = minted.iter().map(|key| key.wrapped.as_slice()).collect();
        let stored = sqlx::query_scalar!(
            "INSERT INTO subject_keys (subject, wrapped) SELECT * FROM unnest($1::uuid[], $2::bytea[])
             ON CONFLICT (subject) DO NOTHING RETURNING subject",
            &subjects,
            &wrapped as _,
        )
        .fetch_all(connection)
        .await?;
        let stored: BTreeSet<SubjectId> = stored.into_iter().map(SubjectId::from_uuid).collect();
        let lost = minted.iter().map(|key| key.subject);
        Ok(lost.filter(|subject| !stored.contains(subject)).collect())
    }
}
