//! Generations: a read model's tables live in a schema of their own, and a new one is built beside the old and swapped in whole.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Live: the first of its name, over an empty log
//!     [*] --> Filling: the first of its name, a new version, or a rebuild
//!     Filling --> Filled: has taken in the log once, and gets its indexes and sums
//!     Filled --> Live: has caught up; the views of `live` show it from the swap's commit on
//!     Live --> [*]: replaced, its schema dropped
//! ```
//!
//! Readers see the views of schema `live` alone, so they never see half of a generation (ADR 0005).

mod filling;
mod swap;
mod verification;

use cartera_journal::{Follower, FollowerOptions, Journal};
use sqlx::{Executor as _, PgConnection, PgPool};

use crate::projector::{ProjectionError, SharedProjector, Tables};
use crate::read_pool::LIVE;
use crate::runner::Driven;

pub use filling::complete;
pub use swap::swap;
pub use verification::{Difference, Verification, verify, verify_all};

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
    /// Another generation went live while this one was being verified.
    #[error("the read model {0} was replaced meanwhile: try again")]
    Replaced(String),
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

    /// How far its tables are, while the transaction holds its follower.
    pub(crate) async fn tables(&self, tx: &mut PgConnection) -> Result<Tables, sqlx::Error> {
        let filled = sqlx::query_scalar!(
            "SELECT filled FROM generations WHERE name = $1 AND number = $2",
            self.name,
            self.number
        )
        .fetch_optional(tx)
        .await?;
        Ok(match filled {
            Some(false) => Tables::Filling,
            Some(true) | None => Tables::Filled,
        })
    }

    /// The follower that keeps it.
    pub(crate) fn follower(&self, journal: &Journal, projector: &SharedProjector) -> Follower {
        let options = FollowerOptions {
            generation: self.number,
            live: self.live,
            search_path: Some(format!("{}, public", self.schema())),
            ..FollowerOptions::default()
        };
        let driven = Driven::new(projector, self);
        Follower::new(journal.clone(), std::sync::Arc::new(driven), options)
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
/// which is begun where there is none.
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

/// Begins a generation, unless another node has begun the same one meanwhile. Over an empty log the first of a name has
/// caught up by its beginning, and is live at once.
async fn begin(
    pool: &PgPool,
    projector: &SharedProjector,
    known: &[Generation],
) -> Result<(), GenerationError> {
    let log = sqlx::query!(
        r#"SELECT coalesce((SELECT max(generation) FROM followers WHERE name = $1), 0) AS "used!",
                  NOT EXISTS (SELECT FROM events) AS "is_empty!""#,
        projector.name()
    )
    .fetch_one(pool)
    .await?;
    let last = known.iter().map(|known| known.number).max();
    let generation = Generation {
        name: projector.name().to_owned(),
        number: last.unwrap_or(0).max(log.used) + 1,
        version: projector.version(),
        live: log.is_empty && !known.iter().any(|known| known.live),
    };
    let mut tx = pool.begin().await?;
    // Whoever comes second waits here for the first, and then inserts nothing.
    let begun = sqlx::query!(
        "INSERT INTO generations (name, number, version, live, filled) VALUES ($1, $2, $3, $4, false) ON CONFLICT DO NOTHING",
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
        let schema = generation.schema();
        let make = format!("CREATE SCHEMA IF NOT EXISTS {LIVE}; CREATE SCHEMA {schema}");
        tx.execute(make.as_str()).await?;
        generation.enter(&mut tx).await?;
        filling::create_tables(&mut tx, projector).await?;
        if generation.live {
            filling::finish(&mut tx, &generation, projector).await?;
            swap::show(&mut tx, &schema).await?;
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

async fn drop_schema(connection: &mut PgConnection, schema: &str) -> Result<(), sqlx::Error> {
    let statement = format!("DROP SCHEMA IF EXISTS {schema} CASCADE");
    connection.execute(statement.as_str()).await?;
    Ok(())
}
