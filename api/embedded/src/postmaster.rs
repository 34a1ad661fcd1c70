//! The running server: started, found again, waited for, stopped.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::cluster::Cluster;
use crate::{Binaries, EmbeddedError};

/// How long a server may take to be ready, recovery after a crash included.
const READY_WITHIN: Duration = Duration::from_mins(1);
/// How often the server's state is looked at while waiting.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// A log larger than this is put aside at the next start.
const LOG_LIMIT_BYTES: u64 = 10 * 1024 * 1024;
/// PostgreSQL's port where none is chosen; it names the socket's files.
const USUAL_PORT: u16 = 5432;

/// Where the server listens and writes its log.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// Folder of the Unix socket.
    pub(crate) socket: PathBuf,
    /// TCP port on the loopback interface, for tests only.
    pub(crate) tcp_port: Option<u16>,
    /// What the server says.
    pub(crate) log: PathBuf,
}

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Postmaster {
    /// Its process id.
    pub(crate) pid: u32,
    /// The process, when we started it ourselves: it has to be reaped.
    child: Option<Child>,
}

/// The lines of `postmaster.pid` that matter here.
struct PidFile {
    pid: u32,
    ready: bool,
}

impl Postmaster {
    /// The server of this cluster if one runs, as a killed process of ours leaves it behind.
    pub(crate) fn running(
        cluster: &Cluster,
        places: &Places,
    ) -> Result<Option<Self>, EmbeddedError> {
        let Some(file) = pid_file(&cluster.folder) else {
            return Ok(None);
        };
        if !serves(file.pid, &cluster.folder) {
            return Ok(None);
        }
        let found = Self {
            pid: file.pid,
            child: None,
        };
        if let Err(error) = (Self {
            pid: file.pid,
            child: None,
        })
        .wait_until_ready(cluster, places)
        {
            // It was on its way out: then it is as if it had not been there.
            return if found.alive(cluster) {
                Err(error)
            } else {
                Ok(None)
            };
        }
        Ok(Some(found))
    }

    /// Starts the server and waits until it takes connections.
    pub(crate) fn start(
        cluster: &Cluster,
        binaries: &Binaries,
        places: &Places,
    ) -> Result<Self, EmbeddedError> {
        forget_stale(cluster, places)?;
        let begun = Instant::now();
        loop {
            match Self::try_start(cluster, binaries, places) {
                // The processes of a killed server still hold its memory: they notice within a moment.
                Err(EmbeddedError::Died { log_tail, .. })
                    if log_tail.contains("pre-existing shared memory block")
                        && begun.elapsed() < READY_WITHIN => {}
                outcome => return outcome,
            }
        }
    }

    fn try_start(
        cluster: &Cluster,
        binaries: &Binaries,
        places: &Places,
    ) -> Result<Self, EmbeddedError> {
        let program = binaries.program("postgres");
        let log = open_log(&places.log)?;
        let mut command = cluster.account.command(&program);
        command
            .arg("-D")
            .arg(&cluster.folder)
            .arg("-k")
            .arg(&places.socket);
        match places.tcp_port {
            Some(port) => command
                .args(["-c", "listen_addresses=127.0.0.1", "-p"])
                .arg(port.to_string()),
            None => command.args(["-c", "listen_addresses="]),
        };
        let errors = log
            .try_clone()
            .map_err(EmbeddedError::files("open", &places.log))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn();
        let child = child.map_err(|source| EmbeddedError::Program { program, source })?;
        let mut started = Self {
            pid: child.id(),
            child: Some(child),
        };
        started.wait_until_ready(cluster, places)?;
        Ok(started)
    }

    fn wait_until_ready(
        &mut self,
        cluster: &Cluster,
        places: &Places,
    ) -> Result<(), EmbeddedError> {
        let begun = Instant::now();
        while begun.elapsed() < READY_WITHIN {
            if pid_file(&cluster.folder).is_some_and(|file| file.pid == self.pid && file.ready) {
                return Ok(());
            }
            if self.ended(cluster) {
                return Err(EmbeddedError::Died {
                    log: places.log.clone(),
                    log_tail: cause_in(&places.log),
                });
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Err(EmbeddedError::NotReady {
            seconds: READY_WITHIN.as_secs(),
            log: places.log.clone(),
        })
    }

    /// Whether the process is gone; reaps it when it is our child.
    pub(crate) fn ended(&mut self, cluster: &Cluster) -> bool {
        match &mut self.child {
            Some(child) => !matches!(child.try_wait(), Ok(None)),
            None => !self.alive(cluster),
        }
    }

    fn alive(&self, cluster: &Cluster) -> bool {
        serves(self.pid, &cluster.folder)
    }

    /// Stops the server: at once for its clients, but cleanly for its files; if that takes too long, without a last checkpoint.
    pub(crate) fn stop(&mut self, cluster: &Cluster, binaries: &Binaries) {
        for (mode, seconds) in [("fast", "3"), ("immediate", "2")] {
            let mut command = cluster.account.command(binaries.program("pg_ctl"));
            command
                .arg("stop")
                .arg("-D")
                .arg(&cluster.folder)
                .args(["-w", "-s", "-m", mode, "-t", seconds]);
            let stopped = command
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            if stopped.is_ok_and(|status| status.success()) || self.ended(cluster) {
                break;
            }
        }
        if let Some(Err(error)) = self.child.as_mut().map(Child::wait) {
            tracing::warn!(%error, "the embedded PostgreSQL could not be waited for");
        }
    }
}

/// What the server wrote about itself, if it is whole.
fn pid_file(folder: &Path) -> Option<PidFile> {
    let text = fs::read_to_string(folder.join("postmaster.pid")).ok()?;
    let pid = text.lines().next()?.trim().parse().ok()?;
    Some(PidFile {
        pid,
        ready: text
            .lines()
            .nth(7)
            .is_some_and(|state| state.trim() == "ready"),
    })
}

/// Whether this process is a server of this folder: after a restart of the machine the id may be another's.
fn serves(pid: u32, folder: &Path) -> bool {
    let line = fs::read(format!("/proc/{pid}/cmdline")).or_else(|_no_proc| {
        let listed = Command::new("ps")
            .args(["-o", "command=", "-p", &pid.to_string()])
            .output();
        listed.map(|output| output.stdout)
    });
    line.is_ok_and(|line| String::from_utf8_lossy(&line).contains(&*folder.to_string_lossy()))
}

/// Removes the lock files of a server that is gone, its `postmaster.pid` and its socket's: PostgreSQL itself refuses to start
/// while any process has the id in them, be it another's or a dead one that nobody has reaped yet.
fn forget_stale(cluster: &Cluster, places: &Places) -> Result<(), EmbeddedError> {
    let socket = format!(".s.PGSQL.{}.lock", places.tcp_port.unwrap_or(USUAL_PORT));
    for lock in [
        cluster.folder.join("postmaster.pid"),
        places.socket.join(socket),
    ] {
        let holder = fs::read_to_string(&lock).ok();
        let holder = holder.and_then(|text| text.lines().next()?.trim().parse().ok());
        if holder.is_some_and(|pid| !serves(pid, &cluster.folder)) {
            tracing::warn!(pid = holder, lock = %lock.display(), "removing the lock of an embedded PostgreSQL that is gone");
            fs::remove_file(&lock).map_err(EmbeddedError::files("remove", lock))?;
        }
    }
    Ok(())
}

fn open_log(path: &Path) -> Result<File, EmbeddedError> {
    if fs::metadata(path).is_ok_and(|metadata| metadata.len() > LOG_LIMIT_BYTES) {
        fs::rename(path, path.with_extension("log.old"))
            .map_err(EmbeddedError::files("put aside", path))?;
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(EmbeddedError::files("open", path))
}

/// The last line of the log that tells a cause.
fn cause_in(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut lines = text.lines().rev();
    let cause = lines.find(|line| {
        ["FATAL:", "PANIC:", "ERROR:"]
            .iter()
            .any(|word| line.contains(word))
    });
    cause
        .or_else(|| text.lines().last())
        .unwrap_or("nothing")
        .to_owned()
}
