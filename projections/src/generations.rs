//! Generations: a read model's tables live in a schema of their own, and a new one is built beside the old and swapped in whole.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Live: the first of its name
//!     [*] --> Building: a new version, or a rebuild
//!     Building --> Live: has caught up; the views of `live` show it from the swap's commit on
//!     Live --> [*]: replaced, its schema dropped
//! ```
//!
//! Readers see the views of schema `live` alone, so they never see half of a generation (ADR 0005).

mod swap;
mod verification;

use cartera_journal::{Follower, FollowerOptions, Journal};
use sqlx::{Executor as _, PgConnection, PgPool};

use crate::projector::{ProjectionError, SharedProjector};
use crate::read_pool::LIVE;
use crate::runner::Driven;

pub use swap::swap;
pub use verification::{Difference, Verification, verify};

/// A generation of a read model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generation {
    /// The read model.
    pub name: String,
    /// Counted from 1.
    pub number: i32,
    /// [`crate::Projector::VERSION`] of the projector that builds it.
    pub version: i32,
    /// Whether readers see it.
    pub live: bool,
}

/// Why generations cannot be managed.
#[derive(Debug, thiserror::Error)]
pub enum GenerationError {
    /// The database refused or did not answer.
    #[error("the generations could not be managed: {0}")]
    Database(#[from] sqlx::Error),
    /// The journal refused or did not answer, or the projector is paused.
    #[error(transparent)]
    Journal(#[from] cartera_journal::JournalError),
    /// The projector itself failed.
    #[error(transparent)]
    Projection(#[from] ProjectionError),
    /// The database was built by a newer program.
    #[error(
        "the read model {name} is of version {found}, newer than this program's {known}: start the newer program"
    )]
    Newer {
        /// The read model.
        name: String,
        /// Version found.
        found: i32,
        /// Version known here.
        known: i32,
    },
    /// No such read model.
    #[error("there is no read model {0}")]
    Unknown(String),
}

impl Generation {
    /// The schema in which its tables live.
    pub fn schema(&self) -> String {
        format!("{}_g{}", self.name, self.number)
    }

    /// Makes unqualified names mean its tables until the transaction ends.
    pub(crate) async fn enter(&self, tx: &mut PgConnection) -> Result<(), sqlx::Error> {
        let path = format!("{}, public", self.schema());
        sqlx::query_scalar!("SELECT set_config('search_path', $1, true)", path)
            .fetch_one(tx)
            .await
            .map(drop)
    }

    /// The follower that keeps it.
    pub(crate) fn follower(&self, journal: &Journal, projector: &SharedProjector) -> Follower {
        let options = FollowerOptions {
            generation: self.number,
            live: self.live,
            search_path: Some(format!("{}, public", self.schema())),
            ..FollowerOptions::default()
        };
        Follower::new(journal.clone(), Driven::shared(projector), options)
    }
}

/// All generations that are live or being built.
///
/// # Errors
/// [`GenerationError::Database`].
pub async fn all(pool: &PgPool) -> Result<Vec<Generation>, GenerationError> {
    let rows = sqlx::query_as!(
        Generation,
        "SELECT name, number, version, live FROM generations ORDER BY name, number"
    )
    .fetch_all(pool)
    .await?;
    Ok(rows)
}

/// The generation that this program's projector is to keep: the live one if it is of the same version, else one being built,
/// which is begun where there is none. The first of a name is live at once.
///
/// # Errors
/// [`GenerationError`]; [`GenerationError::Newer`] when a newer program has been here.
pub async fn ensure(
    pool: &PgPool,
    projector: &SharedProjector,
) -> Result<Generation, GenerationError> {
    loop {
        let known = of_name(pool, projector.name()).await?;
        let newest = known.iter().map(|known| known.version).max();
        if let Some(found) = newest.filter(|found| *found > projector.version()) {
            return Err(GenerationError::Newer {
                name: projector.name().to_owned(),
                found,
                known: projector.version(),
            });
        }
        let mut fitting: Vec<Generation> = known
            .iter()
            .filter(|known| known.version == projector.version())
            .cloned()
            .collect();
        fitting.sort_by_key(|known| (known.live, known.number));
        if let Some(generation) = fitting.pop() {
            return Ok(generation);
        }
        begin(pool, projector, &known).await?;
    }
}

/// The generation being built beside the live one, for a rebuild; an unfinished one is taken up again.
///
/// # Errors
/// [`GenerationError`].
pub async fn ensure_building(
    pool: &PgPool,
    projector: &SharedProjector,
) -> Result<Generation, GenerationError> {
    loop {
        let known = of_name(pool, projector.name()).await?;
        let building = known
            .iter()
            .find(|known| !known.live && known.version == projector.version());
        if let Some(generation) = building {
            return Ok(generation.clone());
        }
        begin(pool, projector, &known).await?;
    }
}

async fn of_name(pool: &PgPool, name: &str) -> Result<Vec<Generation>, GenerationError> {
    let all = all(pool).await?;
    Ok(all.into_iter().filter(|known| known.name == name).collect())
}

/// Begins a generation, unless another node has begun the same one meanwhile.
async fn begin(
    pool: &PgPool,
    projector: &SharedProjector,
    known: &[Generation],
) -> Result<(), GenerationError> {
    let used = sqlx::query_scalar!(
        r#"SELECT coalesce(max(generation), 0) AS "used!" FROM followers WHERE name = $1"#,
        projector.name()
    )
    .fetch_one(pool)
    .await?;
    let last = known.iter().map(|known| known.number).max();
    let generation = Generation {
        name: projector.name().to_owned(),
        number: last.unwrap_or(0).max(used) + 1,
        version: projector.version(),
        live: !known.iter().any(|known| known.live),
    };
    let mut tx = pool.begin().await?;
    // Whoever comes second waits here for the first, and then inserts nothing.
    let begun = sqlx::query!(
        "INSERT INTO generations (name, number, version, live) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        generation.name,
        generation.number,
        generation.version,
        generation.live,
    )
    .execute(&mut *tx)
    .await?;
    if begun.rows_affected() == 1 {
        sqlx::query!(
            "INSERT INTO followers (name, generation, live) VALUES ($1, $2, $3)",
            generation.name,
            generation.number,
            generation.live,
        )
        .execute(&mut *tx)
        .await?;
        create_tables(&mut tx, &generation.schema(), projector.ddl()).await?;
        if generation.live {
            swap::show(&mut tx, &generation.schema()).await?;
        }
        tx.commit().await?;
        tracing::info!(
            read_model = generation.name,
            generation = generation.number,
            "begun"
        );
    }
    Ok(())
}

/// Makes a schema with a read model's tables. The names are the program's own, never input.
async fn create_tables(
    connection: &mut PgConnection,
    schema: &str,
    ddl: &str,
) -> Result<(), sqlx::Error> {
    let statements = format!(
        "CREATE SCHEMA IF NOT EXISTS {LIVE}; CREATE SCHEMA {schema}; SET LOCAL search_path TO {schema}, public; {ddl};
         RESET search_path;"
    );
    connection.execute(statements.as_str()).await?;
    Ok(())
}

async fn drop_schema(connection: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    let statement = format!("DROP SCHEMA IF EXISTS {schema} CASCADE");
    connection.execute(statement.as_str()).await?;
    Ok(())
}
