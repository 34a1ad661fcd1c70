//! A start that cannot be is refused in one sentence that says what to do, and with an exit code.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

use cartera_tests::graphql::GraphQl;
use cartera_tests::program::{command, free_address, run};
use cartera_tests::{Program, TestDatabase};
use reqwest::{StatusCode, Url};
use serde_json::json;
use sqlx::Executor;

/// 32 bytes in base64.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// What a refused command says: one line, after the name of the program.
async fn refusal(command: Command) -> String {
    let output = run(command).await;
    assert!(!output.status.success(), "it must not succeed");
    let said = String::from_utf8(output.stderr).unwrap();
    let said = said
        .trim()
        .strip_prefix("cartera: ")
        .unwrap_or_else(|| panic!("not one sentence of ours: {said}"));
    assert!(!said.contains('\n'), "one sentence: {said}");
    said.to_owned()
}

/// A command that works on this database.
fn on(database_url: &str, arguments: &[&str]) -> Command {
    let mut command = command();
    command
        .args(arguments)
        .env("CARTERA_LISTEN", free_address())
        .env("DATABASE_URL", database_url);
    command
        .env("CARTERA_MASTER_KEY", KEY)
        .env("CARTERA_LOG", "error");
    command
}

fn serve(database_url: &str) -> Command {
    on(database_url, &["serve"])
}

#[tokio::test]
async fn a_port_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut second = serve("postgres://nobody@127.0.0.1:1/none");
    second.env("CARTERA_LISTEN", &address);
    let said = refusal(second).await;
    assert_eq!(
        said,
        format!(
            "{address} is in use: stop the other program, or choose another address in CARTERA_LISTEN"
        )
    );
}

#[tokio::test]
async fn no_database() {
    let said = refusal(serve("postgres://nobody@127.0.0.1:1/none")).await;
    assert!(
        said.starts_with("no database answers at 127.0.0.1:1: start it, or correct DATABASE_URL"),
        "{said}"
    );
}

#[tokio::test]
async fn a_wrong_password() {
    let server = cartera_embedded::ThrowAway::start(
        None,
        cartera_embedded::binaries::bundled_places(),
        cartera_embedded::Durability::None,
    );
    let server = server.await.unwrap();
    let mut url = Url::parse(&server.url()).unwrap();
    url.set_password(Some("wrong")).unwrap();
    let said = refusal(serve(url.as_str())).await;
    assert!(
        said.contains("refuses the user postgres: correct user and password in DATABASE_URL"),
        "{said}"
    );
    assert!(
        !said.contains("wrong"),
        "the password is not repeated: {said}"
    );
}

#[tokio::test]
async fn a_database_that_does_not_exist() {
    let database = TestDatabase::create().await;
    let said = refusal(serve(&format!("{}_absent", database.url()))).await;
    assert!(said.contains("_absent: create it (createdb "), "{said}");
}

#[tokio::test]
async fn a_missing_master_key() {
    let mut keyless = serve("postgres://nobody@127.0.0.1:1/none");
    keyless.env_remove("CARTERA_MASTER_KEY");
    let said = refusal(keyless).await;
    assert!(
        said.starts_with("no master key: set CARTERA_MASTER_KEY to 32 bytes in base64"),
        "{said}"
    );
}

#[tokio::test]
async fn pending_migrations_of_a_given_database_until_told_to_run_them() {
    let database = TestDatabase::create().await;
    database
        .pool
        .execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        .await
        .unwrap();
    let said = refusal(serve(database.url())).await;
    assert!(said.contains("run `cartera migrate`"), "{said}");
    let url = database.url().to_owned();
    let mut program = Program::serve(|command| {
        command
            .arg("--migrate")
            .env("DATABASE_URL", url)
            .env("CARTERA_MASTER_KEY", KEY)
    })
    .await;
    program.signal("-TERM");
    assert!(program.wait().0.success());
}

#[tokio::test]
async fn a_half_applied_migration() {
    let database = TestDatabase::create().await;
    let half = "UPDATE _sqlx_migrations SET success = false WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
    database.pool.execute(half).await.unwrap();
    for arguments in [&["serve"][..], &["serve", "--migrate"], &["migrate"]] {
        let said = refusal(on(database.url(), arguments)).await;
        assert!(
            said.contains("is applied in part: restore the last backup, or finish it by hand"),
            "{said}"
        );
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version() {
    let database = TestDatabase::create().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (99991231235959, 'x', true, '', 0)";
    database.pool.execute(newer).await.unwrap();
    let said = refusal(serve(database.url())).await;
    assert!(
        said.contains(
            "migrated by a newer version of Cartera (migration 99991231235959): use that version"
        ),
        "{said}"
    );
}

#[tokio::test]
async fn the_embedded_database_starts_from_nothing_ends_in_time_and_starts_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
    let data = folder.path().join("data");
    for _start in ["from nothing", "again"] {
        let mut program = Program::serve(|command| command.env("CARTERA_DATA_DIR", &data)).await;
        program.signal("-TERM");
        let (status, time) = program.wait();
        assert!(status.success());
        assert!(time < Duration::from_secs(5), "it took {time:?}");
    }
}

/// The demo company's log, made by commands alone: no read model has seen it.
#[tokio::test]
async fn the_first_answer_after_a_start_without_read_models_is_whole() {
    let database = TestDatabase::create().await;
    let made = run(on(database.url(), &["demo"])).await;
    assert!(made.status.success(), "{made:?}");
    let opened: i64 =
        sqlx::query_scalar("SELECT count(*) FROM events WHERE event_type = 'opportunity_opened'")
            .fetch_one(&database.pool)
            .await
            .unwrap();
    let key = "ctk_tests-not-a-secret-tests-not-a-secret-tests00";
    let key_of_a_director = format!(
        "INSERT INTO api_keys (id, token_hash, user_id, name, created_by)
         SELECT gen_random_uuid(), sha256('{key}'), aggregate_id::uuid, 'tests', aggregate_id::uuid
         FROM events WHERE event_type = 'user_registered' AND payload->>'role' = 'director' LIMIT 1"
    );
    database.pool.execute(&*key_of_a_director).await.unwrap();

    let program = Program::serve_unready(|serve| {
        serve
            .env("DATABASE_URL", database.url())
            .env("CARTERA_MASTER_KEY", KEY)
    })
    .await;
    let client = GraphQl::anonymous(&program.url).with_key(key);
    let asked = "{ opportunities(first: 1) { totalCount } }";
    let deadline = Instant::now() + Duration::from_mins(1);
    let first = loop {
        assert!(Instant::now() < deadline, "it becomes ready");
        let answer = client.ask(asked, json!({})).await;
        if answer.status != StatusCode::SERVICE_UNAVAILABLE {
            break answer;
        }
        assert_eq!(answer.body["errors"][0]["extensions"]["code"], "NOT_READY");
        assert_eq!(answer.body["errors"][0]["extensions"]["retryable"], true);
    };
    assert_eq!(
        first.body["data"]["opportunities"]["totalCount"], opened,
        "{}",
        first.body
    );
}
