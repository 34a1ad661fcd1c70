//! The yardstick: PostgreSQL's own `pgbench`, inserting single rows of the events' shape into the same server.

use std::path::Path;
use std::time::Duration;

use tokio::process::Command;

use super::load::Loaded;
use super::{BenchError, Server};

const TABLE: &str = include_str!("pgbench_table.sql");
const INSERT: &str = include_str!("pgbench_insert.sql");

/// Makes the table in a database that has the events.
pub(super) async fn prepare(server: &Server, database: &str) -> Result<(), BenchError> {
    server.psql(database, TABLE).await.map(drop)
}

/// Lets so many clients insert for so long: the rows, each with a commit of its own.
pub(super) async fn insert(
    server: &Server,
    database: &str,
    clients: usize,
    duration: Duration,
    folder: &Path,
) -> Result<Loaded, BenchError> {
    let script = folder.join("insert.sql");
    std::fs::write(&script, INSERT).map_err(BenchError::system("cannot write the script"))?;
    let log = folder.join("pgbench");
    let mut command = Command::new(server.program("pgbench"));
    command
        .args(server.connection_arguments())
        .args(["-n", "-M", "prepared", "-l"]);
    command.arg("--log-prefix").arg(&log).arg("-f").arg(&script);
    command.args([
        "-c",
        &clients.to_string(),
        "-j",
        &clients.min(2).to_string(),
        "-T",
        &duration.as_secs().to_string(),
    ]);
    command.arg(database).env("PGPASSWORD", server.password());
    let output = command
        .output()
        .await
        .map_err(BenchError::system("pgbench does not start"))?;
    if !output.status.success() {
        return Err(BenchError::Program(
            "pgbench",
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ));
    }
    let mut waits = waits(folder)?;
    waits.sort_unstable();
    Ok(Loaded {
        waits: waits.into_iter().map(Duration::from_micros).collect(),
        failed: 0,
        elapsed: duration,
    })
}

/// The waiting times of all transactions, in microseconds, from the logs; which are removed.
fn waits(folder: &Path) -> Result<Vec<u64>, BenchError> {
    let read = BenchError::system("cannot read the log of pgbench");
    let mut waits = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(&read)? {
        let path = entry.map_err(&read)?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if !name.starts_with("pgbench.") {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(&read)?;
        // client, transaction, time in µs, …
        waits.extend(
            text.lines()
                .filter_map(|line| line.split(' ').nth(2)?.parse::<u64>().ok()),
        );
        std::fs::remove_file(&path).map_err(&read)?;
    }
    Ok(waits)
}
