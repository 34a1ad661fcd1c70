//! What was erased goes from the rows as well.
//!
//! A person's values lie in the log sealed; in read models they are plain, or there would be no searching by name. When the
//! vault blocks or destroys a person's key, the rows that show its values are made anew from their streams, which read back
//! without them: the same rows that a rebuild would give. So it is when a blocked key is unblocked. Which subjects the rows
//! already do without is kept in `forgotten_subjects`, so that a crash in between only makes it be done again.

use std::collections::BTreeSet;

use cartera_journal::{Journal, Recorded};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::generations::{self, Generation, GenerationError};
use crate::projector::SharedProjector;

/// A table with personal values: it has a column `subjects`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonalTable {
    /// The table.
    pub table: &'static str,
    /// The column with the id of the stream from which a row is made.
    pub stream: &'static str,
}

/// Makes the rows anew of all whose keys were blocked, unblocked or destroyed since the last time. How many subjects that were.
///
/// # Errors
/// [`GenerationError`]; what is not done yet is done the next time.
pub async fn catch_up(
    journal: &Journal,
    projectors: &[SharedProjector],
) -> Result<usize, GenerationError> {
    let changed = changed_subjects(journal.pool()).await?;
    if changed.is_empty() {
        return Ok(0);
    }
    for projector in projectors {
        if !projector.personal().is_empty() {
            renew(journal, projector, &changed).await?;
        }
    }
    note(journal.pool(), &changed).await?;
    tracing::info!(
        subjects = changed.len(),
        "took erased values out of the read models"
    );
    Ok(changed.len())
}

/// Subjects whose key can be used and whose rows do without it, or the other way round.
async fn changed_subjects(pool: &PgPool) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT subject AS "subject!" FROM subject_keys k WHERE state <> 'active'
             AND NOT EXISTS (SELECT FROM forgotten_subjects f WHERE f.subject = k.subject)
           UNION ALL
           SELECT f.subject FROM forgotten_subjects f JOIN subject_keys k ON k.subject = f.subject AND k.state = 'active'"#
    )
    .fetch_all(pool)
    .await
}

async fn note(pool: &PgPool, changed: &[Uuid]) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin().await?;
    sqlx::query!(
        "DELETE FROM forgotten_subjects f USING subject_keys k
         WHERE f.subject = ANY($1) AND k.subject = f.subject AND k.state = 'active'",
        changed
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "INSERT INTO forgotten_subjects (subject) SELECT subject FROM subject_keys WHERE subject = ANY($1) AND state <> 'active'
         ON CONFLICT (subject) DO NOTHING",
        changed
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// Makes the rows of these subjects anew, in every generation that is there.
async fn renew(
    journal: &Journal,
    projector: &SharedProjector,
    subjects: &[Uuid],
) -> Result<(), GenerationError> {
    for generation in generations::all(journal.pool()).await? {
        let ours = generation.name == projector.name() && generation.version == projector.version();
        if ours {
            renew_generation(journal, projector, &generation, subjects).await?;
        }
    }
    Ok(())
}

async fn renew_generation(
    journal: &Journal,
    projector: &SharedProjector,
    generation: &Generation,
    subjects: &[Uuid],
) -> Result<(), GenerationError> {
    let mut tx = journal.pool().begin().await?;
    // Its follower waits, so that the streams are read just as far as it has read them.
    let position = sqlx::query_scalar!(
        "SELECT position FROM followers WHERE name = $1 AND generation = $2 FOR UPDATE",
        generation.name,
        generation.number
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(position) = position else {
        return Ok(());
    };
    generation.enter(&mut tx).await?;
    let mut streams = BTreeSet::new();
    for table in projector.personal() {
        streams.extend(streams_of(&mut tx, *table, subjects).await?);
    }
    let mut events: Vec<Recorded> = vec![];
    for stream in streams {
        for aggregate_type in projector.reads() {
            events.extend(journal.read_stream(aggregate_type, stream).await?);
        }
    }
    events.retain(|event| event.position <= position);
    events.sort_by_key(|event| event.position);
    let tables = generation.tables(&mut tx).await?;
    projector.take_in(&mut tx, &events, tables).await?;
    tx.commit().await?;
    Ok(())
}

/// The streams of the rows that show these subjects' values. The names are the program's own, never input.
async fn streams_of(
    tx: &mut PgConnection,
    PersonalTable { table, stream }: PersonalTable,
    subjects: &[Uuid],
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar(&format!(
        "SELECT DISTINCT {stream} FROM {table} WHERE subjects && $1"
    ))
    .bind(subjects)
    .fetch_all(tx)
    .await
}
