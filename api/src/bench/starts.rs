//! A start from nothing: a new database cluster, all tables, the first answer.

use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::Command;

use super::BenchError;
use super::table::{Figure, milliseconds};

/// Starts the service in an empty folder and waits for it to be ready.
pub(super) async fn measure() -> Result<Vec<Figure>, BenchError> {
    let folder = tempfile::tempdir().map_err(BenchError::system("no temporary folder"))?;
    let port =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let port = port.map_err(BenchError::system("no free port"))?.port();
    let program =
        std::env::current_exe().map_err(BenchError::system("cannot find this program"))?;
    let begun = Instant::now();
    let mut child = Command::new(program)
        .arg("serve")
        .env_remove("DATABASE_URL")
        .env("CARTERA_DATA_DIR", folder.path().join("data"))
        .env("CARTERA_LISTEN", format!("127.0.0.1:{port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(BenchError::system("the service does not start"))?;
    let ready = format!("http://127.0.0.1:{port}/readyz");
    while !reqwest::get(&ready)
        .await
        .is_ok_and(|answer| answer.status().is_success())
    {
        if begun.elapsed() > Duration::from_mins(1) {
            return Err(BenchError::Refused(
                "the service does not start from nothing".to_owned(),
            ));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let started = begun.elapsed();
    stop(&mut child).await?;
    Ok(vec![Figure::new(
        "embedded start from nothing to ready",
        milliseconds(started),
        "ms",
        "≤ 5000",
    )])
}

/// Asks it to stop, so that its database stops too.
async fn stop(child: &mut tokio::process::Child) -> Result<(), BenchError> {
    let pid = child.id().unwrap_or_default().to_string();
    let told = Command::new("kill").arg("-TERM").arg(pid).status().await;
    told.map_err(BenchError::system("the service cannot be told to stop"))?;
    child
        .wait()
        .await
        .map(drop)
        .map_err(BenchError::system("the service does not stop"))
}
