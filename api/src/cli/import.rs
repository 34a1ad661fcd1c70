//! `cartera import`

use std::fs;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use cartera_commands::Caller;
use cartera_commands::importing::{
    Import as Importing, ImportError, InvalidProfile, Mode, Profile, Progress, Summary,
};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};

use super::write_side::WriteSide;
use super::{CliError, tell};
use crate::config::Config;

/// How often the progress is drawn.
const DRAWN_EVERY: Duration = Duration::from_millis(100);

/// Imports a file of records: CSV in any usual form, or a workbook (XLSX, XLSB, XLS, ODS).
///
/// What a record holds is said by a profile. The same file again changes nothing.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// TOML file that says which column is what
    #[arg(long, value_name = "FILE")]
    profile: PathBuf,
    /// Judge every record as in a real import, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// CSV file for the refused rows, with the reasons [default: the file's name with .refused.csv]
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
}

impl Import {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CliError> {
        let profile = read_profile(&self.profile)?;
        let refused = self.refused.clone().unwrap_or_else(|| beside(&self.file));
        let writes = WriteSide::open(config).await?;
        let imported = self.import(&writes, &profile, &refused).await;
        writes.close().await;
        let (summary, time) = imported?;
        report(&summary, time, self.mode())?;
        if summary.progress.refused > 0 {
            tell(&format!("The refused rows are in {}.", refused.display()))?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn mode(&self) -> Mode {
        if self.dry_run {
            Mode::DryRun
        } else {
            Mode::Write
        }
    }

    async fn import(
        &self,
        writes: &WriteSide,
        profile: &Profile,
        refused: &Path,
    ) -> Result<(Summary, Duration), CliError> {
        let begun = Instant::now();
        let import = Importing::new(&writes.bus, profile, &Caller::Operator, self.mode())?;
        let output = BufWriter::new(fs::File::create(refused).map_err(ImportError::from)?);
        let bar = progress_bar();
        let summary = import
            .run(&self.file, output, |progress| {
                bar.set_message(line(&progress));
            })
            .await;
        bar.finish_and_clear();
        let summary = summary?;
        if summary.progress.refused == 0 {
            fs::remove_file(refused).map_err(ImportError::from)?;
        }
        Ok((summary, begun.elapsed()))
    }
}

fn read_profile(path: &Path) -> Result<Profile, CliError> {
    let text = fs::read_to_string(path).map_err(|source| CliError::System {
        act: "cannot read the profile",
        source,
    })?;
    Profile::parse(&text).map_err(|error: InvalidProfile| CliError::Import(error.into()))
}

/// `sales.csv` → `sales.csv.refused.csv`
fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".refused.csv");
    name.into()
}

/// On a terminal only: elsewhere its movements would fill a log.
fn progress_bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {elapsed_precise} {msg}");
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(DRAWN_EVERY);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn line(progress: &Progress) -> String {
    let Progress {
        rows,
        rows_total: _,
        bytes: _,
        created,
        updated,
        unchanged,
        refused,
        events: _,
    } = progress;
    format!(
        "{rows} rows: {created} created, {updated} corrected, {unchanged} unchanged, {refused} refused"
    )
}

fn report(summary: &Summary, time: Duration, mode: Mode) -> Result<(), CliError> {
    let rate = u128::from(summary.progress.rows) * 1_000 / time.as_millis().max(1);
    let tense = if mode == Mode::DryRun {
        "would be added"
    } else {
        "added"
    };
    tell(&line(&summary.progress))?;
    tell(&format!(
        "{} events {tense} in {} ms, {rate} rows per second",
        summary.progress.events,
        time.as_millis()
    ))?;
    for (reason, times) in &summary.refusals {
        writeln!(std::io::stdout(), "  {times} × {reason}").map_err(|source| CliError::System {
            act: "cannot write the answer",
            source,
        })?;
    }
    Ok(())
}
