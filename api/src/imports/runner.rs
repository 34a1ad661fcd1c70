//! Who carries jobs out: each node takes the oldest one that nobody carries out, as many at a time as it may.
//!
//! The right to a job is a lease that its node renews; when the node dies, the lease runs out and another takes the job up.
//! So any number of nodes work without knowing of each other.

use std::sync::Arc;
use std::time::Duration;

use cartera_commands::CommandBus;
use cartera_commands::files::WorkerProgram;
use cartera_journal::CancellationToken;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::attempt;
use super::store::ImportStore;
use crate::auth::Identity;
use crate::files::store::StoreError;

/// How often a node looks for jobs that another node's callers started.
const LOOKED_EVERY: Duration = Duration::from_secs(1);
/// How often what is kept no longer is deleted.
const SWEPT_EVERY: Duration = Duration::from_mins(1);

/// How jobs are carried out.
#[derive(Debug, Clone)]
pub struct RunnerSettings {
    /// Jobs at the same time on this node. Default 1, so that commands stay fast; with 0 it leaves them to others.
    pub at_once: usize,
    /// How long a node that says nothing keeps a job. Default 10 s.
    pub lease: Duration,
    /// How long files and refused rows are kept.
    pub kept_for: Duration,
    /// The program that reads workbooks.
    pub worker: WorkerProgram,
}

impl Default for RunnerSettings {
    fn default() -> Self {
        Self {
            at_once: 1,
            lease: Duration::from_secs(10),
            kept_for: crate::files::FileSettings::default().kept_for,
            worker: WorkerProgram::default(),
        }
    }
}

/// What is needed to carry jobs out. Cheap to clone.
#[derive(Clone)]
pub struct Imports {
    pub(super) bus: CommandBus,
    pub(super) identity: Identity,
    pub(super) store: ImportStore,
    wake: Arc<Notify>,
}

impl std::fmt::Debug for Imports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Imports(…)")
    }
}

impl Imports {
    /// Imports through this bus, in the names of the users that `identity` knows.
    pub fn new(bus: CommandBus, identity: Identity, store: ImportStore) -> Self {
        Self {
            bus,
            identity,
            store,
            wake: Arc::default(),
        }
    }

    /// Jobs and files.
    pub fn store(&self) -> &ImportStore {
        &self.store
    }

    /// Says that a job waits, so that this node looks at once.
    pub fn wake(&self) {
        self.wake.notify_one();
    }
}

/// The tasks that carry jobs out.
#[derive(Debug)]
pub struct Runner {
    tasks: Vec<JoinHandle<()>>,
    shutdown: CancellationToken,
}

impl Runner {
    /// Begins to carry jobs out, until the token is cancelled: running ones are let go of then, between two batches.
    pub fn start(
        imports: &Imports,
        settings: RunnerSettings,
        shutdown: &CancellationToken,
    ) -> Self {
        let shutdown = shutdown.child_token();
        let settings = Arc::new(settings);
        let mut tasks: Vec<JoinHandle<()>> = (0..settings.at_once)
            .map(|_| {
                let (imports, settings) = (imports.clone(), Arc::clone(&settings));
                tokio::spawn(carry_out(imports, settings, shutdown.clone()))
            })
            .collect();
        tasks.push(tokio::spawn(sweep(
            imports.store.clone(),
            settings.kept_for,
            shutdown.clone(),
        )));
        Self { tasks, shutdown }
    }

    /// Lets go of what runs, and waits until it has.
    pub async fn stop(self) {
        self.shutdown.cancel();
        for task in self.tasks {
            // A task that panicked has ended too; the log tells.
            drop(task.await);
        }
    }
}

async fn carry_out(imports: Imports, settings: Arc<RunnerSettings>, shutdown: CancellationToken) {
    while !shutdown.is_cancelled() {
        match next(&imports, &settings, &shutdown).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "no import can be taken up for the moment"),
        }
        tokio::select! {
            () = imports.wake.notified() => {}
            () = sleep(LOOKED_EVERY) => {}
            () = shutdown.cancelled() => {}
        }
    }
}

/// Takes a job and carries it out; tells whether there was one.
async fn next(
    imports: &Imports,
    settings: &RunnerSettings,
    shutdown: &CancellationToken,
) -> Result<bool, StoreError> {
    let head = imports.bus.journal().head().await;
    let head =
        head.map_err(|error| StoreError::Database(sqlx::Error::Configuration(error.into())))?;
    let lease = imports.bus.ids().next_id();
    let claimed = imports.store.claim(lease, settings.lease, head).await?;
    match claimed {
        Some(claimed) => {
            attempt::carry_out(imports, settings, claimed, shutdown).await?;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// Deletes what is kept no longer, on whichever node comes first.
async fn sweep(store: ImportStore, kept_for: Duration, shutdown: CancellationToken) {
    loop {
        let swept = async {
            // As long as there is more than one sweep takes.
            while store.files().sweep(kept_for).await? + store.sweep(kept_for).await? > 0 {}
            Ok::<(), StoreError>(())
        };
        tokio::select! {
            swept = swept => if let Err(error) = swept {
                tracing::warn!(%error, "old uploads cannot be deleted for the moment");
            },
            () = shutdown.cancelled() => return,
        }
        tokio::select! {
            () = sleep(SWEPT_EVERY) => {}
            () = shutdown.cancelled() => return,
        }
    }
}
