//! Computing the chain again.

use std::collections::BTreeMap;
use std::fmt;

use futures_util::TryStreamExt;

use super::{Chain, Checkpoint, Hex, Link};
use crate::error::JournalError;
use crate::journal::Journal;

/// What verifying the log came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// How many events were found good.
    pub events: i64,
    /// The chain after the last good one, in hex; empty when there is none.
    pub hash: String,
    /// The first position where the log is not what was written, and what is wrong there.
    pub problem: Option<(i64, Problem)>,
}

/// What is wrong at a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// The event is not there.
    Missing,
    /// The event, or one before it, is not what was hashed.
    Changed,
    /// The event is not the next one of its stream.
    OutOfSequence,
    /// A signed checkpoint says otherwise.
    Checkpoint,
    /// A checkpoint's signature is not this journal's.
    Signature,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "the event is missing",
            Self::Changed => "the event is not what was recorded",
            Self::OutOfSequence => "the event is not the next one of its stream",
            Self::Checkpoint => "the log differs from the signed checkpoint",
            Self::Signature => "the checkpoint is not signed by this journal",
        })
    }
}

/// How far the chain was computed.
struct Walk {
    position: i64,
    chain: Chain,
    problem: Option<(i64, Problem)>,
}

impl Walk {
    /// Takes the next row in; false when the log ends to be good there.
    fn take(&mut self, link: &Link, anchors: &BTreeMap<i64, Vec<u8>>) -> bool {
        let position = self.position + 1;
        let next = self.chain.with(link);
        let problem = match next {
            _ if link.position != position => Some(Problem::Missing),
            Some(next) if next.as_bytes() == link.hash => {
                self.chain = next;
                let anchored = anchors
                    .get(&position)
                    .is_none_or(|hash| hash == self.chain.as_bytes());
                (!anchored).then_some(Problem::Checkpoint)
            }
            Some(_) | None => Some(Problem::Changed),
        };
        if let Some(problem) = problem {
            self.problem = Some((position, problem));
            return false;
        }
        self.position = position;
        true
    }
}

impl Journal {
    /// Computes the chain again from the stored rows and compares it with what is stored and with every signed
    /// checkpoint, those given (which were kept elsewhere) and those in the database.
    ///
    /// Finds the first event that was changed, removed, moved or put in since. Whoever can write to the database and
    /// computes all later hashes anew is found by a checkpoint only.
    ///
    /// # Errors
    /// When the database does not answer. A bad log is no error but a [`Verification::problem`].
    pub async fn verify(
        &self,
        kept_elsewhere: &[Checkpoint],
    ) -> Result<Verification, JournalError> {
        let mut checkpoints = self.checkpoints().await?;
        checkpoints.extend_from_slice(kept_elsewhere);
        let forged = checkpoints
            .iter()
            .find(|checkpoint| checkpoint.verify(&self.public_key()).is_err());
        let forged = forged.map(|checkpoint| (checkpoint.position, Problem::Signature));
        let anchors: BTreeMap<i64, Vec<u8>> = checkpoints
            .iter()
            .map(|checkpoint| (checkpoint.position, checkpoint.hash.to_vec()))
            .collect();
        let mut walk = self
            .walk(0, Chain::genesis(self.id().0), i64::MAX, &anchors)
            .await?;
        if walk.problem.is_none()
            && anchors
                .last_key_value()
                .is_some_and(|(last, _)| *last > walk.position)
        {
            walk.problem = Some((walk.position + 1, Problem::Missing));
        }
        let out_of_sequence = self
            .first_out_of_sequence(walk.position)
            .await?
            .map(|position| (position, Problem::OutOfSequence));
        let problem = [walk.problem, forged, out_of_sequence]
            .into_iter()
            .flatten()
            .min_by_key(|(position, _)| *position);
        let hash = if walk.position == 0 {
            String::new()
        } else {
            Hex(walk.chain.as_bytes()).to_string()
        };
        Ok(Verification {
            events: walk.position,
            hash,
            problem,
        })
    }

    /// Computes the chain again from after a position, where it is known, up to another.
    pub(super) async fn verify_between(
        &self,
        after: i64,
        known: Chain,
        last: i64,
    ) -> Result<Option<(i64, Problem)>, JournalError> {
        let walk = self.walk(after, known, last, &BTreeMap::new()).await?;
        Ok(walk
            .problem
            .or((walk.position < last).then_some((walk.position + 1, Problem::Missing))))
    }

    async fn walk(
        &self,
        after: i64,
        known: Chain,
        last: i64,
        anchors: &BTreeMap<i64, Vec<u8>>,
    ) -> Result<Walk, JournalError> {
        let mut walk = Walk {
            position: after,
            chain: known,
            problem: None,
        };
        let mut connection = self.pool().acquire().await?;
        let mut links = sqlx::query_as!(
            Link,
            r#"SELECT position, aggregate_type, aggregate_id, sequence, event_type, event_version,
                      payload::text AS "payload!", metadata::text AS "metadata!", recorded_at, hash
               FROM events WHERE position > $1 AND position <= $2 ORDER BY position"#,
            after,
            last,
        )
        .fetch(&mut *connection);
        while let Some(link) = links.try_next().await? {
            if !walk.take(&link, anchors) {
                break;
            }
        }
        Ok(walk)
    }

    async fn first_out_of_sequence(&self, last: i64) -> Result<Option<i64>, JournalError> {
        let first = sqlx::query_scalar!(
            "SELECT min(position) FROM (
                 SELECT position, sequence, row_number() OVER (PARTITION BY aggregate_type, aggregate_id ORDER BY position) AS expected
                 FROM events WHERE position <= $1
             ) AS counted WHERE sequence <> expected",
            last,
        )
        .fetch_one(self.pool())
        .await?;
        Ok(first)
    }
}
