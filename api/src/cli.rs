//! The commands of the program; each in a module of its own.

mod audit;
mod backup;
mod bench;
mod demo;
mod import;
mod migrate;
mod people;
mod postgres_programs;
mod projections;
mod restore;
mod sbom;
mod schema;
mod serve;
mod welcome;
mod write_side;

use std::io::Write;
use std::process::ExitCode;

use cartera_commands::CommandError;
use cartera_journal::JournalError;
use cartera_projections::generations::GenerationError;
use clap::{Parser, Subcommand};

use crate::auth::password::HashingFailed;
use crate::config::{Config, ConfigError, Options};
use crate::database::DatabaseError;
use crate::error::ApiError;
use crate::master_key::KeyError;
use crate::payload::Refused;
use crate::server::ListenError;
use crate::telemetry::{self, TelemetryError};

/// Cartera: a CRM for small and medium companies.
#[derive(Parser)]
#[command(
    name = "cartera",
    version,
    about,
    max_term_width = 110,
    propagate_version = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    options: Options,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API and the web pages; without a database URL beside a PostgreSQL of its own
    Serve(serve::Serve),
    /// Bring the database to this version
    Migrate(migrate::Migrate),
    /// Measure this program on this machine, beside PostgreSQL's own figures
    Bench(bench::Bench),
    /// Print a link by which a user chooses a password
    User(people::User),
    /// Make an API key for a program
    Token(people::Token),
    /// Make a demo company in an empty database
    Demo(demo::Demo),
    /// Import a file of records
    Import(import::Import),
    /// Look after the read models
    Projections(projections::Projections),
    /// Prove that the log is what was written
    Audit(audit::Audit),
    /// Print the GraphQL schema
    Schema,
    /// Print what this program is made of, as a list in the `CycloneDX` format
    Sbom,
    /// Write the database into one file
    Backup(backup::Backup),
    /// Read the database from a file of `backup`
    Restore(restore::Restore),
}

/// Why a command did not do its work; each text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A setting is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Logs or traces cannot be written.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// There is no usable master key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The journal does not open.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The read models do not start.
    #[error("the read models do not start: {0}")]
    ReadModels(#[from] GenerationError),
    /// A command was refused.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// Identity refused.
    #[error("{0}")]
    Refused(String),
    /// There is a company already.
    #[error(
        "the database has a company already: make the demo in an empty one (another CARTERA_DATA_DIR, or another database in DATABASE_URL)"
    )]
    DemoRefused,
    /// The file cannot be imported.
    #[error(transparent)]
    Import(#[from] import::ImportFailed),
    /// A name that is no read model's.
    #[error("there is no read model {name}; there are {known}")]
    NoSuchReadModel {
        /// The name as given.
        name: String,
        /// Those that exist.
        known: String,
    },
    /// The web server cannot listen.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// A program of PostgreSQL is absent or failed.
    #[error(transparent)]
    Program(#[from] postgres_programs::ProgramError),
    /// Something could not be measured.
    #[error(transparent)]
    Bench(#[from] crate::bench::BenchError),
    /// Passwords cannot be hashed.
    #[error(transparent)]
    Passwords(#[from] HashingFailed),
    /// The system refuses something basic.
    #[error("{act}: {source}")]
    System {
        /// What was tried.
        act: &'static str,
        /// The system's answer.
        source: std::io::Error,
    },
}

impl From<ApiError> for CliError {
    fn from(error: ApiError) -> Self {
        Self::Refused(error.message().to_owned())
    }
}

impl From<Refused> for CliError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Correctable(reasons) => Self::Refused(format!("{reasons:?}")),
            Refused::Failed(error) => error.into(),
        }
    }
}

/// Runs the command of the command line.
///
/// # Errors
/// What hindered it, to be shown to the person who called.
pub fn run() -> Result<ExitCode, CliError> {
    let cli = Cli::parse();
    let config = Config::check(cli.options)?;
    let runtime = runtime(config.threads)?;
    runtime.block_on(async {
        let telemetry = telemetry::start(&config.telemetry)?;
        let outcome = dispatch(cli.command, &config).await;
        telemetry.finish().await;
        outcome
    })
}

async fn dispatch(command: Command, config: &Config) -> Result<ExitCode, CliError> {
    match command {
        Command::Serve(serve) => serve.run(config).await,
        Command::Migrate(migrate) => migrate.run(config).await,
        Command::Bench(bench) => bench.run(config).await,
        Command::User(user) => user.run(config).await,
        Command::Token(token) => token.run(config).await,
        Command::Demo(demo) => demo.run(config).await,
        Command::Import(import) => import.run(config).await,
        Command::Projections(projections) => projections.run(config).await,
        Command::Audit(audit) => audit.run(config).await,
        Command::Schema => schema::run(),
        Command::Sbom => sbom::run(),
        Command::Backup(backup) => backup.run(config).await,
        Command::Restore(restore) => restore.run(config).await,
    }
}

/// One thread serves best beside a database on the same machine: see `docs/operations.md`.
fn runtime(threads: usize) -> Result<tokio::runtime::Runtime, CliError> {
    let mut builder = if threads == 1 {
        tokio::runtime::Builder::new_current_thread()
    } else {
        tokio::runtime::Builder::new_multi_thread()
    };
    let built = builder.worker_threads(threads).enable_all().build();
    built.map_err(|source| CliError::System {
        act: "the runtime does not start",
        source,
    })
}

/// Writes a line for the person or script that called; what cannot be written because nobody reads on is no failure.
fn tell(line: &str) -> Result<(), CliError> {
    match writeln!(std::io::stdout(), "{line}") {
        Err(source) if source.kind() != std::io::ErrorKind::BrokenPipe => Err(CliError::System {
            act: "cannot write the answer",
            source,
        }),
        _ => Ok(()),
    }
}
