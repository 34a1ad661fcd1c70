//! Brings the tables to this version, or says why they are not.

use std::collections::BTreeSet;

use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::{Connection, PgConnection};

/// The migrations of this version.
pub static MIGRATOR: Migrator = sqlx::migrate!("../migrations");

/// What to do with migrations that the database has not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Run them.
    Apply,
    /// Refuse to work.
    Refuse,
}

/// The tables are not those of this version; each text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// Migrations are pending and nobody said to run them.
    #[error(
        "the database lacks {0} migrations of this version: run `cartera migrate` (after a backup), or start with --migrate"
    )]
    Pending(usize),
    /// One began and did not end.
    #[error(
        "migration {0} is applied in part: restore the last backup, or finish it by hand and set `success` to true in the table _sqlx_migrations"
    )]
    Half(i64),
    /// A newer version has been here.
    #[error(
        "the database was migrated by a newer version of Cartera (migration {0}): use that version"
    )]
    Newer(i64),
    /// The file was changed after it was run.
    #[error(
        "migration {0} was changed after this database ran it: use the version of Cartera that ran it, or restore a backup"
    )]
    Changed(i64),
    /// The database refuses one.
    #[error("migration {version} failed and left nothing behind: {source}")]
    Failed {
        /// Which one.
        version: i64,
        /// What the database says.
        source: sqlx::Error,
    },
    /// Something is there that a restore would mix with.
    #[error(
        "the database is not empty: restore into a new one (another CARTERA_DATA_DIR, or another database in DATABASE_URL)"
    )]
    NotEmpty,
    /// The database does not answer, or does not let us look.
    #[error("the migrations of the database cannot be read: {0}")]
    Unreadable(MigrateError),
}

impl From<MigrateError> for MigrationError {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "another crate's enum, whose other variants are all of one kind to us"
    )]
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Dirty(version) => Self::Half(version),
            MigrateError::VersionMissing(version) => Self::Newer(version),
            MigrateError::VersionMismatch(version) => Self::Changed(version),
            MigrateError::ExecuteMigration(source, version) => Self::Failed { version, source },
            other => Self::Unreadable(other),
        }
    }
}

/// Runs what is pending, or refuses it, and checks what has been run.
pub(super) async fn bring_up(
    mut connection: PgConnection,
    policy: Policy,
) -> Result<(), MigrationError> {
    if policy == Policy::Refuse {
        let pending = pending(&mut connection).await?;
        if pending > 0 {
            return Err(MigrationError::Pending(pending));
        }
    }
    MIGRATOR.run_direct(&mut connection).await?;
    connection
        .close()
        .await
        .map_err(|error| MigrationError::Unreadable(error.into()))
}

/// Whether any migration was ever run in this database.
pub(crate) async fn in_use(url: &str) -> Result<bool, MigrationError> {
    let unreadable = |error: sqlx::Error| MigrationError::Unreadable(error.into());
    let mut connection = PgConnection::connect(url).await.map_err(unreadable)?;
    let applied = applied(&mut connection).await?;
    connection.close().await.map_err(unreadable)?;
    Ok(!applied.is_empty())
}

/// How many migrations of this version the database has not run; changes nothing.
async fn pending(connection: &mut PgConnection) -> Result<usize, MigrationError> {
    let applied = applied(connection).await?;
    Ok(MIGRATOR
        .iter()
        .filter(|migration| !applied.contains(&migration.version))
        .count())
}

async fn applied(connection: &mut PgConnection) -> Result<BTreeSet<i64>, MigrationError> {
    match connection.list_applied_migrations().await {
        Ok(applied) => Ok(applied
            .into_iter()
            .map(|migration| migration.version)
            .collect()),
        // The table is not there: nothing was ever applied.
        Err(MigrateError::Execute(error)) if code(&error).as_deref() == Some("42P01") => {
            Ok(BTreeSet::new())
        }
        Err(error) => Err(error.into()),
    }
}

fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}
