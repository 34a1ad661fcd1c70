//! `cartera import`

use std::fs;
use std::io::{self, BufWriter, IsTerminal};
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

/// Exit code when some records went in and others were refused.
const SOME_REFUSED: u8 = 3;

/// Imports a file of records: CSV in any usual form, or a workbook (XLSX, XLSB, XLS, ODS).
///
/// What a record holds is said by a profile; docs/import.md explains it. The same file again changes nothing. Ends with 0 when
/// every record is in, with 3 when some were refused, with 1 when the file could not be imported.
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

/// Why nothing, or not everything, was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportFailed {
    /// The profile is not there, or no text.
    #[error("the profile {} cannot be read: {source}", path.display())]
    ProfileNotRead {
        /// Where it should be.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The profile is not of the documented form.
    #[error("{}: {source} ({})", path.display(), source.code())]
    Profile {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        source: InvalidProfile,
    },
    /// The refused rows would overwrite what is read.
    #[error("{} is read: name another file for the refused rows", .0.display())]
    SameFile(PathBuf),
    /// The file is not imported, or not to its end.
    #[error("{} is not imported: {source} ({}){}", file.display(), source.code(), advice(source))]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        source: ImportError,
    },
}

fn advice(error: &ImportError) -> &'static str {
    match error {
        ImportError::Command(_) | ImportError::Refused(_) => {
            "; what was accepted until then is in: the same file again goes on from there"
        }
        ImportError::Forbidden
        | ImportError::File(_)
        | ImportError::Profile(_)
        | ImportError::Ambiguous(_)
        | ImportError::Stopped => "",
    }
}

impl Import {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CliError> {
        let profile = read_profile(&self.profile)?;
        let refused = self.refused.clone().unwrap_or_else(|| beside(&self.file));
        self.spare_what_is_read(&refused)?;
        let writes = WriteSide::open(config).await?;
        let imported = self.import(&writes, &profile, &refused).await;
        writes.close().await;
        let (summary, time) = imported?;
        report(&summary, time, self.mode())?;
        if summary.progress.refused == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        tell(&format!("The refused rows are in {}.", refused.display()))?;
        Ok(ExitCode::from(SOME_REFUSED))
    }

    fn mode(&self) -> Mode {
        if self.dry_run {
            Mode::DryRun
        } else {
            Mode::Write
        }
    }

    fn spare_what_is_read(&self, refused: &Path) -> Result<(), ImportFailed> {
        let Ok(target) = refused.canonicalize() else {
            return Ok(());
        };
        let read = [&self.file, &self.profile];
        let same = |path: &&&PathBuf| path.canonicalize().is_ok_and(|path| path == target);
        match read.iter().find(same) {
            Some(path) => Err(ImportFailed::SameFile((*path).clone())),
            None => Ok(()),
        }
    }

    async fn import(
        &self,
        writes: &WriteSide,
        profile: &Profile,
        refused: &Path,
    ) -> Result<(Summary, Duration), CliError> {
        let failed = |source: ImportError| ImportFailed::File {
            file: self.file.clone(),
            source,
        };
        let begun = Instant::now();
        let import = Importing::new(&writes.bus, profile, &Caller::Operator, self.mode());
        let import = import.map_err(failed)?;
        let output = fs::File::create(refused).map_err(ImportError::from);
        let output = BufWriter::new(output.map_err(failed)?);
        let bytes = fs::metadata(&self.file).map_or(0, |about| about.len());
        let bar = progress_bar();
        let mut so_far = Progress::default();
        let summary = import
            .run(&self.file, output, |progress| {
                so_far = progress;
                show(&bar, &progress, bytes);
            })
            .await;
        bar.finish_and_clear();
        if summary
            .as_ref()
            .map_or(so_far, |summary| summary.progress)
            .refused
            == 0
        {
            fs::remove_file(refused)
                .map_err(ImportError::from)
                .map_err(failed)?;
        }
        Ok((summary.map_err(failed)?, begun.elapsed()))
    }
}

fn read_profile(path: &Path) -> Result<Profile, ImportFailed> {
    let text = fs::read_to_string(path).map_err(|source| ImportFailed::ProfileNotRead {
        path: path.to_owned(),
        source,
    })?;
    Profile::parse(&text).map_err(|source| ImportFailed::Profile {
        path: path.to_owned(),
        source,
    })
}

/// `sales.csv` → `sales.csv.refused.csv`
fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".refused.csv");
    name.into()
}

/// On a terminal only: elsewhere its movements would fill a log.
fn progress_bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(DRAWN_EVERY);
    bar
}

/// A bar where the file's end is known, by rows or by bytes; else a sign of life.
fn show(bar: &ProgressBar, progress: &Progress, bytes: u64) {
    let known = match (progress.rows_total, progress.bytes) {
        (Some(total), _) => Some((progress.rows, total)),
        (None, Some(read)) => Some((read, bytes)),
        (None, None) => None,
    };
    if let (Some((done, total)), None) = (known, bar.length()) {
        let style = ProgressStyle::with_template(
            "{percent:>3} % {bar:30} {elapsed_precise}, still {eta} │ {msg}",
        );
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_length(total.max(done));
    }
    if let Some((done, _)) = known {
        bar.set_position(done);
    }
    bar.set_message(line(progress));
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
    let tense = match mode {
        Mode::DryRun => "would be added",
        Mode::Write => "added",
    };
    tell(&line(&summary.progress))?;
    tell(&format!(
        "{} events {tense} in {} ms, {rate} rows per second",
        summary.progress.events,
        time.as_millis()
    ))?;
    if !summary.unused_columns.is_empty() {
        let unused = summary.unused_columns.join(", ");
        tell(&format!(
            "Left out, for the profile does not name them: {unused}."
        ))?;
    }
    for (reason, times) in &summary.refusals {
        tell(&format!("  {times} × {reason}"))?;
    }
    Ok(())
}
