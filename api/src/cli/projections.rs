//! `cartera projections`

use std::process::ExitCode;

use cartera_projections::generations::{self, Verification};
use cartera_projections::projector::SharedProjector;
use cartera_projections::registry;
use cartera_projections::runner::{self, ReadModelStatus};
use clap::{Args, Subcommand};

use super::write_side::WriteSide;
use super::{CliError, tell};
use crate::config::Config;

/// Looks after the read models: all that people see, made from the log.
#[derive(Debug, Args)]
pub(super) struct Projections {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Show how far each read model has read the log
    Status,
    /// Build read models anew beside the live ones, and swap them in
    Rebuild(Chosen),
    /// Build read models anew in a scratch place, and compare them row by row with the live ones
    Verify(Chosen),
}

#[derive(Debug, Args)]
struct Chosen {
    /// Names of read models [default: all]
    #[arg(value_name = "NAME")]
    names: Vec<String>,
}

impl Projections {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CliError> {
        let writes = WriteSide::open(config).await?;
        let done = match self.act {
            Act::Status => status(&writes).await,
            Act::Rebuild(chosen) => rebuild(&writes, &chosen).await,
            Act::Verify(chosen) => verify(&writes, &chosen).await,
        };
        writes.close().await;
        done
    }
}

impl Chosen {
    fn projectors(&self) -> Result<Vec<SharedProjector>, CliError> {
        let all = registry::all();
        if let Some(unknown) = self
            .names
            .iter()
            .find(|name| !all.iter().any(|one| one.name() == name.as_str()))
        {
            let known: Vec<&str> = all.iter().map(|one| one.name()).collect();
            return Err(CliError::NoSuchReadModel {
                name: unknown.clone(),
                known: known.join(", "),
            });
        }
        let chosen = all.into_iter().filter(|one| {
            self.names.is_empty() || self.names.iter().any(|name| name == one.name())
        });
        Ok(chosen.collect())
    }
}

async fn status(writes: &WriteSide) -> Result<ExitCode, CliError> {
    for model in runner::status(&writes.journal).await? {
        tell(&standing(&model))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn standing(model: &ReadModelStatus) -> String {
    let generation = &model.generation;
    let state = if generation.live {
        "live"
    } else {
        "being built"
    };
    let position = model
        .follower
        .as_ref()
        .map_or(0, |follower| follower.position);
    let paused = model
        .follower
        .as_ref()
        .and_then(|follower| follower.paused.as_ref());
    let paused = paused.map_or(String::new(), |(position, reason)| {
        format!("; PAUSED at {position}: {reason}")
    });
    format!(
        "{:<24} version {}, generation {} {state}: at {position} of {}{paused}",
        generation.name, generation.version, generation.number, model.head
    )
}

async fn rebuild(writes: &WriteSide, chosen: &Chosen) -> Result<ExitCode, CliError> {
    let (projectors, begun) = (chosen.projectors()?, std::time::Instant::now());
    runner::rebuild_all(&writes.journal, &projectors).await?;
    tell(&format!(
        "{} read models rebuilt in {} ms",
        projectors.len(),
        begun.elapsed().as_millis()
    ))?;
    Ok(ExitCode::SUCCESS)
}

async fn verify(writes: &WriteSide, chosen: &Chosen) -> Result<ExitCode, CliError> {
    let projectors = chosen.projectors()?;
    // Without a running service, they may never have read the log.
    runner::catch_up_all(&writes.journal, &projectors).await?;
    let mut equal = true;
    for found in generations::verify_all(&writes.journal, &projectors).await? {
        equal &= found.differences.is_empty();
        tell(&verdict(&found))?;
    }
    Ok(if equal {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn verdict(found: &Verification) -> String {
    let Verification {
        name,
        position,
        rows,
        differences,
    } = found;
    let mut lines = vec![format!(
        "{name:<24} {rows} rows at position {position}: {}",
        if differences.is_empty() {
            "equal"
        } else {
            "DIFFERENT"
        }
    )];
    lines.extend(differences.iter().map(|difference| {
        let examples = difference.examples.join(", ");
        format!(
            "  {}: {} rows only live, {} only rebuilt, such as {examples}",
            difference.table, difference.only_live, difference.only_rebuilt
        )
    }));
    lines.join("\n")
}
