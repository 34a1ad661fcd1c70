//! Whether read models say what the journal says: they are rebuilt in scratch tables, and compared row by row.
//!
//! Scratch tables are temporary tables of a connection of their own: two verifications never meet, and whatever happens to one,
//! nothing of it is left behind.

use cartera_journal::{Journal, Recorded};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sqlx::{Connection as _, Executor as _, PgConnection};

use super::filling::{complete_tables, create_tables};
use super::swap::tables;
use super::{Generation, GenerationError, all};
use crate::projector::{SharedProjector, Tables};

/// Most keys of differing rows that are named.
const EXAMPLES: usize = 5;
/// Events that are read together.
const PAGE: i64 = 4_096;
/// How many read models take a page in at once.
const AT_ONCE: usize = 4;
/// Where unqualified names mean the scratch tables. Plans are pinned to indexes, as they are made while the tables are empty.
const SCRATCH: &str = "SET search_path TO pg_temp, public; SET temp_buffers TO '16MB'; SET enable_seqscan TO off; SET jit TO off";

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// The read model.
    pub name: String,
    /// Position up to which both were compared.
    pub position: i64,
    /// Rows compared, of all its tables.
    pub rows: i64,
    /// Tables that differ; empty when all is well.
    pub differences: Vec<Difference>,
}

/// How the rows of a table differ from the rebuilt ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// Rows that only the live table has, or has otherwise.
    pub only_live: i64,
    /// Rows that only the rebuilt table has, or has otherwise.
    pub only_rebuilt: i64,
    /// Keys of some of them.
    pub examples: Vec<String>,
}

/// Rebuilds a read model in scratch tables and compares it row by row.
///
/// # Errors
/// See [`verify_all`].
pub async fn verify(
    journal: &Journal,
    projector: &SharedProjector,
) -> Result<Verification, GenerationError> {
    let found = verify_all(journal, std::slice::from_ref(projector)).await?;
    found
        .into_iter()
        .next()
        .ok_or_else(|| GenerationError::Unknown(projector.name().to_owned()))
}

/// Rebuilds read models in scratch tables, all in step, so that the journal is read and decoded once for all of them, and
/// compares them row by row. A live one is held at its position only while the last events are taken in and the rows compared.
///
/// # Errors
/// [`GenerationError`]; [`GenerationError::Unknown`] when one has no live generation of this program's version.
pub async fn verify_all(
    journal: &Journal,
    projectors: &[SharedProjector],
) -> Result<Vec<Verification>, GenerationError> {
    let known = all(journal.pool()).await?;
    let mut scratches = vec![];
    for projector in projectors {
        let live = known.iter().find(|known| {
            known.live && known.name == projector.name() && known.version == projector.version()
        });
        let live = live.ok_or_else(|| GenerationError::Unknown(projector.name().to_owned()))?;
        scratches.push(Scratch::new(journal, projector, live).await?);
    }
    while read_on(journal, &mut scratches).await? > PAGE {}
    let mut found = vec![];
    for scratch in scratches {
        found.push(scratch.verify(journal).await?);
    }
    Ok(found)
}

/// Takes in what the live read models have taken in by now. How many events that were.
async fn read_on(journal: &Journal, scratches: &mut [Scratch]) -> Result<i64, GenerationError> {
    for scratch in &mut *scratches {
        scratch.until = live_position(journal, &scratch.live).await?;
    }
    let begun = scratches.iter().map(|scratch| scratch.position).min();
    let until = scratches.iter().map(|scratch| scratch.until).max();
    let (begun, until) = (begun.unwrap_or(0), until.unwrap_or(0));
    let mut page = page_after(journal, begun, until).await?;
    while let Some(last) = page.last().map(|event| event.position) {
        let next = page_after(journal, last, until);
        let taking = stream::iter(&mut *scratches)
            .map(|scratch| scratch.take_in(&page))
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<_>>();
        page = tokio::try_join!(next, taking)?.0;
    }
    Ok(until - begun)
}

async fn page_after(
    journal: &Journal,
    position: i64,
    until: i64,
) -> Result<Vec<Recorded>, GenerationError> {
    if position >= until {
        return Ok(vec![]);
    }
    Ok(journal.read_after(position, PAGE).await?)
}

async fn live_position(journal: &Journal, live: &Generation) -> Result<i64, GenerationError> {
    sqlx::query_scalar!(
        "SELECT position FROM followers WHERE name = $1 AND generation = $2 AND live",
        live.name,
        live.number
    )
    .fetch_optional(journal.pool())
    .await?
    .ok_or_else(|| GenerationError::Replaced(live.name.clone()))
}

/// A read model that is rebuilt in temporary tables.
struct Scratch {
    projector: SharedProjector,
    live: Generation,
    connection: PgConnection,
    position: i64,
    until: i64,
}

impl Scratch {
    async fn new(
        journal: &Journal,
        projector: &SharedProjector,
        live: &Generation,
    ) -> Result<Self, GenerationError> {
        let options = journal.pool().connect_options();
        let mut connection = PgConnection::connect_with(&options).await?;
        connection.execute(SCRATCH).await?;
        create_tables(&mut connection, projector).await?;
        Ok(Self {
            projector: SharedProjector::clone(projector),
            live: live.clone(),
            connection,
            position: 0,
            until: 0,
        })
    }

    /// Takes in what of a page lies after its own position and not after the last one wanted.
    async fn take_in(&mut self, page: &[Recorded]) -> Result<(), GenerationError> {
        let from = page.partition_point(|event| event.position <= self.position);
        let to = page.partition_point(|event| event.position <= self.until);
        let batch = page.get(from..to).unwrap_or_default();
        self.projector
            .take_in(&mut self.connection, batch, Tables::Filling)
            .await?;
        self.position = self
            .position
            .max(batch.last().map_or(0, |last| last.position));
        Ok(())
    }

    /// Takes in the rest while the live rows stand still, and compares.
    async fn verify(mut self, journal: &Journal) -> Result<Verification, GenerationError> {
        let mut held = journal.pool().begin().await?;
        let position = sqlx::query_scalar!(
            "SELECT position FROM followers WHERE name = $1 AND generation = $2 AND live FOR UPDATE",
            self.live.name,
            self.live.number
        )
        .fetch_optional(&mut *held)
        .await?
        .ok_or_else(|| GenerationError::Replaced(self.live.name.clone()))?;
        self.until = position;
        while self.position < position {
            let page = journal.read_after(self.position, PAGE).await?;
            if page.is_empty() {
                break;
            }
            self.take_in(&page).await?;
        }
        complete_tables(&mut self.connection, &self.projector).await?;
        let found = self.compare(position).await?;
        held.rollback().await?;
        self.connection.close().await?;
        Ok(found)
    }

    async fn compare(&mut self, position: i64) -> Result<Verification, GenerationError> {
        let connection = &mut self.connection;
        connection.execute("SET enable_seqscan TO on").await?;
        let mut verification = Verification {
            name: self.live.name.clone(),
            position,
            rows: 0,
            differences: vec![],
        };
        for table in tables(connection, &self.live.schema()).await? {
            let live = format!("{}.{table}", self.live.schema());
            let rebuilt = format!("pg_temp.{table}");
            let (rows, difference) = compare(connection, table, &live, &rebuilt).await?;
            verification.rows += rows;
            verification.differences.extend(difference);
        }
        Ok(verification)
    }
}

/// The rows of the live table, and how they differ.
async fn compare(
    connection: &mut PgConnection,
    table: String,
    live: &str,
    rebuilt: &str,
) -> Result<(i64, Option<Difference>), sqlx::Error> {
    let only_in =
        |here: &str, there: &str| format!("SELECT * FROM {here} EXCEPT ALL SELECT * FROM {there}");
    let rows = count(connection, live).await?;
    let only_live = count(connection, &format!("({})", only_in(live, rebuilt))).await?;
    let only_rebuilt = only_live + count(connection, rebuilt).await? - rows;
    if only_live + only_rebuilt == 0 {
        return Ok((rows, None));
    }
    let key = primary_key(connection, rebuilt).await?.join(", ");
    let mut examples = keys(connection, &key, &only_in(live, rebuilt)).await?;
    examples.extend(keys(connection, &key, &only_in(rebuilt, live)).await?);
    examples.sort();
    examples.dedup();
    examples.truncate(EXAMPLES);
    let difference = Difference {
        table,
        only_live,
        only_rebuilt,
        examples,
    };
    Ok((rows, Some(difference)))
}

async fn count(tx: &mut PgConnection, rows: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(&format!("SELECT count(*) FROM {rows} AS rows"))
        .fetch_one(tx)
        .await
}

async fn keys(tx: &mut PgConnection, key: &str, rows: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(&format!(
        "SELECT concat_ws('/', {key}) FROM ({rows}) AS rows LIMIT {EXAMPLES}"
    ))
    .fetch_all(tx)
    .await
}

async fn primary_key(tx: &mut PgConnection, table: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT a.attname::text AS "name!" FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
           WHERE i.indisprimary AND i.indrelid = $1::text::regclass"#,
        table
    )
    .fetch_all(tx)
    .await
}
