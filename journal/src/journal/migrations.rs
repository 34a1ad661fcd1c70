//! Bringing the tables up to date.

use std::collections::BTreeSet;

use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};

use super::Journal;
use crate::error::JournalError;

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// How many migrations this program knows.
pub(super) fn all() -> usize {
    MIGRATIONS.iter().count()
}

impl Journal {
    /// Brings the tables up to date.
    ///
    /// # Errors
    /// When the database does not answer, or a migration fails or was edited after it ran.
    pub async fn migrate(database_url: &str) -> Result<(), JournalError> {
        let mut connection = PgConnection::connect(database_url).await?;
        MIGRATIONS.run(&mut connection).await?;
        Ok(connection.close().await?)
    }

    /// How many migrations have not run yet.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn pending_migrations(database_url: &str) -> Result<usize, JournalError> {
        let mut connection = PgConnection::connect(database_url).await?;
        let known: BTreeSet<i64> = MIGRATIONS
            .iter()
            .map(|migration| migration.version)
            .collect();
        let applied = applied(&mut connection).await?;
        connection.close().await?;
        Ok(known.difference(&applied).count())
    }
}

async fn applied(connection: &mut PgConnection) -> Result<BTreeSet<i64>, sqlx::Error> {
    use sqlx::Row;
    if connection
        .fetch_one("SELECT to_regclass('_sqlx_migrations')::text")
        .await?
        .try_get::<Option<String>, _>(0)?
        .is_none()
    {
        return Ok(BTreeSet::new());
    }
    let rows = connection
        .fetch_all("SELECT version FROM _sqlx_migrations WHERE success")
        .await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}
