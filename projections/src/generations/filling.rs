//! The tables of a new generation: made bare, filled, and completed with what only readers need.

use sqlx::{Executor as _, PgConnection, PgPool};

use super::swap::tables;
use super::{Generation, GenerationError};
use crate::projector::SharedProjector;

/// The line of a read model's `.sql` below which stands what is done once the tables are filled.
const ONCE_FILLED: &str = "\n-- Once filled:\n";

/// Makes the tables, where unqualified names mean.
pub(super) async fn create_tables(
    connection: &mut PgConnection,
    projector: &SharedProjector,
) -> Result<(), sqlx::Error> {
    connection.execute(parts(projector.ddl()).0).await.map(drop)
}

/// Gives the filled tables their indexes and sums, where unqualified names mean.
pub(super) async fn complete_tables(
    connection: &mut PgConnection,
    projector: &SharedProjector,
) -> Result<(), sqlx::Error> {
    connection.execute(parts(projector.ddl()).1).await.map(drop)
}

fn parts(ddl: &'static str) -> (&'static str, &'static str) {
    ddl.split_once(ONCE_FILLED).unwrap_or((ddl, ""))
}

/// Completes a generation that has taken in the log once. Its follower is held meanwhile, and keeps it complete from then on.
///
/// # Errors
/// [`GenerationError::Database`].
pub async fn complete(
    pool: &PgPool,
    generation: &Generation,
    projector: &SharedProjector,
) -> Result<(), GenerationError> {
    let mut tx = pool.begin().await?;
    sqlx::query_scalar!(
        "SELECT position FROM followers WHERE name = $1 AND generation = $2 FOR UPDATE",
        generation.name,
        generation.number
    )
    .fetch_optional(&mut *tx)
    .await?;
    generation.enter(&mut tx).await?;
    if finish(&mut tx, generation, projector).await? {
        // So that the first readers get good plans.
        let tables = tables(&mut tx, &generation.schema()).await?.join(", ");
        tx.execute(format!("ANALYZE {tables}").as_str()).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Completes the tables, unless that is done. Whether it was left to do.
pub(super) async fn finish(
    tx: &mut PgConnection,
    generation: &Generation,
    projector: &SharedProjector,
) -> Result<bool, sqlx::Error> {
    let finished = sqlx::query!(
        "UPDATE generations SET filled = true WHERE name = $1 AND number = $2 AND NOT filled",
        generation.name,
        generation.number
    )
    .execute(&mut *tx)
    .await?;
    let is_left = finished.rows_affected() > 0;
    if is_left {
        complete_tables(tx, projector).await?;
    }
    Ok(is_left)
}
