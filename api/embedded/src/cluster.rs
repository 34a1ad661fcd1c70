//! The cluster's folder on disk: made once by `initdb`, configured at every start.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::account::Account;
use crate::{Binaries, Durability, EmbeddedError};

/// Superuser of the cluster; the application never works as it.
pub(crate) const SUPERUSER: &str = "postgres";

/// For a small server: a dozen connections, a memory that leaves room for others, a recovery of about a second.
const SETTINGS: &str = "\
max_connections = 100
shared_buffers = 128MB
max_wal_size = 512MB
checkpoint_timeout = 5min
recovery_init_sync_method = syncfs
wal_compression = on
jit = off
timezone = UTC
log_timezone = UTC
log_min_messages = warning
log_line_prefix = '%m [%p] '
password_encryption = 'scram-sha-256'
";

/// For a test: what a power cut leaves behind does not matter.
const SETTINGS_WITHOUT_SYNC: &str = "\
fsync = off
full_page_writes = off
synchronous_commit = off
max_wal_size = 2GB
";

/// Threads that flush a new cluster's files.
const FLUSHED_AT_ONCE: usize = 32;

/// A cluster's folder.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    /// Where PostgreSQL keeps its files.
    pub(crate) folder: PathBuf,
    /// Who owns it.
    pub(crate) account: Account,
}

/// What a new cluster is made with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Birth<'a> {
    /// The programs.
    pub(crate) binaries: &'a Binaries,
    /// Whether the files are flushed to the disk.
    pub(crate) durability: Durability,
    /// The superuser's, where the server will listen on TCP.
    pub(crate) password: Option<&'a str>,
}

impl Cluster {
    /// Major version that made the folder; `None` when it is not there yet.
    pub(crate) fn major(folder: &Path) -> Option<u32> {
        fs::read_to_string(folder.join("PG_VERSION"))
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    /// Makes the folder if it is not there. A half-made one of an earlier attempt is thrown away first.
    pub(crate) fn ensure(&self, birth: &Birth<'_>) -> Result<(), EmbeddedError> {
        if Self::major(&self.folder).is_some() {
            return Ok(());
        }
        let unfinished = self.folder.with_extension("unfinished");
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(EmbeddedError::files("remove", &unfinished))?;
        }
        self.account.private_folder(&unfinished)?;
        self.initdb(birth, &unfinished)?;
        let settings = unfinished.join("postgresql.conf");
        let mut file = fs::OpenOptions::new()
            .append(true)
            .open(&settings)
            .map_err(EmbeddedError::files("open", &settings))?;
        file.write_all(b"include = 'cartera.conf'\n")
            .map_err(EmbeddedError::files("write", &settings))?;
        drop(file);
        if birth.durability == Durability::Full {
            flush(&unfinished)?;
        }
        fs::rename(&unfinished, &self.folder).map_err(EmbeddedError::files("create", &self.folder))
    }

    fn initdb(&self, birth: &Birth<'_>, into: &Path) -> Result<(), EmbeddedError> {
        let mut output = self.try_initdb(birth, into, "C.UTF-8")?;
        if !output.status.success() && String::from_utf8_lossy(&output.stderr).contains("locale") {
            // Systems without C.UTF-8 (macOS): the plain one; the encoding is UTF-8 all the same.
            output = self.try_initdb(birth, into, "C")?;
        }
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let cause = said
            .lines()
            .find(|line| line.contains("error:"))
            .or_else(|| said.lines().last());
        Err(EmbeddedError::Init {
            folder: self.folder.clone(),
            output: cause.unwrap_or("nothing").to_owned(),
        })
    }

    fn try_initdb(
        &self,
        birth: &Birth<'_>,
        into: &Path,
        locale: &str,
    ) -> Result<Output, EmbeddedError> {
        let program = birth.binaries.program("initdb");
        let mut command = self.account.command(&program);
        command.arg("-D").arg(into).args([
            "-U",
            SUPERUSER,
            "-E",
            "UTF8",
            "--locale",
            locale,
            "--lc-messages=C",
        ]);
        // The socket lies in a folder that only the owner may enter: that is the authentication.
        command.args([
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            "--no-instructions",
        ]);
        // Faster by `flush`.
        command.arg("--no-sync");
        let file = into.with_extension("password");
        if let Some(password) = birth.password {
            self.write_private(&file, password)?;
            command.arg("--pwfile").arg(&file);
        }
        let output = command
            .output()
            .map_err(|source| EmbeddedError::Program { program, source });
        if birth.password.is_some() {
            fs::remove_file(&file).map_err(EmbeddedError::files("remove", &file))?;
        }
        output
    }

    /// Writes the settings of this version of Cartera; what `ALTER SYSTEM` set holds over them.
    pub(crate) fn configure(&self, durability: Durability) -> Result<(), EmbeddedError> {
        let extra = if durability == Durability::None {
            SETTINGS_WITHOUT_SYNC
        } else {
            ""
        };
        self.write_private(
            &self.folder.join("cartera.conf"),
            &format!("{SETTINGS}{extra}"),
        )
    }

    /// Writes a file that the cluster's user owns and nobody else may read.
    fn write_private(&self, path: &Path, text: &str) -> Result<(), EmbeddedError> {
        let opened = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path);
        let mut file = opened.map_err(EmbeddedError::files("create", path))?;
        self.account.own(path)?;
        file.set_permissions(fs::Permissions::from_mode(0o600))
            .map_err(EmbeddedError::files("close", path))?;
        file.write_all(text.as_bytes())
            .map_err(EmbeddedError::files("write", path))
    }
}

/// Brings all files of a new cluster to the disk. Many at a time: then the file system writes its journal once for all of
/// them, which takes a tenth of a second; one after the other takes seconds, and so does flushing all that others wrote.
fn flush(folder: &Path) -> Result<(), EmbeddedError> {
    let mut paths = Vec::new();
    collect(folder, &mut paths).map_err(EmbeddedError::files("read", folder))?;
    let share = paths.len().div_ceil(FLUSHED_AT_ONCE).max(1);
    std::thread::scope(|scope| {
        let threads: Vec<_> = paths
            .chunks(share)
            .map(|paths| scope.spawn(|| flush_each(paths)))
            .collect();
        threads.into_iter().try_for_each(|thread| {
            thread
                .join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    })
}

fn flush_each(paths: &[PathBuf]) -> Result<(), EmbeddedError> {
    paths.iter().try_for_each(|path| {
        File::open(path)
            .and_then(|file| file.sync_all())
            .map_err(EmbeddedError::files("flush", path))
    })
}

/// The folder and everything in it.
fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> std::io::Result<()> {
    paths.push(folder.to_owned());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), paths)?;
        } else {
            paths.push(entry.path());
        }
    }
    Ok(())
}
