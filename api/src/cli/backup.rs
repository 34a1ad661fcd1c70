//! `cartera backup`

use std::fs;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use super::postgres_programs::{Program, file_argument};
use super::{CliError, tell};
use crate::config::{Config, MasterKeyPlace};
use crate::database::Opened;
use crate::master_key;

/// Writes the whole database into one file, as of one moment, while the service goes on.
///
/// The master key is not in it: without that key the personal data in the backup cannot be read. Keep both, apart.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// File to write; must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Backup {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CliError> {
        if self.file.exists() {
            let source = std::io::Error::from(std::io::ErrorKind::AlreadyExists);
            return Err(CliError::System {
                act: "the file of the backup is not written over",
                source,
            });
        }
        master_key::ensure_for_embedded(config)?;
        let opened = Opened::reach(config).await?;
        let written = self.write(config, &opened).await;
        opened.close().await;
        written?;
        tell(&format!("The database is in {}.", self.file.display()))?;
        tell(&key_note(&config.master_key))?;
        Ok(ExitCode::SUCCESS)
    }

    /// Under another name first, so that a file of the right name is a whole backup.
    async fn write(&self, config: &Config, opened: &Opened) -> Result<(), CliError> {
        let mut unfinished = self.file.clone().into_os_string();
        unfinished.push(".unfinished");
        let unfinished = PathBuf::from(unfinished);
        create_private(&unfinished).map_err(|source| CliError::System {
            act: "cannot create the file of the backup",
            source,
        })?;
        let options = ["--format=custom", "--no-owner", "--no-privileges"].map(Into::into);
        let arguments = [options.as_slice(), &[file_argument("--file", &unfinished)]].concat();
        Program::find("pg_dump", config, opened)?
            .run(&arguments)
            .await?;
        fs::rename(&unfinished, &self.file).map_err(|source| CliError::System {
            act: "cannot name the file of the backup",
            source,
        })
    }
}

fn create_private(path: &Path) -> std::io::Result<()> {
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .map(drop)
}

fn key_note(place: &MasterKeyPlace) -> String {
    let place = match place {
        MasterKeyPlace::Text(_) | MasterKeyPlace::Unknown => "CARTERA_MASTER_KEY".to_owned(),
        MasterKeyPlace::File(path) | MasterKeyPlace::FileToBeMade(path) => {
            path.display().to_string()
        }
    };
    format!(
        "The master key is not in it: keep a copy of {place} in another place, or nobody can read the personal data again."
    )
}
