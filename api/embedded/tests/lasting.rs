//! A private PostgreSQL through its life: made, stopped, killed, shared, found again.

#![cfg(test)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use cartera_embedded::{Durability, Embedded, Settings, ThrowAway};
use rustix::process::{Pid, Signal, kill_process};
use sqlx::{Connection, Executor, PgConnection, Row};

/// A temporary folder that the server's own user may pass through.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
    folder
}

fn settings(folder: &Path) -> Settings {
    let bundled = cartera_embedded::binaries::bundled_places();
    Settings {
        folder: folder.to_owned(),
        binaries: None,
        bundled,
        durability: Durability::None,
    }
}

async fn ask(url: &str, sql: &str) -> String {
    let mut connection = PgConnection::connect(url).await.unwrap();
    connection.fetch_one(sql).await.unwrap().get(0)
}

async fn run(url: &str, sql: &str) {
    PgConnection::connect(url)
        .await
        .unwrap()
        .execute(sql)
        .await
        .unwrap();
}

/// Asks until the server is there again.
async fn ask_patiently(url: &str, sql: &str) -> String {
    let asked = tokio::time::timeout(std::time::Duration::from_secs(20), async {
        loop {
            let Ok(mut connection) = PgConnection::connect(url).await else {
                tokio::task::yield_now().await;
                continue;
            };
            if let Ok(row) = connection.fetch_one(sql).await {
                return row.get(0);
            }
        }
    });
    asked.await.expect("the server comes back")
}

fn kill(pid: u32) {
    let pid = Pid::from_raw(pid.try_into().unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
}

#[tokio::test]
async fn what_was_written_is_there_after_a_stop_and_a_start() {
    let folder = folder();
    let first = Embedded::start(&settings(folder.path())).await.unwrap();
    run(&first.url(), "CREATE TABLE kept AS SELECT 'yes' AS word").await;
    first.stop().await;
    assert!(
        !folder.path().join("postgres/postmaster.pid").exists(),
        "it stopped cleanly"
    );
    let second = Embedded::start(&settings(folder.path())).await.unwrap();
    assert_eq!(ask(&second.url(), "SELECT word FROM kept").await, "yes");
}

#[tokio::test]
async fn the_application_is_no_superuser_and_the_text_is_utf8() {
    let folder = folder();
    let server = Embedded::start(&settings(folder.path())).await.unwrap();
    assert_eq!(ask(&server.url(), "SHOW is_superuser").await, "off");
    assert_eq!(ask(&server.url(), "SHOW server_encoding").await, "UTF8");
    assert_eq!(ask(&server.url(), "SHOW listen_addresses").await, "");
    let socket = folder.path().join("run").metadata().unwrap();
    assert_eq!(
        socket.permissions().mode() & 0o777,
        0o700,
        "nobody else reaches the socket"
    );
}

#[tokio::test]
async fn a_killed_server_is_started_again() {
    let folder = folder();
    let server = Embedded::start(&Settings {
        durability: Durability::Full,
        ..settings(folder.path())
    })
    .await
    .unwrap();
    run(&server.url(), "CREATE TABLE kept AS SELECT 'yes' AS word").await;
    let killed = server.server_pid();
    kill(killed);
    assert_eq!(
        ask_patiently(&server.url(), "SELECT word FROM kept").await,
        "yes"
    );
    assert_ne!(server.server_pid(), killed);
}

#[tokio::test]
async fn a_second_user_joins_the_running_server_and_the_last_one_stops_it() {
    let folder = folder();
    let first = Embedded::start(&settings(folder.path())).await.unwrap();
    let second = Embedded::start(&settings(folder.path())).await.unwrap();
    assert_eq!(first.server_pid(), second.server_pid());
    first.stop().await;
    assert_eq!(
        ask(&second.url(), "SELECT 'still here'").await,
        "still here"
    );
    second.stop().await;
    assert!(
        !folder.path().join("postgres/postmaster.pid").exists(),
        "nobody was left"
    );
}

#[tokio::test]
async fn lock_files_with_the_id_of_another_process_do_not_hinder_the_start() {
    let folder = folder();
    Embedded::start(&settings(folder.path()))
        .await
        .unwrap()
        .stop()
        .await;
    let lines = format!(
        "{}\n{}\n1\n5432\n\n\n  1  1\nready   \n",
        std::process::id(),
        folder.path().join("postgres").display()
    );
    fs::write(folder.path().join("postgres/postmaster.pid"), &lines).unwrap();
    fs::write(folder.path().join("run/.s.PGSQL.5432.lock"), lines).unwrap();
    let server = Embedded::start(&settings(folder.path())).await.unwrap();
    assert_eq!(ask(&server.url(), "SELECT 'started'").await, "started");
}

#[tokio::test]
async fn a_folder_half_made_by_a_killed_start_is_made_anew() {
    let folder = folder();
    fs::create_dir(folder.path().join("postgres.unfinished")).unwrap();
    fs::write(folder.path().join("postgres.unfinished/PG_VERSION"), "15\n").unwrap();
    let server = Embedded::start(&settings(folder.path())).await.unwrap();
    assert_eq!(ask(&server.url(), "SELECT 'started'").await, "started");
}

#[tokio::test]
async fn a_folder_of_a_version_that_is_not_installed_is_refused_in_one_sentence() {
    let folder = folder();
    fs::create_dir(folder.path().join("postgres")).unwrap();
    fs::write(folder.path().join("postgres/PG_VERSION"), "999\n").unwrap();
    let refusal = Embedded::start(&settings(folder.path()))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refusal.contains("was made by PostgreSQL 999, which is not installed here"),
        "{refusal}"
    );
    assert!(!refusal.contains('\n'));
}

#[tokio::test]
async fn a_server_that_cannot_start_is_explained_by_its_own_log() {
    let folder = folder();
    Embedded::start(&settings(folder.path()))
        .await
        .unwrap()
        .stop()
        .await;
    fs::remove_file(folder.path().join("postgres/global/pg_control")).unwrap();
    let refusal = Embedded::start(&settings(folder.path()))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refusal.contains("PostgreSQL did not start, its log says:"),
        "{refusal}"
    );
}

#[tokio::test]
async fn a_throw_away_server_leaves_nothing_behind() {
    let server = ThrowAway::start(
        None,
        cartera_embedded::binaries::bundled_places(),
        Durability::None,
    )
    .await
    .unwrap();
    let url = server.url();
    assert_eq!(ask(&url, "SHOW is_superuser").await, "on");
    let files = ask(&url, "SHOW data_directory").await;
    server.stop().await;
    assert!(!Path::new(&files).exists());
    assert!(PgConnection::connect(&url).await.is_err());
}
