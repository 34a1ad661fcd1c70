//! Runs a command beside a throw-away PostgreSQL: `with-postgres cargo nextest run`.
//!
//! The command finds the server by `CARTERA_TEST_DATABASE_URL`: a URL with the right to create databases.
//! With `--schema FILE…` it finds one database by `DATABASE_URL`, in which these files have been run in their order.

use std::process::{ExitCode, ExitStatus};

use cartera_embedded::{Durability, ThrowAway};
use sqlx::{Connection, Executor, PgConnection};
use tokio::process::Command;
use tokio::signal::unix::{Signal, SignalKind, signal};

type Error = Box<dyn std::error::Error>;

const USAGE: &str = "usage: with-postgres [--schema FILE… --] COMMAND [ARGUMENT…]";

/// What the command line asks for.
struct Request {
    schema: Vec<String>,
    command: Vec<String>,
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stderr, reason = "a command line program's own message")]
async fn main() -> ExitCode {
    match run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("with-postgres: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<ExitCode, Error> {
    let request = Request::parse(std::env::args().skip(1).collect()).ok_or(USAGE)?;
    let binaries = std::env::var_os("CARTERA_POSTGRES_BIN").map(Into::into);
    let bundled = cartera_embedded::binaries::bundled_places();
    let server = ThrowAway::start(binaries, bundled, Durability::None).await?;
    let outcome = beside(&server, &request).await;
    server.stop().await;
    outcome
}

async fn beside(server: &ThrowAway, request: &Request) -> Result<ExitCode, Error> {
    let (program, arguments) = request.command.split_first().ok_or(USAGE)?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("CARTERA_TEST_DATABASE_URL", server.url());
    if !request.schema.is_empty() {
        command.env(
            "DATABASE_URL",
            prepare_schema(&server.url(), &request.schema).await?,
        );
    }
    let mut child = command
        .spawn()
        .map_err(|error| format!("cannot run {program}: {error}"))?;
    let (mut interrupted, mut terminated) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let status = tokio::select! {
        status = child.wait() => status?,
        // The terminal sends its interrupt to the command as well: give it the time to end by itself.
        () = next(&mut interrupted) => child.wait().await?,
        () = next(&mut terminated) => { child.kill().await?; child.wait().await? }
    };
    Ok(exit_code(status))
}

async fn next(signals: &mut Signal) {
    signals.recv().await;
}

/// Runs the files in the maintenance database and returns its URL, with `live` before `public` on the search path.
async fn prepare_schema(url: &str, files: &[String]) -> Result<String, Error> {
    let url = format!("{url}?options=-csearch_path%3Dlive%2Cpublic");
    let mut connection = PgConnection::connect(&url).await?;
    for file in files {
        let sql = std::fs::read_to_string(file)
            .map_err(|error| format!("cannot read {file}: {error}"))?;
        connection
            .execute(&*sql)
            .await
            .map_err(|error| format!("{file}: {error}"))?;
    }
    connection.close().await?;
    Ok(url)
}

/// The command's own code; 128 + signal when it was killed, as shells say it.
fn exit_code(status: ExitStatus) -> ExitCode {
    use std::os::unix::process::ExitStatusExt;
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

impl Request {
    fn parse(mut arguments: Vec<String>) -> Option<Self> {
        if arguments.first().is_some_and(|first| first == "--schema") {
            let end = arguments.iter().position(|argument| argument == "--")?;
            let command = arguments.split_off(end).into_iter().skip(1).collect();
            return Some(Self {
                schema: arguments.into_iter().skip(1).collect(),
                command,
            });
        }
        (!arguments.is_empty()).then_some(Self {
            schema: Vec::new(),
            command: arguments,
        })
    }
}
