//! One attempt at a job: the file is fetched, the import runs in a thread of its own, a heart beats beside it.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cartera_commands::files::{FileRefusal, StopSign, WorkerProgram};
use cartera_commands::importing::{Import, ImportError, Mode, Profile};
use cartera_commands::{Caller, CommandError};
use cartera_domain::{Permission, Viewer};
use cartera_journal::CancellationToken;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::sleep;

use super::job::{Counts, Failure, JobAbout};
use super::runner::{Imports, RunnerSettings};
use super::store::{Claimed, End, ImportStore};
use super::witness::Recorder;
use crate::files::store::StoreError;

/// How often a running job says how far it is, and hears whether it is to end.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// Attempts after which a job is given up: something about it ends every attempt.
const MOST_ATTEMPTS: i32 = 5;

/// Carries a claimed job out as far as possible.
///
/// # Errors
/// When the database does not answer; then the lease runs out, and the job is taken up again.
pub(super) async fn carry_out(
    imports: &Imports,
    settings: &RunnerSettings,
    claimed: Claimed,
    shutdown: &CancellationToken,
) -> Result<(), StoreError> {
    let store = &imports.store;
    let end = match ready(imports, &claimed).await? {
        Ok((viewer, about)) => {
            store.forget_refused(&claimed).await?;
            let (counts, watched) = watch::channel(Counts::default());
            let sign = StopSign::default();
            let done = CancellationToken::new();
            let heart = tokio::spawn(beat(Heart {
                store: store.clone(),
                claimed: claimed.clone(),
                lease: settings.lease,
                sign: sign.clone(),
                watched: watched.clone(),
                done: done.clone(),
                shutdown: shutdown.clone(),
            }));
            let work = Work {
                imports: imports.clone(),
                claimed: claimed.clone(),
                viewer,
                about,
                sign,
                worker: settings.worker.clone(),
            };
            // Deciding a batch takes the processor's time: commands must not wait for it behind one another.
            let worked = tokio::task::spawn_blocking(move || {
                Handle::current().block_on(work.import(counts))
            });
            let worked = worked.await;
            done.cancel();
            let ended_by = heart.await.unwrap_or(EndedBy::Itself);
            let reached = *watched.borrow();
            end_of(worked, ended_by).map(|end| (end, Some(reached)))
        }
        Err(end) => Some((end, None)),
    };
    match end {
        Some((end, counts)) => store.end(&claimed, counts, &end).await,
        None => Ok(()),
    }
}

/// What a job needs to be carried out, or how it ends without.
async fn ready(
    imports: &Imports,
    claimed: &Claimed,
) -> Result<Result<(Arc<Viewer>, JobAbout), End>, StoreError> {
    if claimed.cancel {
        return Ok(Err(End::Cancelled));
    }
    if claimed.attempt > MOST_ATTEMPTS {
        let reason = "it was begun several times and never came to its end";
        return Ok(Err(failed("IMPORT_GIVEN_UP", reason)));
    }
    let Some(about) = claimed.about.clone() else {
        return Ok(Err(failed(
            "IMPORT_FILE_GONE",
            "the file is kept no longer",
        )));
    };
    // The user's rights count as they are now, not as they were when the job was started.
    let viewer = imports
        .identity
        .viewer_of(claimed.started_by, claimed.begun_at)
        .await;
    let viewer = viewer.map_err(|error| {
        let words = error.message().to_owned();
        StoreError::Database(sqlx::Error::Configuration(words.into()))
    })?;
    Ok(
        match viewer.filter(|viewer| viewer.may(Permission::Import)) {
            Some(viewer) => Ok((Arc::new(viewer), about)),
            None => Err(failed(
                "FORBIDDEN",
                "whoever started it may not import any more",
            )),
        },
    )
}

fn failed(code: &str, message: &str) -> End {
    End::Failed(Failure {
        code: code.to_owned(),
        message: message.to_owned(),
    })
}

/// How an attempt ends; `None` where it is another's by now, or will be when the lease runs out.
fn end_of(
    worked: Result<Result<(), ImportError>, tokio::task::JoinError>,
    ended_by: EndedBy,
) -> Option<End> {
    let error = match worked {
        Ok(Ok(())) => return Some(End::Finished),
        Ok(Err(error)) => error,
        Err(panic) => {
            tracing::error!(%panic, "an import panicked");
            return Some(failed("INTERNAL", "something went wrong on our side"));
        }
    };
    match (ended_by, error) {
        (EndedBy::User, ImportError::Stopped) => Some(End::Cancelled),
        (EndedBy::Shutdown, ImportError::Stopped) => Some(End::Released),
        (EndedBy::Itself | EndedBy::Loss, ImportError::Stopped) => None,
        // The database does not answer: once it does, the job is taken up again.
        (_, ImportError::Refused(error)) => {
            tracing::warn!(%error, "an import pauses");
            None
        }
        (_, ImportError::Command(error @ (CommandError::Unavailable(_) | CommandError::Busy))) => {
            tracing::warn!(%error, "an import pauses");
            None
        }
        (_, error) => Some(failed(error.code(), &error.to_string())),
    }
}

/// The import itself, in a thread of its own.
struct Work {
    imports: Imports,
    claimed: Claimed,
    viewer: Arc<Viewer>,
    about: JobAbout,
    sign: StopSign,
    worker: WorkerProgram,
}

impl Work {
    async fn import(self, counts: watch::Sender<Counts>) -> Result<(), ImportError> {
        let Self {
            imports,
            claimed,
            viewer,
            about,
            sign,
            worker,
        } = self;
        let profile = Profile::parse(&about.profile)?;
        let file = fetch(&imports.store, &claimed, &sign).await?;
        let mode = if claimed.dry_run {
            Mode::DryRun
        } else {
            Mode::Write
        };
        let import = Import::new(&imports.bus, &profile, &Caller::Viewer(viewer), mode)?
            .with_worker(worker)
            .until(sign)
            .of_run(claimed.id, claimed.begun_at);
        let mut recorder = Recorder::new(imports.store.clone(), claimed, counts);
        let outcome = import.witnessed(&file.path(), &mut recorder).await;
        // What was refused until the end counts also where the end came early.
        recorder.finish().await?;
        outcome.map(|_summary| ())
    }
}

/// A file in the clear, for as long as it is read: it has no name, so it is gone with its process, however that ends.
struct Fetched(std::fs::File);

impl Fetched {
    /// Each opening of this path reads from the beginning.
    fn path(&self) -> std::path::PathBuf {
        use std::os::fd::AsRawFd;
        format!("/proc/self/fd/{}", self.0.as_raw_fd()).into()
    }
}

async fn fetch(
    store: &ImportStore,
    claimed: &Claimed,
    sign: &StopSign,
) -> Result<Fetched, ImportError> {
    let mut file = tempfile::tempfile()?;
    let mut number = 0;
    loop {
        if sign.is_raised() {
            return Err(ImportError::Stopped);
        }
        let piece = store.files().piece(claimed.file, number).await;
        match piece.map_err(io::Error::other)? {
            Some(piece) => file.write_all(&piece)?,
            None if number == 0 => {
                let reason = "it is kept no longer".to_owned();
                return Err(FileRefusal::FileNotOpened { reason }.into());
            }
            None => return Ok(Fetched(file)),
        }
        number += 1;
    }
}

/// Why a heart stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EndedBy {
    /// The import came to its end.
    Itself,
    /// Somebody cancelled it.
    User,
    /// The node stops.
    Shutdown,
    /// The job is another's by now, or could be.
    Loss,
}

struct Heart {
    store: ImportStore,
    claimed: Claimed,
    lease: Duration,
    sign: StopSign,
    watched: watch::Receiver<Counts>,
    done: CancellationToken,
    shutdown: CancellationToken,
}

/// Renews the lease, writes the progress down, and raises the sign when the import has to end.
async fn beat(heart: Heart) -> EndedBy {
    let mut renewed = Instant::now();
    let ended_by = loop {
        tokio::select! {
            () = sleep(HEARTBEAT) => {}
            () = heart.done.cancelled() => return EndedBy::Itself,
            () = heart.shutdown.cancelled() => break EndedBy::Shutdown,
        }
        let counts = *heart.watched.borrow();
        match heart.store.beat(&heart.claimed, heart.lease, counts).await {
            Ok(Some(false)) => renewed = Instant::now(),
            Ok(Some(true)) => break EndedBy::User,
            Ok(None) => break EndedBy::Loss,
            Err(_) if renewed.elapsed() >= heart.lease => break EndedBy::Loss,
            Err(error) => tracing::warn!(%error, "an import cannot say how far it is"),
        }
    };
    heart.sign.raise();
    ended_by
}
