//! The moment in which readers go over from one generation to the next.

use sqlx::{Executor as _, PgConnection, PgPool};

use super::{Generation, GenerationError, drop_schema};
use crate::read_pool::LIVE;

/// Shows readers the new generation, if it has come at least as far as the one they see. Whether it was done.
///
/// Views, states and checkpoints change in one transaction, and the old schema goes with it.
///
/// # Errors
/// [`GenerationError::Database`].
pub async fn swap(pool: &PgPool, new: &Generation) -> Result<bool, GenerationError> {
    let mut tx = pool.begin().await?;
    if !has_caught_up(&mut tx, new).await? {
        return Ok(false);
    }
    let replaced = sqlx::query_scalar!(
        "DELETE FROM generations WHERE name = $1 AND number <> $2 AND version <= $3 RETURNING number",
        new.name,
        new.number,
        new.version,
    )
    .fetch_all(&mut *tx)
    .await?;
    retire_followers(&mut tx, new).await?;
    sqlx::query!(
        "UPDATE generations SET live = true WHERE name = $1 AND number = $2",
        new.name,
        new.number
    )
    .execute(&mut *tx)
    .await?;
    show(&mut tx, &new.schema()).await?;
    for number in replaced {
        let old = Generation {
            number,
            ..new.clone()
        };
        drop_schema(&mut tx, &old.schema()).await?;
    }
    tx.commit().await?;
    tracing::info!(read_model = new.name, generation = new.number, "swapped in");
    Ok(true)
}

/// Whether the generation stands where the live one stands; both are held there until the transaction ends.
async fn has_caught_up(tx: &mut PgConnection, new: &Generation) -> Result<bool, sqlx::Error> {
    let standings = sqlx::query!(
        "SELECT generation, live, position FROM followers WHERE name = $1 ORDER BY generation FOR UPDATE",
        new.name
    )
    .fetch_all(tx)
    .await?;
    let ours = standings
        .iter()
        .find(|standing| standing.generation == new.number);
    let shown = standings.iter().find(|standing| standing.live);
    Ok(match (ours, shown) {
        (Some(ours), Some(shown)) => !ours.live && ours.position >= shown.position,
        (Some(ours), None) => !ours.live,
        (None, _) => false,
    })
}

/// A node that still follows an old generation finds it paused, and looks for the new one; forgotten with the next swap.
async fn retire_followers(tx: &mut PgConnection, new: &Generation) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "DELETE FROM followers WHERE name = $1 AND generation <> $2 AND NOT live",
        new.name,
        new.number
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "UPDATE followers SET live = false, paused_position = position + 1, paused_reason = 'replaced by a newer generation'
         WHERE name = $1 AND generation <> $2",
        new.name,
        new.number
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "UPDATE followers SET live = true WHERE name = $1 AND generation = $2",
        new.name,
        new.number
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Makes the views of schema `live` show the tables of this schema. The names are the program's own, never input.
pub(super) async fn show(tx: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    let statements: Vec<String> = tables(tx, schema)
        .await?
        .iter()
        .map(|table| format!("DROP VIEW IF EXISTS {LIVE}.{table}; CREATE VIEW {LIVE}.{table} AS SELECT * FROM {schema}.{table};"))
        .collect();
    let statements = statements.concat();
    tx.execute(statements.as_str()).await?;
    Ok(())
}

/// The tables of a schema, by name.
pub(super) async fn tables(
    connection: &mut PgConnection,
    schema: &str,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT c.relname::text AS "name!" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname"#,
        schema as _
    )
    .fetch_all(connection)
    .await
}
