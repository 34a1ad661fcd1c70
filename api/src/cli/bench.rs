//! `cartera bench`

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::{CliError, tell};
use crate::bench::{self, Part, Plan};
use crate::config::Config;

/// Measures this program on this machine, beside PostgreSQL's own figures, with databases that are thrown away.
#[derive(Debug, Args)]
pub(super) struct Bench {
    /// Measure only this; can be said several times
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// Seconds that each measurement lasts
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// How often each pair of measurements is taken
    #[arg(long, default_value_t = 2)]
    rounds: u32,
    /// Events for rebuilds and for the large report; 10000000 for the largest size of the budgets
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// Rows of each file that is imported; 1000000 for the size of the memory's budget
    #[arg(long, default_value_t = 100_000)]
    rows: u64,
    /// Where the figures go, as JSON
    #[arg(long, default_value = "bench.json")]
    json: PathBuf,
}

impl Bench {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CliError> {
        let parts = if self.only.is_empty() {
            Part::value_variants().to_vec()
        } else {
            self.only
        };
        let plan = Plan {
            parts,
            duration: Duration::from_secs(self.seconds),
            rounds: self.rounds,
            events: self.events,
            import_rows: self.rows,
            json: self.json,
        };
        let said = |part: &str| tracing::info!(part, "measuring");
        let table = bench::run(&plan, config.postgres_programs.clone(), said).await?;
        tell(&table)?;
        Ok(ExitCode::SUCCESS)
    }
}
