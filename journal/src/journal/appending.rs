//! Appending through the group-commit writer.

use std::collections::BTreeSet;
use std::time::Instant;

use cartera_domain::ids::SubjectId;
use serde_json::Value;

use super::Journal;
use crate::append::{Append, AppendError, Appended, Encoded, Lane, Outcome, encode, prepare};
use crate::error::JournalError;
use crate::vault::{MintedKey, SubjectKeys, VaultError};

/// How the keys of an append are found. A lost race leads from one to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Search {
    /// New streams mostly bring new people: make their keys without asking.
    Assume,
    /// Ask, and make what is missing.
    Ask,
    /// Ask, and take what is missing for erased.
    Insist,
}

impl Search {
    fn harder(self) -> Self {
        match self {
            Self::Assume => Self::Ask,
            Self::Ask | Self::Insist => Self::Insist,
        }
    }
}

impl Journal {
    /// Writes an append, together with the others that wait.
    ///
    /// # Errors
    /// See [`AppendError`]. [`AppendError::Unavailable`] alone leaves open whether it was written: send the same again.
    #[tracing::instrument(skip_all, fields(streams = append.streams.len(), events = events(&append)), err(level = "debug"))]
    pub async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let begun = Instant::now();
        let encoded = self.encode(&append)?;
        let outcome = self
            .append_encoded(&append, &encoded, first_search(&append), Lane::Interactive)
            .await;
        if let Some(observer) = self.observer() {
            observer.appended(begun.elapsed());
        }
        outcome
    }

    /// Writes many appends, after whatever a person waits for, as many to a call as fit. Each has its own outcome, in
    /// order. Appends to the same stream go one after the other, so give a stream's events together.
    pub async fn append_many(&self, appends: Vec<Append>) -> Vec<Result<Appended, AppendError>> {
        let sent = futures_util::future::join_all(appends.iter().map(|append| async move {
            let encoded = self.encode(append)?;
            // Sealing thousands of values at one go would keep this thread from everybody else.
            tokio::task::yield_now().await;
            self.append_encoded(append, &encoded, first_search(append), Lane::Bulk)
                .await
        }));
        sent.await
    }

    /// How far a process manager has come, and what it remembers; 0 and nothing if it never moved.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn checkpoint(&self, name: &str) -> Result<(i64, Option<Value>), JournalError> {
        let row = sqlx::query!(
            "SELECT position, state FROM checkpoints WHERE name = $1",
            name
        )
        .fetch_optional(self.pool())
        .await?;
        Ok(row.map_or((0, None), |row| (row.position, row.state)))
    }

    fn encode(&self, append: &Append) -> Result<Encoded, AppendError> {
        if append.context.depth > self.0.max_depth {
            return Err(AppendError::TooDeep);
        }
        Ok(encode(append)?)
    }

    async fn append_encoded(
        &self,
        append: &Append,
        encoded: &Encoded,
        first: Search,
        lane: Lane,
    ) -> Result<Appended, AppendError> {
        let mut search = first;
        loop {
            let (keys, minted) = self.subject_keys(&encoded.subjects, search).await?;
            let waiting = self
                .0
                .queue
                .push(lane, prepare(append, encoded, &keys, minted)?);
            match waiting.await {
                Ok(Outcome::Done(outcome)) => return outcome,
                Ok(Outcome::SealAgain) => search = search.harder(),
                Err(_closed) => {
                    return Err(AppendError::Unavailable(
                        "the journal is closing".to_owned(),
                    ));
                }
            }
        }
    }

    async fn subject_keys(
        &self,
        subjects: &BTreeSet<SubjectId>,
        search: Search,
    ) -> Result<(SubjectKeys, Vec<MintedKey>), AppendError> {
        let vault = &self.0.vault;
        let unavailable = |error: VaultError| AppendError::Unavailable(error.to_string());
        let mut keys = match search {
            Search::Assume => vault.unwrapped(subjects),
            Search::Ask | Search::Insist => vault.keys(subjects).await.map_err(unavailable)?,
        };
        let minted = match search {
            Search::Assume | Search::Ask => vault.mint(subjects, &mut keys).map_err(unavailable)?,
            Search::Insist => Vec::new(),
        };
        Ok((keys, minted))
    }
}

fn events(append: &Append) -> usize {
    append
        .streams
        .iter()
        .map(|stream| stream.events.len())
        .sum()
}

fn first_search(append: &Append) -> Search {
    if append
        .streams
        .iter()
        .all(|stream| stream.expected_version == 0)
    {
        Search::Assume
    } else {
        Search::Ask
    }
}
