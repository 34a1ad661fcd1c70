//! What can go wrong, each said in one sentence that tells what to do.

use std::path::PathBuf;

/// Why the private PostgreSQL does not run.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// No usable binaries anywhere.
    #[error(
        "no PostgreSQL 15 or newer was found: run scripts/bootstrap (or `apt-get install postgresql`), or name its bin folder in \
         CARTERA_POSTGRES_BIN, or a running server in DATABASE_URL"
    )]
    NoBinaries,
    /// The named folder does not hold a usable PostgreSQL.
    #[error(
        "{folder} does not hold postgres, initdb and pg_ctl of PostgreSQL 15 or newer: correct CARTERA_POSTGRES_BIN"
    )]
    UnusableBinaries {
        /// The folder as configured.
        folder: PathBuf,
    },
    /// The data folder was made by another major version.
    #[error(
        "the data in {folder} was made by PostgreSQL {wanted}, which is not installed here: install that version, or name its bin \
         folder in CARTERA_POSTGRES_BIN"
    )]
    OtherVersion {
        /// The cluster's folder.
        folder: PathBuf,
        /// Its major version.
        wanted: u32,
    },
    /// We are root and there is no user for the server.
    #[error(
        "PostgreSQL does not run as root and this machine has neither a user `postgres` nor `nobody`: create one, or start cartera as another user"
    )]
    NoAccount,
    /// The unprivileged user cannot reach a folder.
    #[error(
        "the user {account}, as whom PostgreSQL runs here, may not enter {folder}: allow it (chmod o+x), or choose another folder in CARTERA_DATA_DIR"
    )]
    Closed {
        /// The first folder it may not enter.
        folder: PathBuf,
        /// Name of the unprivileged user.
        account: String,
    },
    /// The path of the socket would be longer than the system allows.
    #[error(
        "the path {folder} is too long for a Unix socket in it: choose a shorter one in CARTERA_DATA_DIR"
    )]
    TooDeep {
        /// The data folder.
        folder: PathBuf,
    },
    /// The file system refused something.
    #[error(
        "cannot {act} {path}: {source}: mend that, or choose another folder in CARTERA_DATA_DIR"
    )]
    Files {
        /// What was tried: `create`, `read`.
        act: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A program of PostgreSQL could not be started.
    #[error("cannot run {program}: {source}")]
    Program {
        /// The program.
        program: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// `initdb` failed.
    #[error("PostgreSQL could not prepare {folder}: {output}")]
    Init {
        /// The cluster's folder.
        folder: PathBuf,
        /// What it printed last.
        output: String,
    },
    /// The server ended while starting.
    #[error("PostgreSQL did not start, its log says: {log_tail} (see {log})")]
    Died {
        /// The log file.
        log: PathBuf,
        /// Its last line that tells a cause.
        log_tail: String,
    },
    /// The server is alive but not ready.
    #[error("PostgreSQL was not ready within {seconds} s: see {log}")]
    NotReady {
        /// How long we waited.
        seconds: u64,
        /// The log file.
        log: PathBuf,
    },
    /// The runtime was shut down meanwhile.
    #[error("PostgreSQL was not started: {0}")]
    Interrupted(tokio::task::JoinError),
    /// The server answers, and refuses to make our database.
    #[error("the embedded PostgreSQL refuses to prepare the database: {0}")]
    Prepare(#[from] sqlx::Error),
}

impl EmbeddedError {
    /// Names the act and the path of a file system error.
    pub(crate) fn files(
        act: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Files { act, path, source }
    }
}
