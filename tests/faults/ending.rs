//! What happens around an end: of the service, of its database, of both.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cartera_tests::Program;
use cartera_tests::program::{command, run};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

/// What is promised for a clean end.
const END_TIME: Duration = Duration::from_secs(5);
/// Patience of a test with a restart.
const PATIENCE: Duration = Duration::from_secs(30);

/// A data folder that PostgreSQL's own user may pass through.
struct Folder {
    _outer: tempfile::TempDir,
    data: PathBuf,
}

fn folder() -> Folder {
    let outer = tempfile::tempdir().unwrap();
    fs::set_permissions(outer.path(), fs::Permissions::from_mode(0o711)).unwrap();
    Folder {
        data: outer.path().join("data"),
        _outer: outer,
    }
}

async fn serve(data: &Path) -> Program {
    Program::serve(|command| command.env("CARTERA_DATA_DIR", data)).await
}

fn database_pid(data: &Path) -> String {
    let lines = fs::read_to_string(data.join("postgres/postmaster.pid")).unwrap();
    lines.lines().next().unwrap().to_owned()
}

async fn until(mut reached: impl AsyncFnMut() -> bool, what: &str) {
    let begun = Instant::now();
    while !reached().await {
        assert!(begun.elapsed() < PATIENCE, "{what} within {PATIENCE:?}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_service_comes_back_with_its_killed_database() {
    let folder = folder();
    let program = serve(&folder.data).await;
    let killed = database_pid(&folder.data);
    assert!(
        std::process::Command::new("kill")
            .args(["-9", &killed])
            .status()
            .unwrap()
            .success()
    );
    until(async || !program.is_ready().await, "it is not ready").await;
    let alive = reqwest::get(format!("{}/healthz", program.url))
        .await
        .unwrap();
    assert!(alive.status().is_success(), "the process itself lives on");
    until(async || program.is_ready().await, "it is ready again").await;
    assert_ne!(database_pid(&folder.data), killed);
}

#[tokio::test]
async fn a_killed_service_finds_its_database_running_and_takes_it_over() {
    let folder = folder();
    let mut program = serve(&folder.data).await;
    let database = database_pid(&folder.data);
    program.signal("-KILL");
    program.wait();
    let mut program = serve(&folder.data).await;
    assert_eq!(database_pid(&folder.data), database);
    program.signal("-TERM");
    assert!(program.wait().0.success());
    assert!(
        !folder.data.join("postgres/postmaster.pid").exists(),
        "and stops it in the end"
    );
}

#[tokio::test]
async fn three_thousand_idle_connections_hinder_neither_work_nor_the_end() {
    let folder = folder();
    let mut program = serve(&folder.data).await;
    cartera::server::open_files::raise_limit();
    let address = program.url.trim_start_matches("http://").to_owned();
    let mut idle = Vec::new();
    for _ in 0..3_000 {
        idle.push(TcpStream::connect(&address).await.unwrap());
    }
    assert!(program.is_ready().await);
    program.signal("-TERM");
    let (status, time) = program.wait();
    assert!(status.success());
    assert!(time < END_TIME, "it took {time:?}");
    let mut last = idle.pop().unwrap();
    assert_eq!(
        last.read(&mut [0; 16]).await.unwrap_or(0),
        0,
        "the connections are closed"
    );
}

#[tokio::test]
async fn a_database_whose_key_is_gone_is_refused_and_gets_no_other_key() {
    let folder = folder();
    let mut program = serve(&folder.data).await;
    program.signal("-TERM");
    program.wait();
    let key = folder.data.join("master.key");
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::remove_file(&key).unwrap();
    let mut command = command();
    command
        .arg("serve")
        .env("CARTERA_DATA_DIR", &folder.data)
        .env("CARTERA_LISTEN", "127.0.0.1:0");
    let output = run(command).await;
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("cartera: the master key ") && said.contains("is gone"),
        "{said}"
    );
    assert!(!key.exists());
}
