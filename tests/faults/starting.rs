//! A start that cannot be is refused in one sentence that says what to do, and with an exit code.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use cartera_tests::graphql::GraphQl;
use cartera_tests::program::{command, executable, free_address, run};
use cartera_tests::{Program, TestDatabase};
use reqwest::{StatusCode, Url};
use serde_json::json;
use sqlx::Executor;

use crate::ground::{Ground, KEY};

/// A server that is not there.
const NOWHERE: &str = "postgres://nobody@127.0.0.1:1/none";
/// Another key than [`KEY`].
const OTHER_KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// What a refused command says: one line, after the name of the program.
async fn refusal(command: Command) -> String {
    let output = run(command).await;
    assert_eq!(output.status.code(), Some(1), "{output:?}");
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

/// `serve` with a private PostgreSQL in this folder.
fn serve_in(folder: &Path) -> Command {
    let mut command = command();
    command
        .arg("serve")
        .env("CARTERA_LISTEN", free_address())
        .env("CARTERA_DATA_DIR", folder)
        .env("CARTERA_LOG", "error");
    command
}

/// A command without the right of root to pass by permissions. Of no effect where we are not root.
fn without_privilege(command: &Command) -> Command {
    let mut bound = Command::new("setpriv");
    bound
        .args([
            "--bounding-set",
            "-dac_override,-dac_read_search,-fowner,-chown",
        ])
        .arg(executable())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => bound.env(name, value),
            None => bound.env_remove(name),
        };
    }
    bound
}

/// Where the tests' server listens, as refusals name it, and as what user we come.
fn place(database: &TestDatabase) -> (String, String) {
    let url = Url::parse(database.url()).unwrap();
    let port = url.port().unwrap_or(5432);
    (
        format!("{}:{port}", url.host_str().unwrap()),
        url.username().to_owned(),
    )
}

#[tokio::test]
async fn a_port_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut second = serve(NOWHERE);
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
    assert_eq!(
        refusal(serve(NOWHERE)).await,
        "no database answers at 127.0.0.1:1: start it, or correct DATABASE_URL (Connection refused (os error 111))"
    );
}

#[tokio::test]
async fn an_unknown_host() {
    // RFC 2606 keeps this name free for ever.
    let said = refusal(serve("postgres://nobody@host.invalid/none")).await;
    let start = "no database answers at host.invalid:5432: start it, or correct DATABASE_URL (failed to lookup address information: ";
    assert!(said.starts_with(start), "{said}");
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
    let port = url.port().unwrap();
    assert_eq!(
        refusal(serve(url.as_str())).await,
        format!(
            "the database at 127.0.0.1:{port} refuses the user postgres: correct user and password in DATABASE_URL (password authentication failed for user \"postgres\")"
        )
    );
}

#[tokio::test]
async fn a_database_that_does_not_exist() {
    let database = TestDatabase::create().await;
    let absent = format!("{}_absent", database.url());
    let name = absent.rsplit('/').next().unwrap().to_owned();
    let (place, _) = place(&database);
    assert_eq!(
        refusal(serve(&absent)).await,
        format!(
            "the server at {place} has no database {name}: create it (createdb {name}), or correct DATABASE_URL"
        )
    );
}

#[tokio::test]
async fn a_missing_master_key() {
    let mut keyless = serve(NOWHERE);
    keyless.env_remove("CARTERA_MASTER_KEY");
    assert_eq!(
        refusal(keyless).await,
        "no master key: set CARTERA_MASTER_KEY to 32 bytes in base64 (`openssl rand -base64 32` makes them) or CARTERA_MASTER_KEY_FILE to a file that holds them"
    );
}

#[tokio::test]
async fn a_master_key_that_is_none() {
    let mut command = serve(NOWHERE);
    command.env("CARTERA_MASTER_KEY", "secret");
    let said = refusal(command).await;
    assert_eq!(
        said,
        "the master key must be 32 bytes in base64 (44 characters), such as `openssl rand -base64 32` prints"
    );
}

#[tokio::test]
async fn another_database_s_master_key() {
    let database = TestDatabase::create().await;
    let founding = run(on(database.url(), &["audit", "verify"])).await;
    assert!(founding.status.success());
    for arguments in [&["serve"][..], &["demo"], &["audit", "verify"]] {
        let mut command = on(database.url(), arguments);
        command.env("CARTERA_MASTER_KEY", OTHER_KEY);
        assert_eq!(
            refusal(command).await,
            "the master key is not the one that this database was founded with: put that one in its place, or name it in CARTERA_MASTER_KEY or CARTERA_MASTER_KEY_FILE"
        );
    }
}

#[tokio::test]
async fn pending_migrations_of_a_given_database_until_told_to_run_them() {
    let database = TestDatabase::create().await;
    let all = cartera::database::migrations::MIGRATOR.iter().count();
    database
        .pool
        .execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA live CASCADE")
        .await
        .unwrap();
    assert_eq!(
        refusal(serve(database.url())).await,
        format!(
            "the database lacks {all} migrations of this version: run `cartera migrate` (after a backup), or start with --migrate"
        )
    );
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

/// What every command says on a database whose table of migrations was changed so.
async fn refused_after(change: &str) -> String {
    let database = TestDatabase::create().await;
    database.pool.execute(change).await.unwrap();
    let said = refusal(serve(database.url())).await;
    for arguments in [&["serve", "--migrate"][..], &["migrate"], &["demo"]] {
        assert_eq!(refusal(on(database.url(), arguments)).await, said);
    }
    said
}

fn last_migration() -> i64 {
    let migrations = cartera::database::migrations::MIGRATOR.iter();
    migrations.map(|migration| migration.version).max().unwrap()
}

#[tokio::test]
async fn a_half_applied_migration() {
    let half = "UPDATE _sqlx_migrations SET success = false WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
    let last = last_migration();
    assert_eq!(
        refused_after(half).await,
        format!(
            "migration {last} is applied in part: restore the last backup, or finish it by hand and set `success` to true in the table _sqlx_migrations"
        )
    );
}

#[tokio::test]
async fn a_migration_that_was_changed() {
    let changed = "UPDATE _sqlx_migrations SET checksum = '\\x00' WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
    let last = last_migration();
    assert_eq!(
        refused_after(changed).await,
        format!(
            "migration {last} was changed after this database ran it: use the version of Cartera that ran it, or restore a backup"
        )
    );
}

#[tokio::test]
async fn a_database_of_a_newer_version() {
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (99991231235959, 'x', true, '', 0)";
    assert_eq!(
        refused_after(newer).await,
        "the database was migrated by a newer version of Cartera (migration 99991231235959): use that version"
    );
}

#[tokio::test]
async fn a_configuration_that_cannot_be_read() {
    let ground = Ground::new();
    let absent = ground.folder.join("cartera.toml");
    let mut command = serve(NOWHERE);
    command.env("CARTERA_CONFIG", &absent);
    assert_eq!(
        refusal(command).await,
        format!(
            "the configuration file {} cannot be used: No such file or directory (os error 2): correct it, or name another in CARTERA_CONFIG",
            absent.display()
        )
    );
}

#[tokio::test]
async fn an_unknown_setting() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cartera.toml");
    fs::write(&file, "threads = \"1\"\nlissten = \"127.0.0.1:8080\"\n").unwrap();
    let mut command = serve(NOWHERE);
    command.env("CARTERA_CONFIG", &file);
    let said = refusal(command).await;
    let start = format!(
        "the configuration file {} cannot be used: line 2: unknown field `lissten`, expected one of `database_url`, ",
        file.display()
    );
    assert!(said.starts_with(&start), "{said}");
    assert!(
        said.ends_with(": correct it, or name another in CARTERA_CONFIG"),
        "{said}"
    );
}

#[tokio::test]
async fn a_data_folder_without_permission() {
    let outer = tempfile::tempdir().unwrap();
    let closed = outer.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o500)).unwrap();
    let folder = closed.join("data");
    let said = refusal(without_privilege(&serve_in(&folder))).await;
    assert_eq!(
        said,
        format!(
            "cannot create {}: Permission denied (os error 13): mend that, or choose another folder in CARTERA_DATA_DIR",
            folder.display()
        )
    );
}

#[tokio::test]
async fn a_folder_without_postgresql_s_programs() {
    let ground = Ground::new();
    let empty = tempfile::tempdir().unwrap();
    let mut command = serve_in(&ground.folder);
    command.env("CARTERA_POSTGRES_BIN", empty.path());
    assert_eq!(
        refusal(command).await,
        format!(
            "{} does not hold postgres, initdb and pg_ctl of PostgreSQL 15 or newer: correct CARTERA_POSTGRES_BIN",
            empty.path().display()
        )
    );
}

#[tokio::test]
async fn the_embedded_database_starts_from_nothing_ends_in_time_and_starts_again() {
    let ground = Ground::new();
    for _start in ["from nothing", "again"] {
        let mut program =
            Program::serve(|command| command.env("CARTERA_DATA_DIR", &ground.folder)).await;
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
