//! Reading one's own writes: waiting until followers have passed a position.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};

use super::progress::{Standing, Waiting};
use crate::error::JournalError;
use crate::journal::Journal;

/// When the table is asked first about followers that work on another node; then less and less often.
const ASKED_FIRST: Duration = Duration::from_millis(25);

/// How far the followers came that somebody waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// Whether all of them have passed the position.
    pub up_to_date: bool,
    /// Where the last of them stands; the position asked for when there was none to wait for.
    pub position: i64,
}

/// What is known of a follower.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowerStatus {
    /// Its name.
    pub name: String,
    /// Which build of its effects.
    pub generation: i32,
    /// Whether readers see this generation.
    pub live: bool,
    /// Where it stands.
    pub position: i64,
    /// The event that it cannot take in, and why.
    pub paused: Option<(i64, String)>,
}

impl Journal {
    /// Waits until the live generations of these followers have passed a position, for as long as given. A paused one
    /// is not waited for.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn wait_for(
        &self,
        names: &[&str],
        position: i64,
        patience: Duration,
    ) -> Result<Reached, JournalError> {
        let deadline = Instant::now() + patience;
        let mut waits: Vec<_> = names
            .iter()
            .map(|name| self.progress().wait(name))
            .collect();
        // The followers of this node tell at once; those of others show in the table.
        tokio::select! {
            _waited = timeout_at(deadline, all_past(&mut waits, position)) => {}
            error = self.keep_asking(names) => return Err(error),
        }
        let standings: Vec<Standing> = waits.iter().map(|wait| *wait.standing.borrow()).collect();
        Ok(Reached {
            up_to_date: standings
                .iter()
                .all(|standing| standing.position >= position),
            position: standings
                .iter()
                .map(|standing| standing.position)
                .min()
                .unwrap_or(position),
        })
    }

    async fn keep_asking(&self, names: &[&str]) -> JournalError {
        let mut pause = ASKED_FIRST;
        loop {
            sleep(pause).await;
            pause *= 2;
            if let Err(error) = self.refresh_standings(names).await {
                return error;
            }
        }
    }

    /// Takes the live followers' standings from the table.
    pub(crate) async fn refresh_standings(&self, names: &[&str]) -> Result<(), JournalError> {
        let rows = sqlx::query!(
            r#"SELECT name, position, paused_position IS NOT NULL AS "paused!" FROM followers WHERE live AND name = ANY($1)"#,
            names as _,
        )
        .fetch_all(self.pool())
        .await?;
        for row in rows {
            self.progress().note(
                &row.name,
                Standing {
                    position: row.position,
                    paused: row.paused,
                },
            );
        }
        Ok(())
    }

    /// All followers and where they stand.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn followers(&self) -> Result<Vec<FollowerStatus>, JournalError> {
        let rows = sqlx::query!(
            "SELECT name, generation, live, position, paused_position, paused_reason FROM followers ORDER BY name, generation"
        )
        .fetch_all(self.pool())
        .await?;
        let status = rows.into_iter().map(|row| FollowerStatus {
            name: row.name,
            generation: row.generation,
            live: row.live,
            position: row.position,
            paused: row.paused_position.zip(row.paused_reason),
        });
        Ok(status.collect())
    }

    /// Lets a paused follower try again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn resume_follower(&self, name: &str) -> Result<(), JournalError> {
        sqlx::query!(
            "UPDATE followers SET paused_position = NULL, paused_reason = NULL, paused_kind = NULL WHERE name = $1",
            name
        )
        .execute(self.pool())
        .await?;
        Ok(())
    }
}

async fn all_past(waits: &mut [Waiting], position: i64) {
    for wait in waits {
        // The sender lives as long as the wait.
        drop(
            wait.standing
                .wait_for(|standing| standing.paused || standing.position >= position)
                .await,
        );
    }
}
