//! The private PostgreSQL as its users see it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};

use crate::account::Account;
use crate::cluster::{Birth, Cluster, SUPERUSER};
use crate::postmaster::{Places, Postmaster};
use crate::usage::Usage;
use crate::{Binaries, EmbeddedError};

/// Role and database of the application.
const APPLICATION: &str = "cartera";
/// Name of the cluster's folder.
const CLUSTER: &str = "postgres";
/// How often we look whether the server still runs.
const WATCH_EVERY: Duration = Duration::from_millis(100);
/// Longest path of a Unix socket's folder: `sun_path` holds 104 bytes on macOS, 14 of them are the file's name.
const LONGEST_SOCKET_FOLDER: usize = 88;

/// Whether a commit survives a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It does.
    Full,
    /// It does not, and is faster: for tests only.
    None,
}

/// Where the private PostgreSQL lives.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Folder of its files, lock files and log; made if absent.
    pub folder: PathBuf,
    /// The only folder to take PostgreSQL's programs from, where one is named.
    pub binaries: Option<PathBuf>,
    /// Folders into which `scripts/bootstrap` may have put a registry package of PostgreSQL.
    pub bundled: Vec<PathBuf>,
    /// Whether commits survive a power cut.
    pub durability: Durability,
}

impl Settings {
    /// Whether a cluster was made here before.
    pub fn has_cluster(&self) -> bool {
        Cluster::major(&self.folder.join(CLUSTER)).is_some()
    }

    /// Makes the folder if it is not there: closed to others, or, when the server runs as another user, open for passing
    /// through.
    ///
    /// # Errors
    /// The system refuses it.
    pub fn make_folder(&self) -> Result<(), EmbeddedError> {
        data_folder(&self.folder, &Account::choose()?).map(drop)
    }
}

/// A TCP port for tests, and the password of the superuser there.
#[derive(Debug, Clone)]
pub(crate) struct Loopback {
    pub(crate) port: u16,
    pub(crate) password: String,
}

/// A private PostgreSQL that runs, watched: it is started again when it dies, and stopped with its last user.
#[derive(Debug)]
pub struct Embedded {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    cluster: Cluster,
    binaries: Binaries,
    places: Places,
    usage: Usage,
    server: Mutex<Postmaster>,
    stopping: AtomicBool,
}

impl Embedded {
    /// Starts it, or joins the one that already runs in this folder, and makes the application's role and database.
    ///
    /// # Errors
    /// No PostgreSQL on this machine, a folder that cannot be used, or a server that does not start: [`EmbeddedError`].
    pub async fn start(settings: &Settings) -> Result<Self, EmbeddedError> {
        let running = Self::start_server(settings.clone(), None).await?;
        running.shared.prepare_database().await?;
        Ok(running)
    }

    /// Starts the server, with a TCP port on the loopback interface where one is asked for, and watches it.
    pub(crate) async fn start_server(
        settings: Settings,
        loopback: Option<Loopback>,
    ) -> Result<Self, EmbeddedError> {
        let started =
            tokio::task::spawn_blocking(move || Shared::start(&settings, loopback.as_ref()));
        let shared = Arc::new(started.await.map_err(EmbeddedError::Interrupted)??);
        Shared::watch(&shared);
        Ok(Self { shared })
    }

    /// URL of the application's database, as its role.
    pub fn url(&self) -> String {
        format!(
            "postgres://{APPLICATION}@localhost/{APPLICATION}?host={}",
            self.shared.places.socket.display()
        )
    }

    /// URL of the maintenance database, as superuser.
    pub fn superuser_url(&self) -> String {
        format!(
            "postgres://{SUPERUSER}@localhost/postgres?host={}",
            self.shared.places.socket.display()
        )
    }

    /// Which PostgreSQL it is.
    pub fn binaries(&self) -> &Binaries {
        &self.shared.binaries
    }

    /// Process id of the server, for tests that kill it.
    pub fn server_pid(&self) -> u32 {
        self.shared
            .server
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pid
    }

    /// Stops it, unless another process still uses it.
    pub async fn stop(self) {
        let shared = Arc::clone(&self.shared);
        if let Err(error) = tokio::task::spawn_blocking(move || shared.stop()).await {
            tracing::warn!(%error, "the embedded PostgreSQL was not stopped");
        }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.shared.stop();
    }
}

impl Shared {
    fn start(settings: &Settings, loopback: Option<&Loopback>) -> Result<Self, EmbeddedError> {
        let account = Account::choose()?;
        let folder = data_folder(&settings.folder, &account)?;
        account.may_enter(&folder)?;
        let cluster = Cluster {
            folder: folder.join(CLUSTER),
            account,
        };
        let binaries = choose_binaries(settings, &cluster)?;
        let socket = socket_folder(&folder, &cluster.account)?;
        let places = Places {
            socket,
            tcp_port: loopback.map(|tcp| tcp.port),
            log: folder.join("postgres.log"),
        };
        let usage = Usage::open(&folder)?;
        let turn = usage.turn()?;
        let password = loopback.map(|tcp| &*tcp.password);
        cluster.ensure(&Birth {
            binaries: &binaries,
            durability: settings.durability,
            password,
        })?;
        cluster.configure(settings.durability)?;
        let server = find_or_start(&cluster, &binaries, &places)?;
        usage.join()?;
        drop(turn);
        Ok(Self {
            cluster,
            binaries,
            places,
            usage,
            server: Mutex::new(server),
            stopping: AtomicBool::new(false),
        })
    }

    /// Makes the application's role (no superuser: it can run no program and read no file of the server) and database.
    async fn prepare_database(&self) -> Result<(), EmbeddedError> {
        let options = PgConnectOptions::new_without_pgpass()
            .socket(&self.places.socket)
            .username(SUPERUSER)
            .database("postgres");
        let mut connection = PgConnection::connect_with(&options).await?;
        for (known, make) in [
            (
                "SELECT FROM pg_roles WHERE rolname = 'cartera'",
                "CREATE ROLE cartera LOGIN",
            ),
            (
                "SELECT FROM pg_database WHERE datname = 'cartera'",
                "CREATE DATABASE cartera OWNER cartera",
            ),
        ] {
            if connection.fetch_optional(known).await?.is_none() {
                connection.execute(make).await?;
            }
        }
        connection.close().await?;
        Ok(())
    }

    /// Looks after the server until it is stopped on purpose or nobody holds it.
    fn watch(shared: &Arc<Self>) {
        let watched = Arc::downgrade(shared);
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(WATCH_EVERY);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            while Self::look_after(&watched).await {
                ticks.tick().await;
            }
        });
    }

    /// Starts the server again if it has ended; false when there is nothing more to look after.
    async fn look_after(watched: &Weak<Self>) -> bool {
        let Some(shared) = watched
            .upgrade()
            .filter(|shared| !shared.stopping.load(Ordering::SeqCst))
        else {
            return false;
        };
        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || shared.keep_running()).await {
            tracing::error!(%error, "the embedded PostgreSQL is down");
        }
        true
    }

    fn keep_running(&self) -> Result<(), EmbeddedError> {
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        if self.stopping.load(Ordering::SeqCst) || !server.ended(&self.cluster) {
            return Ok(());
        }
        tracing::warn!(
            pid = server.pid,
            "the embedded PostgreSQL has ended: starting it again"
        );
        let _turn = self.usage.turn()?;
        *server = find_or_start(&self.cluster, &self.binaries, &self.places)?;
        Ok(())
    }

    fn stop(&self) {
        if self.stopping.swap(true, Ordering::SeqCst) {
            return;
        }
        let mut server = self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(_turn) = self.usage.turn() else { return };
        if self.usage.leave() {
            server.stop(&self.cluster, &self.binaries);
        }
    }
}

fn find_or_start(
    cluster: &Cluster,
    binaries: &Binaries,
    places: &Places,
) -> Result<Postmaster, EmbeddedError> {
    match Postmaster::running(cluster, places)? {
        Some(server) => Ok(server),
        None => Postmaster::start(cluster, binaries, places),
    }
}

fn choose_binaries(settings: &Settings, cluster: &Cluster) -> Result<Binaries, EmbeddedError> {
    let wanted = Cluster::major(&cluster.folder);
    let found = Binaries::find(settings.binaries.as_deref(), &settings.bundled, wanted);
    let binaries = found.map_err(|error| match (error, wanted) {
        (EmbeddedError::NoBinaries, Some(wanted)) => EmbeddedError::OtherVersion {
            folder: cluster.folder.clone(),
            wanted,
        },
        (error, _) => error,
    })?;
    if let Some(wanted) = wanted.filter(|wanted| *wanted != binaries.major) {
        return Err(EmbeddedError::OtherVersion {
            folder: cluster.folder.clone(),
            wanted,
        });
    }
    cluster.account.may_enter(&binaries.folder)?;
    Ok(binaries)
}

/// The data folder, made if absent.
fn data_folder(folder: &Path, account: &Account) -> Result<PathBuf, EmbeddedError> {
    if !folder.exists() {
        fs::create_dir_all(folder).map_err(EmbeddedError::files("create", folder))?;
        let mode = if *account == Account::Own {
            0o700
        } else {
            0o711
        };
        fs::set_permissions(folder, fs::Permissions::from_mode(mode))
            .map_err(EmbeddedError::files("close", folder))?;
    }
    folder
        .canonicalize()
        .map_err(EmbeddedError::files("find", folder))
}

/// A folder for the socket that only the server's user may enter.
fn socket_folder(folder: &Path, account: &Account) -> Result<PathBuf, EmbeddedError> {
    let socket = folder.join("run");
    if socket.as_os_str().len() > LONGEST_SOCKET_FOLDER {
        return Err(EmbeddedError::TooDeep {
            folder: folder.to_owned(),
        });
    }
    account.private_folder(&socket)?;
    Ok(socket)
}
