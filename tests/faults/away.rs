//! The database goes and comes back while the service serves.

use std::fs;
use std::time::Duration;

use cartera_tests::Program;
use serde_json::{Value, json};

use crate::ground::{Company, is_alive, until};
use crate::ledger;
use crate::load::{Load, Seller};
use crate::way::{Passage, Way};

/// How long the service is watched while it has no database.
const WATCHED: Duration = Duration::from_secs(2);
/// What would be a busy loop: so many connections tried meanwhile, or half of a processor, in ticks of 10 ms.
const BUSY_ATTEMPTS: usize = 400;
const BUSY_TICKS: u64 = 100;

/// A service that reaches its database along a way.
struct Scene {
    company: Company,
    program: Program,
    way: Way,
    seller: Seller,
}

impl Scene {
    async fn set() -> Self {
        let company = Company::on_the_server().await;
        let url = reqwest::Url::parse(company.url()).unwrap();
        let (host, port) = (url.host_str().unwrap(), url.port().unwrap_or(5432));
        let way = Way::to(format!("{host}:{port}")).await;
        let program = company.serve_by(&way.lead(company.url())).await;
        let seller = Seller::new(vec![program.url.clone()], &company.key);
        Self {
            company,
            program,
            way,
            seller,
        }
    }

    async fn answers(&self, document: &str, variables: Value) -> Value {
        let client =
            cartera_tests::GraphQl::anonymous(&self.program.url).with_key(&self.company.key);
        client.ask(document, variables).await.body
    }
}

/// Processor time of a process so far, in ticks of 10 ms.
fn ticks(pid: u32) -> u64 {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields = line.rsplit(')').next().unwrap().split_whitespace();
    fields
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().unwrap())
        .sum()
}

fn assert_retryable(answer: &Value) {
    let extensions = &answer["errors"][0]["extensions"];
    assert!(
        matches!(extensions["code"].as_str(), Some("UNAVAILABLE" | "TIMEOUT")),
        "{answer}"
    );
    assert_eq!(extensions["retryable"], true, "{answer}");
}

#[tokio::test]
async fn without_its_database_the_service_says_so_rests_and_goes_on_where_it_stood() {
    let scene = Scene::set().await;
    let begun = ledger::end(&mut scene.company.connection().await).await;
    scene.way.set(Passage::Cut);
    until(async || !scene.program.is_ready().await, "it is not ready").await;
    assert!(is_alive(&scene.program).await, "the process lives on");
    let input = json!({ "commandId": cartera_tests::graphql::command_id(), "details": { "companyName": "Puig" } });
    let command =
        "mutation($input: RegisterLeadInput!) { registerLead(input: $input) { position } }";
    assert_retryable(&scene.answers(command, json!({ "input": input })).await);
    assert_retryable(&scene.answers("{ leads { totalCount } }", json!({})).await);

    let (attempts, work) = (scene.way.attempts(), ticks(scene.program.pid()));
    tokio::time::sleep(WATCHED).await;
    let attempts = scene.way.attempts() - attempts;
    let work = ticks(scene.program.pid()) - work;
    assert!(attempts < BUSY_ATTEMPTS, "{attempts} attempts");
    assert!(work < BUSY_TICKS, "{work} ticks of work");

    let said_meanwhile = {
        let (seller, details) = (
            scene.seller.clone(),
            json!({ "details": { "companyName": "Meanwhile" } }),
        );
        tokio::spawn(async move { seller.say("registerLead", details, "", "/position").await })
    };
    until(
        async || scene.seller.put_off() > 0,
        "somebody is told to come later",
    )
    .await;
    scene.way.set(Passage::Open);
    until(async || scene.program.is_ready().await, "it is ready again").await;
    said_meanwhile.await.unwrap();
    let mut load = Load::begin(&scene.seller, 2).await;
    load.until_further(12).await;
    let acknowledged = load.end().await;
    let mut connection = scene.company.connection().await;
    ledger::holds(&mut connection, begun, &acknowledged).await;
    let reached = async || {
        let caught_up = "SELECT count(*) FROM followers WHERE live AND position < (SELECT max(position) FROM events)";
        ledger::number(&mut scene.company.connection().await, caught_up).await == 0
    };
    until(reached, "every read model has gone on to the end").await;
}

#[tokio::test]
async fn a_network_that_stands_still_leaves_nothing_in_doubt_when_it_moves_again() {
    let scene = Scene::set().await;
    let begun = ledger::end(&mut scene.company.connection().await).await;
    let mut load = Load::begin(&scene.seller, 4).await;
    load.until_further(12).await;
    scene.way.set(Passage::Still);
    until(async || !scene.program.is_ready().await, "it is not ready").await;
    assert!(is_alive(&scene.program).await, "the process lives on");
    scene.way.set(Passage::Open);
    load.until_further(12).await;
    scene.way.set(Passage::Still);
    until(async || !scene.program.is_ready().await, "it is not ready").await;
    // What was under way is lost on both sides.
    scene.way.set(Passage::Cut);
    scene.way.set(Passage::Open);
    load.until_further(12).await;
    let acknowledged = load.end().await;
    ledger::holds(&mut scene.company.connection().await, begun, &acknowledged).await;
}
