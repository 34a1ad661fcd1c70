//! `cartera restore`

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::postgres_programs::Program;
use super::{CliError, tell};
use crate::config::Config;
use crate::database::{DatabaseError, MigrationError, Opened, migrations};

/// Reads the database from a file of `backup`, whole or not at all. The database must be empty and the service stopped.
///
/// Put the master key of that time in its place before the service starts.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// File of `backup`
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Restore {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CliError> {
        std::fs::File::open(&self.file).map_err(|source| CliError::System {
            act: "cannot read the file of the backup",
            source,
        })?;
        let opened = Opened::reach(config).await?;
        let read = self.read(config, &opened).await;
        opened.close().await;
        read?;
        tell("The database is restored. Put its master key in its place, then start the service.")?;
        Ok(ExitCode::SUCCESS)
    }

    async fn read(&self, config: &Config, opened: &Opened) -> Result<(), CliError> {
        if migrations::in_use(opened.url())
            .await
            .map_err(DatabaseError::from)?
        {
            return Err(DatabaseError::from(MigrationError::NotEmpty).into());
        }
        let options = [
            "--single-transaction",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
        ]
        .map(Into::into);
        let mut arguments: Vec<std::ffi::OsString> = options.to_vec();
        // Absolute, so that it is a file whatever its name begins with.
        let file = std::path::absolute(&self.file).map_err(|source| CliError::System {
            act: "cannot find the file of the backup",
            source,
        })?;
        arguments.push(file.into());
        Ok(Program::find("pg_restore", config, opened)?
            .run(&arguments)
            .await?)
    }
}
