//! No personal data leaves by traces, figures or the log.

use cartera::auth::PUBLIC_DOCUMENTS;
use cartera_tests::otlp::Receiver;
use cartera_tests::{Founded, GraphQl};
use serde_json::json;

use super::send;

/// In every personal value that goes in; nothing else contains it.
const MARK: &str = "zzmark";
/// As a telephone number, in which no letter can stand.
const NUMBER: &str = "972555183";

/// Everything of ours, and of the libraries what they say where something is looked into.
const MUCH: &str =
    "debug,cartera=trace,cartera_journal=trace,cartera_commands=trace,cartera_projections=trace";

/// Sends marked data through every door: accepted, refused, misunderstood, unknown.
async fn send_marked_data(world: &Founded) {
    let details = json!({
        "personName": "Zzmark Puig", "companyName": "Zzmark, SL", "email": "zzmark@puig.example", "phone": format!("+34 {NUMBER}"),
        "city": "Zzmark", "notes": "Zzmark rang twice.", "jobTitle": "Zzmark"
    });
    let lead = world
        .anna
        .say(
            "registerLead",
            json!({ "details": details }),
            "lead { id name email phone notes }",
        )
        .await;
    assert_eq!(
        lead["lead"]["email"], "zzmark@puig.example",
        "the data is there: {lead}"
    );
    let input = json!({ "leadId": lead["lead"]["id"], "opportunity": { "details": { "title": "Zzmark's order" } } });
    world
        .anna
        .say("convertLead", input, "lead { client { name } }")
        .await;
    world.caught_up().await;
    ask_with_marked_data(world).await;
    knock_with_marked_data(world).await;
}

/// Looks for it, and says what cannot be read: by variable, by literal, by name.
async fn ask_with_marked_data(world: &Founded) {
    let ask = async |query: &str, variables| {
        let body = json!({ "query": query, "variables": variables });
        let headers = [
            ("user-agent", "zzmark/1.0"),
            ("x-forwarded-for", "zzmark"),
            ("tracestate", "zzmark=1"),
        ];
        send(&world.anna, &world.program.url, &headers, &body).await
    };
    let found = ask(
        "query($search: String) { clients(filter: { search: $search }) { totalCount } }",
        json!({ "search": "zzmark" }),
    )
    .await;
    assert_eq!(found["data"]["clients"]["totalCount"], 1, "{found}");
    let register = "mutation($input: RegisterLeadInput!) { registerLead(input: $input) { userErrors { code } } }";
    for details in [
        json!({ "email": "zzmark is no address" }),
        json!({ "expectedValue": "zzmark" }),
        json!({ "zzmark": 1 }),
    ] {
        let input =
            json!({ "commandId": cartera_tests::graphql::command_id(), "details": details });
        ask(register, json!({ "input": input })).await;
    }
    ask(
        "{ lead(id: \"zzmark\") { name } zzmark(zzmark: \"zzmark\") { zzmark } }",
        json!({}),
    )
    .await;
    ask("{ zzmark \"zzmark\" ", json!({})).await;
}

/// As a stranger, at doors that are there and at others.
async fn knock_with_marked_data(world: &Founded) {
    let anonymous = GraphQl::anonymous(&world.program.url);
    let stranger =
        json!({ "input": { "email": "zzmark@puig.example", "password": "zzmark's password" } });
    anonymous.ask(PUBLIC_DOCUMENTS[0], stranger).await;
    for path in [
        "/zzmark@puig.example",
        "/graphql?query=%7Bzzmark%7D",
        "/graphiql/zzmark",
    ] {
        let url = format!("{}{path}", world.program.url);
        reqwest::get(url).await.unwrap();
    }
    let method = reqwest::Method::from_bytes(b"ZZMARK").unwrap();
    let odd = reqwest::Client::new()
        .request(method, &world.program.url)
        .send()
        .await;
    assert!(odd.is_ok());
}

#[track_caller]
fn tells_nothing(what: &str, text: &str) {
    let low = text.to_lowercase();
    for mark in [MARK, NUMBER] {
        if let Some(place) = low.find(mark) {
            let (before, after) = low.split_at(place);
            let (before, after): (String, String) = (
                before.chars().rev().take(300).collect(),
                after.chars().take(100).collect(),
            );
            let before: String = before.chars().rev().collect();
            panic!("{what}: {before}{after}");
        }
    }
}

#[tokio::test]
async fn nothing_personal_is_in_what_the_service_tells_of_itself() {
    let receiver = Receiver::start();
    let telling = |format: &'static str| {
        let url = receiver.url.clone();
        move |command: &mut std::process::Command| {
            command
                .env("OTEL_EXPORTER_OTLP_ENDPOINT", &url)
                .env("CARTERA_LOG_FORMAT", format)
                .env("CARTERA_LOG", MUCH);
        }
    };
    let mut world = Founded::start(telling("text")).await;
    send_marked_data(&world).await;
    tells_nothing("figures", &world.figures().await);
    world.end();
    let text = world.log();
    assert!(
        text.contains("ready") && text.contains("graphql"),
        "the log is one: {text}"
    );
    tells_nothing("log as text", &text);

    let mut world = world.again(telling("json")).await;
    send_marked_data_again(&world).await;
    world.end();
    let log = world.log();
    let lines = log.strip_prefix(&text).unwrap().lines();
    let parsed = lines.map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    assert!(parsed.count() > 10, "the log is one");
    tells_nothing("log as JSON", &log);

    let sent = receiver.sent();
    assert!(sent.len() > 20, "spans came");
    tells_nothing("traces", &format!("{sent:?}"));
}

/// The same through a second start, where the person is known already.
async fn send_marked_data_again(world: &Founded) {
    let details = json!({ "personName": "Zzmark Mas", "email": "zzmark.mas@puig.example", "notes": "zzmark" });
    world
        .anna
        .say("registerLead", json!({ "details": details }), "lead { id }")
        .await;
    world.caught_up().await;
}
