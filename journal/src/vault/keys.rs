//! The subjects' keys, kept wrapped.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use cartera_domain::ids::{SubjectId, TypedId};
use moka::sync::Cache;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::ahead::Ahead;
use super::cipher::{NONCE_LENGTH, Secret, decrypt, encrypt, keyed_hash};
use super::{MasterKey, VaultError};

/// Most keys that are kept unwrapped.
const CACHED_KEYS: u64 = 20_000;
/// How long a key stays unwrapped: another node that destroys it is heard by then at the latest.
const CACHED_FOR: Duration = Duration::from_mins(1);

/// Keeps the subjects' keys and makes the keyed hashes. Cheap to clone.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    pool: PgPool,
    journal: Uuid,
    wrapping: Secret,
    tokens: Secret,
    fingerprints: Secret,
    bytes: Secret,
    unwrapped: Cache<SubjectId, Arc<Secret>>,
    ahead: Ahead,
    changed: Box<dyn Fn() + Send + Sync>,
}

/// The keys that one payload or one batch of payloads needs; a subject without a usable key is not in it.
#[derive(Default)]
pub(crate) struct SubjectKeys(pub(super) BTreeMap<SubjectId, Arc<Secret>>);

impl SubjectKeys {
    pub(crate) fn get(&self, subject: SubjectId) -> Option<&Secret> {
        self.0.get(&subject).map(|key| &**key)
    }
}

#[cfg(test)]
impl FromIterator<(SubjectId, Secret)> for SubjectKeys {
    fn from_iter<I: IntoIterator<Item = (SubjectId, Secret)>>(keys: I) -> Self {
        Self(
            keys.into_iter()
                .map(|(subject, key)| (subject, Arc::new(key)))
                .collect(),
        )
    }
}

impl Vault {
    pub(crate) fn new(
        pool: PgPool,
        journal: Uuid,
        master: &MasterKey,
        changed: Box<dyn Fn() + Send + Sync>,
    ) -> Self {
        Self(Arc::new(Inner {
            pool,
            journal,
            wrapping: master.derive("wrap subject keys"),
            tokens: master.derive("look-up tokens"),
            fingerprints: master.derive("fingerprints"),
            bytes: master.derive("bytes at rest"),
            unwrapped: Cache::builder()
                .max_capacity(CACHED_KEYS)
                .time_to_live(CACHED_FOR)
                .build(),
            ahead: Ahead::default(),
            changed,
        }))
    }

    /// The token by which a text is found and claimed without being stored: HMAC-SHA-256 under the look-up key.
    /// Normalise the text first; equal texts of different scopes have different tokens.
    pub fn token(&self, scope: &str, text: &str) -> [u8; 32] {
        keyed_hash(&self.0.tokens, &[scope.as_bytes(), text.as_bytes()])
    }

    /// The fingerprint of a command's content, for its receipt: HMAC-SHA-256.
    pub fn fingerprint(&self, content: &[u8]) -> [u8; 32] {
        keyed_hash(&self.0.fingerprints, &[content])
    }

    pub(super) fn bytes_key(&self) -> &Secret {
        &self.0.bytes
    }

    pub(super) fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    pub(super) fn ahead(&self) -> &Ahead {
        &self.0.ahead
    }

    /// Keeps a key that is stored for those who need it next.
    pub(super) fn keep_unwrapped(&self, subject: SubjectId, secret: Arc<Secret>) {
        self.0.unwrapped.insert(subject, secret);
    }

    /// Drops every unwrapped key here, and tells the other nodes to; one that does not hear drops them after a minute.
    pub(super) async fn forget_everywhere(&self) -> Result<(), VaultError> {
        self.forget();
        crate::announcements::keys_changed(&self.0.pool, self.0.journal).await?;
        Ok(())
    }

    /// Drops every unwrapped key, and what was opened with them.
    pub(crate) fn forget(&self) {
        self.0.unwrapped.invalidate_all();
        (self.0.changed)();
    }

    /// The usable keys of these subjects.
    pub(crate) async fn keys(
        &self,
        subjects: &BTreeSet<SubjectId>,
    ) -> Result<SubjectKeys, VaultError> {
        let (mut keys, missing) = self.cached(subjects);
        if !missing.is_empty() {
            let mut connection = self.0.pool.acquire().await?;
            self.read(&mut connection, &missing, &mut keys).await?;
        }
        Ok(keys)
    }

    /// The usable keys of these subjects, read on this connection.
    pub(crate) async fn keys_on(
        &self,
        connection: &mut PgConnection,
        subjects: &BTreeSet<SubjectId>,
    ) -> Result<SubjectKeys, VaultError> {
        let (mut keys, missing) = self.cached(subjects);
        if !missing.is_empty() {
            self.read(connection, &missing, &mut keys).await?;
        }
        Ok(keys)
    }

    /// Those of the keys that need not be read.
    pub(crate) fn unwrapped(&self, subjects: &BTreeSet<SubjectId>) -> SubjectKeys {
        self.cached(subjects).0
    }

    fn cached(&self, subjects: &BTreeSet<SubjectId>) -> (SubjectKeys, Vec<Uuid>) {
        let mut keys = SubjectKeys::default();
        let mut missing = Vec::new();
        for subject in subjects {
            match self.0.unwrapped.get(subject) {
                Some(key) => drop(keys.0.insert(*subject, key)),
                None => missing.push(subject.as_uuid()),
            }
        }
        (keys, missing)
    }

    async fn read(
        &self,
        connection: &mut PgConnection,
        subjects: &[Uuid],
        keys: &mut SubjectKeys,
    ) -> Result<(), VaultError> {
        let rows = sqlx::query!(
            r#"SELECT subject, wrapped AS "wrapped!" FROM subject_keys WHERE subject = ANY($1) AND state = 'active'"#,
            subjects,
        )
        .fetch_all(connection)
        .await?;
        for row in rows {
            let subject = SubjectId::from_uuid(row.subject);
            let key = Arc::new(self.unwrap(subject, &row.wrapped)?);
            self.0.unwrapped.insert(subject, Arc::clone(&key));
            keys.0.insert(subject, key);
        }
        Ok(())
    }

    pub(super) fn wrap(&self, subject: SubjectId, key: &Secret) -> Result<Vec<u8>, VaultError> {
        let sealed = encrypt(
            &self.0.wrapping,
            key.as_slice(),
            subject.as_uuid().as_bytes(),
        )?;
        Ok([sealed.nonce.as_slice(), sealed.text.as_slice()].concat())
    }

    fn unwrap(&self, subject: SubjectId, wrapped: &[u8]) -> Result<Secret, VaultError> {
        wrapped
            .split_first_chunk::<NONCE_LENGTH>()
            .and_then(|(nonce, text)| {
                decrypt(&self.0.wrapping, *nonce, text, subject.as_uuid().as_bytes())
            })
            .and_then(|key| <[u8; 32]>::try_from(key.as_slice()).ok())
            .map(Zeroizing::new)
            .ok_or_else(|| VaultError::Broken(format!("key of {subject}")))
    }
}
