//! What Cartera costs, measured on this machine beside PostgreSQL's own figures in the same run (DESIGN 8).
//!
//! Rates swing with the machine; ratios within one run and CPU time per operation do not. Nothing here is a test: it prints
//! a table and writes JSON.
//!
//! - [`pgbench`]: the yardstick; [`appends`]: the journal alone; [`over_http`]: the whole service, with its [`commands`];
//! - [`imports`]: a file into the log; [`rebuilds`]: read models beside COPY; [`reports`]: latency at sizes; [`starts`]: cold
//!   start and memory;
//! - [`serving`], [`connection`], [`load`], [`processes`], [`table`]: what they measure with.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cartera_embedded::{Durability, EmbeddedError, ThrowAway};
use cartera_journal::{Journal, JournalConfig, JournalError, MasterKey};
use clap::ValueEnum;
use reqwest::Url;
use tokio::process::Command;

mod appends;
mod commands;
mod connection;
mod imports;
mod load;
mod over_http;
mod pgbench;
mod processes;
mod rebuilds;
mod reports;
mod serving;
mod starts;
mod table;

use table::Figure;

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Appends to the journal, beside pgbench
    Appends,
    /// Commands over GraphQL, beside pgbench
    Commands,
    /// Queries over GraphQL
    Reads,
    /// Files into the log
    Imports,
    /// Read models rebuilt, beside COPY
    Rebuilds,
    /// Reports over logs of several sizes
    Reports,
    /// A start from nothing
    Starts,
}

/// What to measure, and for how long.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What is measured.
    pub parts: Vec<Part>,
    /// How long each measurement lasts.
    pub duration: Duration,
    /// How often each pair of measurements is taken; the figures are of all rounds together.
    pub rounds: u32,
    /// Events for rebuilds and reports.
    pub events: u64,
    /// Rows of each file that is imported.
    pub import_rows: u64,
    /// Where the JSON goes.
    pub json: PathBuf,
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// PostgreSQL does not start.
    #[error(transparent)]
    PostgreSql(#[from] EmbeddedError),
    /// The journal does not open.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The read models do not follow.
    #[error(transparent)]
    ReadModels(#[from] cartera_projections::generations::GenerationError),
    /// A program failed.
    #[error("{0} failed: {1}")]
    Program(&'static str, String),
    /// What was to be measured was refused.
    #[error("{0}")]
    Refused(String),
    /// The system refuses something basic.
    #[error("{act}: {source}")]
    System {
        /// What was tried.
        act: &'static str,
        /// The system's answer.
        source: std::io::Error,
    },
}

impl BenchError {
    fn system(act: &'static str) -> impl Fn(std::io::Error) -> Self {
        move |source| Self::System { act, source }
    }
}

/// A PostgreSQL of its own for the measurements, durable as in real life.
struct Server {
    running: ThrowAway,
    url: Url,
}

impl Server {
    async fn start(binaries: Option<PathBuf>) -> Result<Self, BenchError> {
        let running = ThrowAway::start(
            binaries,
            cartera_embedded::binaries::bundled_places(),
            Durability::Full,
        )
        .await?;
        let url = running
            .url()
            .parse()
            .map_err(|error: <Url as std::str::FromStr>::Err| {
                BenchError::Refused(error.to_string())
            })?;
        Ok(Self { running, url })
    }

    fn program(&self, name: &str) -> PathBuf {
        self.running.embedded().binaries().program(name)
    }

    fn password(&self) -> &str {
        self.url.password().unwrap_or_default()
    }

    fn connection_arguments(&self) -> Vec<String> {
        let (host, port) = (
            self.url.host_str().unwrap_or_default(),
            self.url.port().unwrap_or(5432),
        );
        [
            "-h",
            host,
            "-p",
            &port.to_string(),
            "-U",
            self.url.username(),
        ]
        .map(str::to_owned)
        .to_vec()
    }

    /// URL of a database on it.
    fn database_url(&self, database: &str) -> String {
        let mut url = self.url.clone();
        url.set_path(database);
        url.into()
    }

    /// Runs SQL and gives back what it prints.
    async fn psql(&self, database: &str, sql: &str) -> Result<String, BenchError> {
        let mut command = Command::new(self.program("psql"));
        command.args(self.connection_arguments()).args([
            "-X",
            "-q",
            "-t",
            "-A",
            "-v",
            "ON_ERROR_STOP=1",
            "-c",
            sql,
            database,
        ]);
        let output = command.env("PGPASSWORD", self.password()).output().await;
        let output = output.map_err(BenchError::system("psql does not start"))?;
        if !output.status.success() {
            return Err(BenchError::Program(
                "psql",
                String::from_utf8_lossy(&output.stderr).into_owned(),
            ));
        }
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// A new database with the journal's tables.
    async fn new_database(&self, name: &str) -> Result<String, BenchError> {
        self.psql("postgres", &format!("CREATE DATABASE {name}"))
            .await?;
        let url = self.database_url(name);
        Journal::migrate(&url).await?;
        Ok(url)
    }

    async fn journal(&self, url: &str) -> Result<Journal, BenchError> {
        let key = MasterKey::from_base64(MASTER_KEY)
            .map_err(|error| BenchError::Refused(error.to_string()))?;
        Ok(Journal::connect(JournalConfig::new(url, key)).await?)
    }
}

/// The key of databases that are thrown away.
const MASTER_KEY: &str = "Y2FydGVyYSBiZW5jaCwgbm90IGEgc2VjcmV0IGtleSE=";

/// Measures everything; tells each part before it begins.
///
/// # Errors
/// See [`BenchError`].
pub async fn run(
    plan: &Plan,
    binaries: Option<PathBuf>,
    mut tell: impl FnMut(&str),
) -> Result<String, BenchError> {
    let server = Server::start(binaries).await?;
    let folder = tempfile::tempdir().map_err(BenchError::system("no temporary folder"))?;
    let mut figures: Vec<Figure> = Vec::new();
    let wanted = |parts: &[Part]| plan.parts.iter().any(|part| parts.contains(part));
    if wanted(&[Part::Appends]) {
        tell("appends beside pgbench");
        figures.extend(appends::measure(&server, plan, folder.path()).await?);
    }
    if wanted(&[Part::Commands, Part::Reads]) {
        tell("the service");
        figures.extend(over_http::measure(&server, plan, folder.path()).await?);
    }
    if wanted(&[Part::Imports]) {
        tell("imports of files");
        figures.extend(imports::measure(&server, plan, folder.path()).await?);
    }
    if wanted(&[Part::Rebuilds]) {
        tell("rebuilds beside COPY");
        figures.extend(rebuilds::measure(&server, plan).await?);
    }
    if wanted(&[Part::Reports]) {
        tell("reports at sizes");
        figures.extend(reports::measure(&server, plan).await?);
    }
    if wanted(&[Part::Starts]) {
        tell("a start from nothing");
        figures.extend(starts::measure().await?);
    }
    write_json(&plan.json, &figures)?;
    server.running.stop().await;
    Ok(table::render(&figures))
}

fn write_json(path: &Path, figures: &[Figure]) -> Result<(), BenchError> {
    let text = serde_json::to_string_pretty(figures)
        .map_err(|error| BenchError::Refused(error.to_string()))?;
    std::fs::write(path, text).map_err(BenchError::system("cannot write the figures"))
}
