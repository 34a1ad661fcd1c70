//! Whether a read model says what the journal says: it is rebuilt in a scratch schema, and compared row by row.

use cartera_journal::{Follower, FollowerOptions, Journal};
use sqlx::PgConnection;

use super::swap::tables;
use super::{Generation, GenerationError, create_tables, drop_schema, of_name};
use crate::projector::SharedProjector;
use crate::runner::Driven;

/// Number of the scratch generation; the others count from 1.
const SCRATCH: i32 = -1;
/// Most keys of differing rows that are named.
const EXAMPLES: usize = 5;

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

/// Rebuilds a read model in a scratch schema and compares it row by row. The live one is held at its position only while the
/// last events are taken in and the rows compared.
///
/// # Errors
/// [`GenerationError`].
pub async fn verify(
    journal: &Journal,
    projector: &SharedProjector,
) -> Result<Verification, GenerationError> {
    let live = of_name(journal.pool(), projector.name())
        .await?
        .into_iter()
        .find(|known| known.live && known.version == projector.version())
        .ok_or_else(|| GenerationError::Unknown(projector.name().to_owned()))?;
    let schema = format!("{}_verify", projector.name());
    let mut connection = journal.pool().acquire().await?;
    discard(&mut connection, projector.name(), &schema).await?;
    create_scratch(journal, projector, &schema).await?;
    let found = rebuild_and_compare(journal, projector, &live, &schema).await;
    discard(&mut connection, projector.name(), &schema).await?;
    found
}

async fn create_scratch(
    journal: &Journal,
    projector: &SharedProjector,
    schema: &str,
) -> Result<(), GenerationError> {
    let mut tx = journal.pool().begin().await?;
    create_tables(&mut tx, schema, projector.ddl()).await?;
    sqlx::query!(
        "INSERT INTO followers (name, generation, live) VALUES ($1, $2, false)",
        projector.name(),
        SCRATCH
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

async fn discard(
    connection: &mut PgConnection,
    name: &str,
    schema: &str,
) -> Result<(), GenerationError> {
    drop_schema(connection, schema).await?;
    sqlx::query!(
        "DELETE FROM followers WHERE name = $1 AND generation = $2",
        name,
        SCRATCH
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn rebuild_and_compare(
    journal: &Journal,
    projector: &SharedProjector,
    live: &Generation,
    schema: &str,
) -> Result<Verification, GenerationError> {
    let standing = sqlx::query_scalar!(
        "SELECT position FROM followers WHERE name = $1 AND generation = $2",
        live.name,
        live.number
    )
    .fetch_one(journal.pool())
    .await?;
    scratch(journal, projector, schema, standing)
        .catch_up(standing)
        .await?;
    let mut tx = journal.pool().begin().await?;
    // From here on nobody moves the live rows.
    let position = sqlx::query_scalar!(
        "SELECT position FROM followers WHERE name = $1 AND generation = $2 FOR UPDATE",
        live.name,
        live.number
    )
    .fetch_one(&mut *tx)
    .await?;
    scratch(journal, projector, schema, position)
        .catch_up(position)
        .await?;
    let mut verification = Verification {
        name: live.name.clone(),
        position,
        rows: 0,
        differences: vec![],
    };
    for table in tables(&mut tx, schema).await? {
        let live_table = format!("{}.{table}", live.schema());
        let rebuilt = format!("{schema}.{table}");
        verification.rows += count(&mut tx, &format!("SELECT FROM {live_table}")).await?;
        let difference = compare(&mut tx, table, &live_table, &rebuilt).await?;
        verification.differences.extend(difference);
    }
    tx.rollback().await?;
    Ok(verification)
}

/// A follower that fills the scratch schema up to a position.
fn scratch(
    journal: &Journal,
    projector: &SharedProjector,
    schema: &str,
    position: i64,
) -> Follower {
    let options = FollowerOptions {
        generation: SCRATCH,
        live: false,
        search_path: Some(format!("{schema}, public")),
        until: Some(position),
        ..FollowerOptions::default()
    };
    Follower::new(journal.clone(), Driven::shared(projector), options)
}

async fn compare(
    tx: &mut PgConnection,
    table: String,
    live: &str,
    rebuilt: &str,
) -> Result<Option<Difference>, sqlx::Error> {
    let only_in =
        |here: &str, there: &str| format!("SELECT * FROM {here} EXCEPT ALL SELECT * FROM {there}");
    let only_live = count(tx, &only_in(live, rebuilt)).await?;
    let only_rebuilt = count(tx, &only_in(rebuilt, live)).await?;
    if only_live + only_rebuilt == 0 {
        return Ok(None);
    }
    let key = primary_key(tx, rebuilt).await?.join(", ");
    let mut examples = keys(tx, &key, &only_in(live, rebuilt)).await?;
    examples.extend(keys(tx, &key, &only_in(rebuilt, live)).await?);
    examples.sort();
    examples.dedup();
    examples.truncate(EXAMPLES);
    Ok(Some(Difference {
        table,
        only_live,
        only_rebuilt,
        examples,
    }))
}

async fn count(tx: &mut PgConnection, rows: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(&format!("SELECT count(*) FROM ({rows}) AS rows"))
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
