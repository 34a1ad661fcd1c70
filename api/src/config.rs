//! Everything that can be set from outside: by option, environment or file, checked at start.
//!
//! An option holds over the environment, the environment over the file. What is wrong is said in one sentence that tells
//! what to write. Nothing else in the workspace reads the environment.

mod options;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use cartera_embedded::{Durability, Settings};
use zeroize::Zeroizing;

use crate::edge::headers::Transport;
use crate::files::FileSettings;

pub use options::Options;

/// A setting cannot be used, or a needed one is absent.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A value is of another form.
    #[error("{name} must be {expected}, not \"{found}\"")]
    Form {
        /// Name in the environment.
        name: &'static str,
        /// What to write.
        expected: &'static str,
        /// What was written.
        found: String,
    },
    /// A value that is not shown because it may hold a password.
    #[error("{name} must be {expected}")]
    SecretForm {
        /// Name in the environment.
        name: &'static str,
        /// What to write.
        expected: &'static str,
    },
    /// The configuration file cannot be used.
    #[error(
        "the configuration file {path} cannot be used: {cause}: correct it, or name another in CARTERA_CONFIG"
    )]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the line where it is.
        cause: String,
    },
    /// There is neither a home folder nor a data folder.
    #[error("no folder for the data: set CARTERA_DATA_DIR")]
    NoDataFolder,
}

/// The checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the database is.
    pub database: Database,
    /// Folder of PostgreSQL's programs, where they are not found by themselves.
    pub postgres_programs: Option<PathBuf>,
    /// Folder of files, of the embedded database and of the master key.
    pub data_folder: PathBuf,
    /// Address and port of the web server.
    pub listen: SocketAddr,
    /// How people reach the service, without a final `/`: for links, cookies and the check of origins.
    pub public_url: String,
    /// Where the key is that seals personal data.
    pub master_key: MasterKeyPlace,
    /// Logs and traces.
    pub telemetry: Telemetry,
    /// Whether introspection is free and GraphiQL is served.
    pub development: bool,
    /// Most connections to the database for reading.
    pub database_connections: u32,
    /// Threads that run requests. One is best beside a database on the same machine: see `docs/operations.md`.
    pub threads: usize,
    /// How much may be uploaded, and how long it is kept.
    pub files: FileSettings,
    /// Imports that this node carries out at the same time.
    pub imports: usize,
}

/// Where the database is.
#[derive(Debug, Clone)]
pub enum Database {
    /// A private PostgreSQL that the service starts itself.
    Embedded(Settings),
    /// A server of one's own.
    Server(DatabaseUrl),
}

/// A URL that may hold a password, and so is not shown.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(pub String);

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseUrl(…)")
    }
}

/// Where the master key is.
#[derive(Clone)]
pub enum MasterKeyPlace {
    /// The key itself, in base64.
    Text(Zeroizing<String>),
    /// A file that holds it.
    File(PathBuf),
    /// A file that holds it, to be made with the embedded database.
    FileToBeMade(PathBuf),
    /// Nobody said where: it is needed by the commands that read or write the log.
    Unknown,
}

impl std::fmt::Debug for MasterKeyPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text(_) => f.write_str("Text(…)"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Unknown => f.write_str("Unknown"),
            Self::FileToBeMade(path) => f.debug_tuple("FileToBeMade").field(path).finish(),
        }
    }
}

/// Logs and traces.
#[derive(Debug, Clone, PartialEq)]
pub struct Telemetry {
    /// Which messages: `info`, `cartera=debug,warn` (the syntax of `tracing_subscriber::EnvFilter`).
    pub filter: String,
    /// Form of a log line.
    pub format: LogFormat,
    /// Base URL of an OTLP receiver over HTTP, such as `http://localhost:4318`.
    pub otlp_endpoint: Option<String>,
    /// Share of the traces that begin here which are recorded: 0 to 1.
    pub trace_share: f64,
}

/// Form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Automatic,
    /// For people.
    Text,
    /// For programs: one JSON object per line.
    Json,
}

impl Config {
    /// Checks the options, completed from the configuration file if one is named.
    ///
    /// # Errors
    /// The first setting that cannot be used: [`ConfigError`].
    pub fn check(options: Options) -> Result<Self, ConfigError> {
        let options = options.completed_from_file()?;
        let data_folder = options.data_folder()?;
        let listen = options.listen_address()?;
        let database = options.database(&data_folder)?;
        Ok(Self {
            public_url: options.public_url(listen)?,
            master_key: options.master_key_place(&database, &data_folder),
            postgres_programs: options.postgres_bin.clone(),
            telemetry: options.telemetry()?,
            development: options.development,
            database_connections: options.connections()?,
            threads: options.threads()?,
            files: options.files()?,
            imports: options.imports()?,
            database,
            listen,
            data_folder,
        })
    }
}

impl Config {
    /// How browsers reach the service, as its public URL says.
    pub fn transport(&self) -> Transport {
        if self.public_url.starts_with("https:") {
            Transport::Https
        } else {
            Transport::Http
        }
    }
}

/// The embedded database of this data folder.
fn embedded(data_folder: &Path, binaries: Option<PathBuf>) -> Settings {
    let bundled = cartera_embedded::binaries::bundled_places();
    Settings {
        folder: data_folder.to_owned(),
        binaries,
        bundled,
        durability: Durability::Full,
    }
}
