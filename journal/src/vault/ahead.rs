//! Keys stored ahead: a new person then costs no commit of its own.
//!
//! A key's row is committed before the first append that uses it (DEFINITIONS 9). So a few keys are committed together,
//! for subjects who are nobody yet, and given out one by one. One that is never given out harms nobody.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cartera_domain::ids::SubjectId;

use super::cipher::Secret;
use super::{Vault, VaultError};

/// How many keys are stored ahead at first. Doubled whenever they run out, so that their number follows the demand.
const AT_FIRST: usize = 16;
/// How many they become at most: about 0.2 KB each.
const AT_MOST: usize = 1_024;

/// The subjects whose keys are stored, and who are nobody yet.
pub(super) struct Ahead {
    waiting: Mutex<Vec<(SubjectId, Arc<Secret>)>>,
    wanted: AtomicUsize,
    storing: AtomicBool,
}

impl Default for Ahead {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            wanted: AtomicUsize::new(AT_FIRST),
            storing: AtomicBool::new(false),
        }
    }
}

impl Ahead {
    fn take(&self) -> (Option<(SubjectId, Arc<Secret>)>, usize) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        (waiting.pop(), waiting.len())
    }

    fn put(&self, stored: Vec<(SubjectId, Arc<Secret>)>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.extend(stored);
    }
}

impl Vault {
    /// A subject for a new person whose key is stored already; none while they have run out. Has more of them stored
    /// when few are left, under ids from `mint`.
    pub fn subject_ahead(&self, mint: impl Fn() -> SubjectId) -> Option<SubjectId> {
        let ahead = self.ahead();
        let (taken, left) = ahead.take();
        let mut wanted = ahead.wanted.load(Ordering::Relaxed);
        if left < wanted / 2 && !ahead.storing.swap(true, Ordering::AcqRel) {
            if taken.is_none() {
                wanted = (wanted * 2).min(AT_MOST);
                ahead.wanted.store(wanted, Ordering::Relaxed);
            }
            let vault = self.clone();
            let subjects = std::iter::repeat_with(mint).take(wanted - left).collect();
            tokio::spawn(async move { vault.keep_ahead(subjects).await });
        }
        let (subject, secret) = taken?;
        self.keep_unwrapped(subject, secret);
        Some(subject)
    }

    async fn keep_ahead(&self, subjects: Vec<SubjectId>) {
        // Without them a new person's key is stored with the first append.
        if let Err(error) = self.store_ahead(subjects).await {
            tracing::debug!(%error, "no keys are stored ahead for now");
        }
        self.ahead().storing.store(false, Ordering::Release);
    }

    /// Makes and stores keys for subjects who are nobody yet; they are given out once their rows are committed.
    async fn store_ahead(&self, subjects: Vec<SubjectId>) -> Result<(), VaultError> {
        let minted = self.mint_all(subjects)?;
        let mut connection = self.pool().acquire().await?;
        let lost = self
            .insert(&mut connection, &minted.iter().collect::<Vec<_>>())
            .await?;
        let stored = minted
            .into_iter()
            .filter(|key| !lost.contains(&key.subject))
            .map(|key| (key.subject, key.secret))
            .collect();
        self.ahead().put(stored);
        Ok(())
    }
}
