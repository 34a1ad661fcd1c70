//! What happens around an end: of the service, of its database, of both.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use cartera_tests::program::{command, run};
use cartera_tests::{GraphQl, Program};
use serde_json::{Value, json};
use sqlx::Executor;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::ground::{self, Company, Ground, database_pid, is_alive, kill, until};
use crate::ledger;

/// What is promised for a clean end.
const END_TIME: Duration = Duration::from_secs(5);
/// Whether somebody waits for the lock that orders appends.
const SOMEBODY_WAITS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

async fn serve(folder: &Path) -> Program {
    Program::serve(|command| command.envs(ground::data_dir(folder))).await
}

#[tokio::test]
async fn the_service_comes_back_with_its_killed_database() {
    let ground = Ground::new();
    let program = serve(&ground.folder).await;
    let killed = database_pid(&ground.folder);
    kill(&[killed]);
    until(async || !program.is_ready().await, "it is not ready").await;
    assert!(is_alive(&program).await, "the process itself lives on");
    until(async || program.is_ready().await, "it is ready again").await;
    assert_ne!(database_pid(&ground.folder), killed);
}

#[tokio::test]
async fn a_killed_service_finds_its_database_running_and_takes_it_over() {
    let ground = Ground::new();
    let mut program = serve(&ground.folder).await;
    let database = database_pid(&ground.folder);
    program.signal("-KILL");
    program.wait();
    let mut program = serve(&ground.folder).await;
    assert_eq!(database_pid(&ground.folder), database);
    program.signal("-TERM");
    assert!(program.wait().0.success());
    assert!(
        !ground.folder.join("postgres/postmaster.pid").exists(),
        "and stops it in the end"
    );
}

#[tokio::test]
async fn three_thousand_idle_connections_hinder_neither_work_nor_the_end() {
    let ground = Ground::new();
    let mut program = serve(&ground.folder).await;
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
    let ground = Ground::new();
    let mut program = serve(&ground.folder).await;
    program.signal("-TERM");
    program.wait();
    let key = ground.folder.join("master.key");
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    fs::remove_file(&key).unwrap();
    let mut command = command();
    command
        .arg("serve")
        .env("CARTERA_DATA_DIR", &ground.folder)
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

/// A service whose next command waits for a lock that the test holds.
struct Waiting {
    company: Company,
    program: Program,
    held: sqlx::PgConnection,
    command: tokio::task::JoinHandle<Option<Value>>,
    id: String,
}

const REGISTER: &str =
    "mutation($input: RegisterLeadInput!) { registerLead(input: $input) { position } }";

fn input(id: &str) -> Value {
    json!({ "input": { "commandId": id, "details": { "companyName": "Under way" } } })
}

impl Waiting {
    async fn start() -> Self {
        let company = Company::on_the_server().await;
        let program = company.serve().await;
        let mut held = company.connection().await;
        held.execute("BEGIN").await.unwrap();
        let lock = "SELECT FROM journal_head FOR UPDATE";
        held.execute(lock).await.unwrap();
        let id = cartera_tests::graphql::command_id();
        let request = reqwest::Client::new()
            .post(format!("{}/graphql", program.url))
            .bearer_auth(&company.key)
            .json(&json!({ "query": REGISTER, "variables": input(&id) }));
        let command =
            tokio::spawn(async move { request.send().await.ok()?.json::<Value>().await.ok() });
        let mut looking = company.connection().await;
        let waits = async || ledger::number(&mut looking, SOMEBODY_WAITS).await >= 1;
        until(waits, "the command waits for the lock").await;
        Self {
            company,
            program,
            held,
            command,
            id,
        }
    }

    async fn written(&self) -> i64 {
        let query = format!(
            "SELECT count(*) FROM events WHERE metadata ->> 'command_id' = '{}'",
            self.id
        );
        ledger::number(&mut self.company.connection().await, &query).await
    }
}

#[tokio::test]
async fn a_command_under_way_is_answered_before_the_end() {
    let mut waiting = Waiting::start().await;
    waiting.program.signal("-TERM");
    let port = waiting.program.url.clone();
    let closed = async || reqwest::get(&port).await.is_err();
    until(closed, "nobody new is let in").await;
    waiting.held.execute("COMMIT").await.unwrap();
    let answer = (&mut waiting.command).await.unwrap();
    let position = &answer.unwrap()["data"]["registerLead"]["position"];
    assert!(position.is_i64(), "{position}");
    let (status, time) = waiting.program.wait();
    assert_eq!(status.code(), Some(0));
    assert!(time < END_TIME, "it took {time:?}");
    assert_eq!(waiting.written().await, 1);
}

#[tokio::test]
async fn a_command_that_cannot_end_does_not_hinder_the_end_and_counts_once_when_said_again() {
    let mut waiting = Waiting::start().await;
    waiting.program.signal("-TERM");
    let (status, time) = waiting.program.wait();
    assert_eq!(status.code(), Some(0));
    assert!(time < END_TIME, "it took {time:?}");
    let answer = (&mut waiting.command).await.unwrap();
    let code = answer.map(|answer| answer["errors"][0]["extensions"]["retryable"].clone());
    assert!(code.is_none_or(|retryable| retryable == true));
    waiting.held.execute("COMMIT").await.unwrap();
    let program = waiting.company.serve().await;
    let client = GraphQl::anonymous(&program.url).with_key(&waiting.company.key);
    let answer = client.get(REGISTER, input(&waiting.id)).await;
    assert!(answer["registerLead"]["position"].is_i64());
    assert_eq!(waiting.written().await, 1);
}
