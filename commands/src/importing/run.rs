//! A whole file: read in a thread of its own, decided and written in batches.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use cartera_domain::Permission;
use cartera_journal::{Actor, AppendError, Source};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::bus::CommandBus;
use crate::draft::Draft;
use crate::envelope::{Caller, Envelope};
use crate::error::CommandError;
use crate::files::{RefusedCell, Row, StopSign, WorkerProgram};

use super::error::ImportError;
use super::layout::Layout;
use super::plan::{Planner, Refused};
use super::profile::{Field, Profile, RecordKind};
use super::record::Record;
use super::references::References;
use super::verdict::{Progress, Summary, Verdict};
use super::witness::{ToFile, Witness};

mod reading;

use reading::{Read, RefusedRow, read};

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
        let mut references =
            References::load(self.bus, self.profile, &self.envelope, self.mode).await?;
        let mut run = Run {
            import: self,
            layout: &layout,
            witness,
            seen: HashMap::new(),
            reasons: HashMap::new(),
            summary: Summary {
                unused_columns: layout.unused_columns(),
                ..Summary::default()
            },
        };
        run.summary.progress.rows_total = rows_total;
        run.witness.begin(layout.file_columns())?;
        while let Some(read) = rows.recv().await.transpose()? {
            if self.stop.is_raised() {
                return Err(ImportError::Stopped);
            }
            match read {
                Read::Layout(..) => {}
                Read::Records {
                    records,
                    rows,
                    bytes,
                } => {
                    run.summary.progress.rows += rows;
                    run.summary.progress.bytes = bytes;
                    run.batch(&mut references, records).await?;
                }
                Read::Refused(refused) => run.refuse_row(refused)?,
            }
            run.summary.progress.events += std::mem::take(&mut references.events);
            run.witness.progressed(run.summary.progress).await?;
        }
        let mut refusals: Vec<(String, u64)> = run.reasons.into_iter().collect();
        refusals.sort_by(|(one, many), (other, more)| more.cmp(many).then_with(|| one.cmp(other)));
        run.summary.refusals = refusals;
        Ok(run.summary)
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

/// An import under way.
struct Run<'a, W: Witness> {
    import: &'a Import<'a>,
    layout: &'a Layout,
    witness: &'a mut W,
    /// Line of each key seen, to find keys that stand twice.
    seen: HashMap<Uuid, u64>,
    reasons: HashMap<String, u64>,
    summary: Summary,
}

/// A record that is about to be written.
struct Planned {
    record: Record,
    existing: bool,
    draft: Draft,
    command_id: Uuid,
}

impl<W: Witness> Run<'_, W> {
    async fn batch(
        &mut self,
        references: &mut References<'_>,
        records: Vec<Record>,
    ) -> Result<(), ImportError> {
        let records = self.without_doubles(records)?;
        let said = self.said_before(&records).await?;
        let mut fresh = Vec::with_capacity(records.len());
        for record in records {
            match (said.get(&self.identity(&record)), self.import.begun_at) {
                (None, _) => fresh.push(record),
                (Some(written), Some(begun)) if *written > begun => {
                    self.summary.progress.count(&Verdict::Created);
                }
                (Some(_), _) => self.summary.progress.count(&Verdict::Unchanged),
            }
        }
        let records = fresh;
        if records.is_empty() {
            return Ok(());
        }
        references.prepare(self.layout, &records).await?;
        let kind = subject_kind(self.import.profile.record);
        let keys: HashMap<String, String> = records
            .iter()
            .map(|record| (record.key.clone(), self.subject_key(record)))
            .collect();
        let holders = references.holders(kind, keys.values().cloned()).await?;
        let planner = Planner {
            bus: self.import.bus,
            envelope: &self.import.envelope,
            layout: self.layout,
            references,
            kind: self.import.profile.record,
        };
        let mut plans = Vec::with_capacity(records.len());
        for record in records {
            let existing = keys
                .get(&record.key)
                .and_then(|key| holders.get(key))
                .copied();
            match planner.plan(&record, existing).await {
                Ok(draft) => plans.push(self.planned(record, existing, draft)),
                Err(Refused::Record(cells)) => self.refuse_record(&record, cells)?,
                Err(Refused::Journal(error)) => return Err(error.into()),
            }
        }
        match self.import.mode {
            Mode::DryRun => {
                for planned in &plans {
                    self.count(planned);
                }
                Ok(())
            }
            Mode::Write => self.write(&planner, plans).await,
        }
    }

    fn planned(&self, record: Record, existing: Option<Uuid>, draft: Draft) -> Planned {
        let command_id = self.identity(&record);
        Planned {
            record,
            existing: existing.is_some(),
            draft,
            command_id,
        }
    }

    /// Command id of a record, made from profile, key and content.
    fn identity(&self, record: &Record) -> Uuid {
        let mut content = String::new();
        for cell in record.rows.iter().flat_map(|row| &row.cells) {
            content.push_str(&cell.as_text());
            content.push('\u{1f}');
        }
        let profile = self.import.profile;
        let fingerprint = self
            .import
            .bus
            .journal()
            .vault()
            .fingerprint(content.as_bytes());
        // The id is made from the keyed hash: a bare hash of personal values could be guessed.
        command_id(&[
            &profile.source,
            &profile.name,
            &record.key,
            &hex(&fingerprint),
        ])
    }

    async fn said_before(&self, records: &[Record]) -> Result<HashMap<Uuid, i64>, ImportError> {
        let ids: Vec<Uuid> = records.iter().map(|record| self.identity(record)).collect();
        let said = self
            .import
            .bus
            .journal()
            .said(&Actor::System, &ids)
            .await
            .map_err(CommandError::from)?;
        Ok(said)
    }

    /// The key of the record that this one is about: its own, or that of the lead or opportunity it names.
    fn subject_key(&self, record: &Record) -> String {
        let field = match self.import.profile.record {
            RecordKind::Conversion => Field::Lead,
            RecordKind::StageHistory => Field::Opportunity,
            RecordKind::User
            | RecordKind::Product
            | RecordKind::Client
            | RecordKind::Lead
            | RecordKind::Opportunity => {
                return record.key.clone();
            }
        };
        let named = record
            .rows
            .first()
            .and_then(|row| self.layout.text(row, field));
        named.unwrap_or_else(|| record.key.clone())
    }

    /// Refuses records whose key stood in the file before.
    fn without_doubles(&mut self, records: Vec<Record>) -> Result<Vec<Record>, ImportError> {
        let mut single = Vec::with_capacity(records.len());
        for record in records {
            let line = record.line();
            match self.seen.insert(command_id(&[&record.key]), line) {
                None => single.push(record),
                Some(before) => {
                    let reason = format!("the key stands in line {before} already");
                    let cell = self.layout.refuse_key(&record.key, "KEY_TWICE", &reason);
                    self.refuse_record(&record, vec![cell])?;
                }
            }
        }
        Ok(single)
    }

    async fn write(
        &mut self,
        planner: &Planner<'_>,
        plans: Vec<Planned>,
    ) -> Result<(), ImportError> {
        let (changed, same): (Vec<_>, Vec<_>) = plans
            .into_iter()
            .partition(|planned| !planned.draft.is_empty());
        self.summary.progress.unchanged += same.len().try_into().unwrap_or(u64::MAX);
        let outcomes = self.append(&changed).await?;
        for (planned, outcome) in changed.into_iter().zip(outcomes) {
            match outcome {
                Ok(position) => self.written(&planned, position),
                // Somebody else changed the stream meanwhile: decide it anew on what it is now.
                Err(AppendError::Conflict { .. }) => self.write_anew(planner, planned).await?,
                Err(error) => {
                    let refused = Refused::from(CommandError::from(error));
                    self.refuse_plan(&planned, refused)?;
                }
            }
        }
        Ok(())
    }

    fn refuse_plan(&mut self, planned: &Planned, refused: Refused) -> Result<(), ImportError> {
        match refused {
            Refused::Record(cells) => self.refuse_record(&planned.record, cells),
            Refused::Journal(error) => Err(error.into()),
        }
    }

    async fn write_anew(
        &mut self,
        planner: &Planner<'_>,
        before: Planned,
    ) -> Result<(), ImportError> {
        let kind = subject_kind(self.import.profile.record);
        let held = planner
            .references
            .holders(kind, [self.subject_key(&before.record)])
            .await?;
        let existing = held.into_values().next();
        let draft = match planner.plan(&before.record, existing).await {
            Ok(draft) => draft,
            Err(refused) => return self.refuse_plan(&before, refused),
        };
        let again = self.planned(before.record, existing, draft);
        match self
            .append(std::slice::from_ref(&again))
            .await?
            .into_iter()
            .next()
        {
            Some(Ok(position)) => self.written(&again, position),
            Some(Err(error)) => return Err(CommandError::from(error).into()),
            None => {}
        }
        Ok(())
    }

    async fn append(
        &self,
        planned: &[Planned],
    ) -> Result<Vec<Result<i64, AppendError>>, ImportError> {
        let drafts = planned
            .iter()
            .map(|planned| (planned.command_id, planned.draft.clone()))
            .collect();
        Ok(self
            .import
            .bus
            .write_many(&self.import.envelope, drafts)
            .await?)
    }

    fn written(&mut self, planned: &Planned, position: i64) {
        self.summary.position = self.summary.position.max(position);
        self.count(planned);
    }

    fn count(&mut self, planned: &Planned) {
        let verdict = match (planned.existing, planned.draft.is_empty()) {
            (_, true) => Verdict::Unchanged,
            (false, false) => Verdict::Created,
            (true, false) => Verdict::Updated,
        };
        self.summary.progress.events += planned.draft.events();
        self.summary.progress.count(&verdict);
    }

    fn refuse_record(
        &mut self,
        record: &Record,
        cells: Vec<RefusedCell>,
    ) -> Result<(), ImportError> {
        self.refuse(record.line(), record.rows.first(), cells)
    }

    fn refuse_row(&mut self, refused: RefusedRow) -> Result<(), ImportError> {
        let RefusedRow { line, row, cell } = refused;
        self.summary.progress.rows += 1;
        self.refuse(line, row.as_ref(), vec![cell])
    }

    fn refuse(
        &mut self,
        line: u64,
        row: Option<&Row>,
        cells: Vec<RefusedCell>,
    ) -> Result<(), ImportError> {
        for cell in &cells {
            *self.reasons.entry(cell.code.clone()).or_default() += 1;
        }
        self.witness.refused(line, row, &cells)?;
        self.summary.progress.count(&Verdict::Refused(cells));
        Ok(())
    }
}

/// What the key of a record names.
fn subject_kind(record: RecordKind) -> &'static str {
    match record {
        RecordKind::Conversion => RecordKind::Lead.into(),
        RecordKind::StageHistory => RecordKind::Opportunity.into(),
        RecordKind::User
        | RecordKind::Product
        | RecordKind::Client
        | RecordKind::Lead
        | RecordKind::Opportunity => record.into(),
    }
}

/// A command id made from text: the same text, the same command (UUID version 5).
pub(super) fn command_id(parts: &[&str]) -> Uuid {
    const IMPORTS: Uuid = Uuid::from_u128(0x3b1e_5f0c_7d42_4a86_9c1b_2f60_8e9d_a417);
    Uuid::new_v5(&IMPORTS, parts.join("\u{1e}").as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string cannot fail.
            let _infallible = write!(text, "{byte:02x}");
            text
        })
}
