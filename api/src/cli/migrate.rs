//! `cartera migrate`

use std::process::ExitCode;

use clap::Args;

use super::{CliError, tell};
use crate::config::Config;
use crate::database::{Opened, Policy};
use crate::master_key;

/// Brings the database to this version. Make a backup first.
#[derive(Debug, Args)]
pub(super) struct Migrate {}

impl Migrate {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CliError> {
        master_key::ensure_for_embedded(config)?;
        Opened::open(config, Policy::Apply).await?.close().await;
        tell("The database is of this version.")?;
        Ok(ExitCode::SUCCESS)
    }
}
