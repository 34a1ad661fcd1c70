//! A whole file: read in a thread of its own, and each batch of records written while the next one is planned.

use std::io::Write;
use std::path::Path;

use cartera_domain::Permission;
use cartera_journal::{AppendError, Source};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::bus::CommandBus;
use crate::draft::Draft;
use crate::envelope::{Caller, Envelope};
use crate::error::CommandError;
use crate::files::{StopSign, WorkerProgram};

use super::error::ImportError;
use super::profile::Profile;
use super::references::References;
use super::verdict::{Progress, Summary};
use super::witness::{ToFile, Witness};

mod batch;
mod identity;
mod reading;
mod settling;
mod under_way;

use reading::{Read, read};
use under_way::UnderWay;

pub(super) use identity::command_id;

/// Records that are planned and written together.
const BATCH: usize = 1_000;

/// Whether something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// What is accepted goes into the log.
    Write,
    /// Nothing is written; the verdicts are those of a real run.
    DryRun,
}

/// An import of one file.
pub struct Import<'a> {
    bus: &'a CommandBus,
    profile: &'a Profile,
    envelope: Envelope,
    mode: Mode,
    worker: WorkerProgram,
    stop: StopSign,
    /// Position of the log's end when an earlier attempt of this import began.
    begun_at: Option<i64>,
}

impl<'a> Import<'a> {
    /// An import in the caller's name; what it writes is written down as done by the system, so that it is the same whoever
    /// imports.
    ///
    /// # Errors
    /// [`ImportError::Forbidden`] for a caller without the permission.
    pub fn new(
        bus: &'a CommandBus,
        profile: &'a Profile,
        caller: &Caller,
        mode: Mode,
    ) -> Result<Self, ImportError> {
        match caller {
            Caller::Viewer(viewer) if !viewer.may(Permission::Import) => {
                return Err(ImportError::Forbidden);
            }
            Caller::Viewer(_) | Caller::Operator => {}
        }
        let run = bus.ids().next_id();
        Ok(Self {
            bus,
            profile,
            envelope: Envelope::operator(run, Source::Import),
            mode,
            worker: WorkerProgram::default(),
            stop: StopSign::default(),
            begun_at: None,
        })
    }

    /// The same, with another program to read workbooks.
    #[must_use]
    pub fn with_worker(mut self, worker: WorkerProgram) -> Self {
        self.worker = worker;
        self
    }

    /// The same, ending early, between two batches, when the sign is raised.
    #[must_use]
    pub fn until(mut self, stop: StopSign) -> Self {
        self.stop = stop;
        self
    }

    /// The same as a part of one run that may have begun before: its events belong to the conversation `run`, and records
    /// written after `begun_at`, the log's end back then, count as created and not as there already.
    #[must_use]
    pub fn of_run(mut self, run: Uuid, begun_at: i64) -> Self {
        self.envelope = Envelope::operator(run, Source::Import);
        self.begun_at = Some(begun_at);
        self
    }

    /// Imports a file: progress after each batch, refused rows to `refused`.
    ///
    /// # Errors
    /// See [`ImportError`].
    pub async fn run(
        &self,
        path: &Path,
        refused: impl Write + Send,
        progress: impl FnMut(Progress) + Send,
    ) -> Result<Summary, ImportError> {
        let mut witness = ToFile::new(refused, progress);
        let summary = self.witnessed(path, &mut witness).await?;
        witness.finish()?;
        Ok(summary)
    }

    /// Imports a file, and tells a witness what becomes of its rows.
    ///
    /// # Errors
    /// See [`ImportError`].
    pub async fn witnessed(
        &self,
        path: &Path,
        witness: &mut impl Witness,
    ) -> Result<Summary, ImportError> {
        let outcome = self.run_through(path, witness).await;
        if self.stop.is_raised() && outcome.is_err() {
            return Err(ImportError::Stopped);
        }
        outcome
    }

    async fn run_through(
        &self,
        path: &Path,
        witness: &mut impl Witness,
    ) -> Result<Summary, ImportError> {
        let zone = self.bus.zone().await?;
        let mut rows = self.start_reading(path, zone);
        let Some(Read::Layout(layout, rows_total)) = rows.recv().await.transpose()? else {
            return Ok(Summary::default());
        };
        let references = References::load(self.bus, self.profile, &self.envelope, self.mode);
        witness.begin(layout.file_columns())?;
        let mut run = UnderWay::new(self, &layout, references.await?, witness);
        run.expect_rows(rows_total);
        run.run(rows).await
    }

    /// Writes what was decided of many records; nothing in a dry run.
    async fn write(
        &self,
        drafts: Vec<(Uuid, Draft)>,
    ) -> Result<Vec<Result<i64, AppendError>>, CommandError> {
        if drafts.is_empty() || self.mode == Mode::DryRun {
            return Ok(Vec::new());
        }
        self.bus.write_many(&self.envelope, drafts).await
    }

    fn start_reading(
        &self,
        path: &Path,
        zone: chrono_tz::Tz,
    ) -> mpsc::Receiver<Result<Read, ImportError>> {
        let (send, receive) = mpsc::channel(2);
        let profile = self.profile.clone();
        let file = reading::Source {
            path: path.to_owned(),
            worker: self.worker.clone(),
            stop: self.stop.clone(),
        };
        tokio::task::spawn_blocking(move || {
            if let Err(error) = read(&profile, &file, zone, BATCH, |read| {
                send.blocking_send(Ok(read)).is_ok()
            }) {
                // Nobody waits for it any more when this fails.
                let _nobody = send.blocking_send(Err(error));
            }
        });
        receive
    }
}
