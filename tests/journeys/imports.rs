//! Files go in over the API: upload, dry run, import, and what may go wrong on the way.

mod jobs;
mod recovery;
mod rights;
mod uploads;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use cartera_tests::{GraphQl, TestWorld};
use reqwest::{Body, Method, StatusCode};
use serde_json::{Value, json};

/// Longest time for an import to get somewhere, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// Clients with a key, a name, a city and a number of employees.
const PROFILE: &str = r#"
name = "clients"
source = "old system"
record = "client"
key = ["code"]

[fields]
name = "name"
city = "city"
employees = "employees"
since = { value = "2024-01-01" }
"#;

const JOB: &str = "id state dryRun rowsRead rowsTotal bytesRead bytesTotal accepted alreadyThere refused refusedUrl
    error { code message } file { id name bytes sha256 kind } startedBy { name } createdAt startedAt finishedAt";

/// Uploads a body under a name.
async fn upload(who: &GraphQl, name: &str, body: impl Into<Body>) -> (StatusCode, Value) {
    let request = who.request(Method::POST, &format!("/files?name={name}"));
    let answer = request.body(body).send().await.unwrap();
    let status = answer.status();
    (status, answer.json().await.unwrap())
}

/// Uploads a file that is taken; gives its id.
async fn uploaded(who: &GraphQl, name: &str, body: impl Into<Body>) -> String {
    let (status, answer) = upload(who, name, body).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    answer["id"].as_str().unwrap().to_owned()
}

/// The code of an error.
fn code(answer: &Value) -> &str {
    let error = &answer["errors"][0]["extensions"];
    assert!(error["requestId"].is_string(), "{answer}");
    error["code"].as_str().unwrap_or_default()
}

fn wanted(file: &str) -> Value {
    let command = cartera_tests::graphql::command_id();
    json!({ "commandId": command, "fileId": file, "profile": PROFILE, "dryRun": false })
}

/// What `startImport` answers.
async fn start_anyhow(who: &GraphQl, input: &Value) -> cartera_tests::Answer {
    let document = format!(
        "mutation($input: StartImportInput!) {{ startImport(input: $input) {{ importJob {{ {JOB} }} userErrors {{ code message path }} }} }}"
    );
    who.ask(&document, json!({ "input": input })).await
}

/// Starts an import that is taken.
async fn start(who: &GraphQl, input: &Value) -> Value {
    let answer = start_anyhow(who, input).await.body;
    let job = &answer["data"]["startImport"]["importJob"];
    assert!(job.is_object(), "{answer}");
    job.clone()
}

async fn job(who: &GraphQl, id: &Value) -> Value {
    let document = format!("query($id: ID!) {{ importJob(id: $id) {{ {JOB} }} }}");
    who.get(&document, json!({ "id": id })).await["importJob"].clone()
}

/// Waits until the job is as wanted.
async fn reached(who: &GraphQl, id: &Value, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let now = job(who, id).await;
        if wanted(&now) {
            return now;
        }
        assert!(begun.elapsed() < PATIENCE, "not {what}: {now}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Waits until the job has finished.
async fn finished(who: &GraphQl, id: &Value) -> Value {
    reached(who, id, "finished", |job| job["state"] == "FINISHED").await
}

/// Starts an import and waits for its end.
async fn import(who: &GraphQl, file: &str) -> Value {
    let job = start(who, &wanted(file)).await;
    finished(who, &job["id"]).await
}

/// The same without writing anything.
async fn tried(who: &GraphQl, file: &str) -> Value {
    let mut input = wanted(file);
    input["dryRun"] = true.into();
    let job = start(who, &input).await;
    finished(who, &job["id"]).await
}

/// So many clients as CSV.
fn clients(count: usize) -> String {
    let mut text = "code,name,city,employees\n".to_owned();
    for number in 0..count {
        writeln!(text, "C{number},Client {number},Vic,{number}").unwrap();
    }
    text
}

async fn head(world: &TestWorld) -> i64 {
    world.service.bus.journal().head().await.unwrap()
}

/// How many clients were registered, and how many streams they are.
async fn registered(world: &TestWorld) -> (i64, i64) {
    let query = "SELECT count(*), count(DISTINCT aggregate_id) FROM events WHERE aggregate_type = 'client' AND sequence = 1";
    sqlx::query_as(query)
        .fetch_one(&world.database.pool)
        .await
        .unwrap()
}

/// Counts rows by a fixed query.
async fn counted(world: &TestWorld, query: &'static str) -> i64 {
    sqlx::query_scalar(query)
        .fetch_one(&world.database.pool)
        .await
        .unwrap()
}
