//! `cartera audit`

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cartera_journal::chain::Checkpoint;
use clap::{Args, Subcommand};

use super::write_side::WriteSide;
use super::{CliError, tell};
use crate::config::Config;

/// Proves that the log is what was written.
#[derive(Debug, Args)]
pub(super) struct Audit {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Compute the chain of hashes again; fails with the first position that was changed, removed or put in
    Verify(Verify),
    /// Sign the log's end and print the checkpoint, to be kept elsewhere
    Sign,
}

#[derive(Debug, Args)]
struct Verify {
    /// File of checkpoints that were kept elsewhere, one line of `audit sign` each
    #[arg(long, value_name = "FILE")]
    checkpoints: Option<PathBuf>,
}

impl Audit {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CliError> {
        let writes = WriteSide::open(config).await?;
        let done = match self.act {
            Act::Verify(verify) => verify.run(&writes).await,
            Act::Sign => sign(&writes).await,
        };
        writes.close().await;
        done
    }
}

impl Verify {
    async fn run(&self, writes: &WriteSide) -> Result<ExitCode, CliError> {
        let kept = self
            .checkpoints
            .as_deref()
            .map(read_checkpoints)
            .transpose()?
            .unwrap_or_default();
        let found = writes.journal.verify(&kept).await?;
        let Some((position, problem)) = found.problem else {
            tell(&format!(
                "{} events are what was written; the chain ends with {}",
                found.events, found.hash
            ))?;
            return Ok(ExitCode::SUCCESS);
        };
        tell(&format!(
            "NOT what was written, from position {position} on: {problem}; {} events before it are good",
            found.events
        ))?;
        Ok(ExitCode::FAILURE)
    }
}

async fn sign(writes: &WriteSide) -> Result<ExitCode, CliError> {
    writes.journal.sign_checkpoint().await?;
    if let Some(last) = writes.journal.checkpoints().await?.pop() {
        let line = serde_json::to_string(&last).map_err(std::io::Error::from);
        tell(&line.map_err(|source| CliError::System {
            act: "cannot write the checkpoint",
            source,
        })?)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn read_checkpoints(path: &Path) -> Result<Vec<Checkpoint>, CliError> {
    let failed = |source| CliError::System {
        act: "cannot read the checkpoints",
        source,
    };
    let text = fs::read_to_string(path).map_err(failed)?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| serde_json::from_str(line).map_err(std::io::Error::from))
        .collect::<Result<_, _>>()
        .map_err(failed)
}
