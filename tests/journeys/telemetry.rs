//! What the real program tells of itself: traces, figures, log.

mod figures;
mod privacy;
mod traces;

use cartera_tests::{Founded, GraphQl};
use serde_json::{Value, json};

const REGISTER: &str = "mutation Register($input: RegisterLeadInput!) { registerLead(input: $input) { position userErrors { code } } }";

/// Sends a document as somebody, with further headers.
async fn send(asker: &GraphQl, url: &str, headers: &[(&str, &str)], body: &Value) -> Value {
    let (name, credential) = asker.credential_header().unwrap();
    let mut request = reqwest::Client::new()
        .post(format!("{url}/graphql"))
        .header(name, credential)
        .json(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap().json().await.unwrap()
}

/// Registers a lead in a trace; gives its position.
async fn register_in(world: &Founded, trace: &str, name: &str) -> i64 {
    let details = json!({ "companyName": name });
    let input = json!({ "commandId": cartera_tests::graphql::command_id(), "details": details });
    let body =
        json!({ "query": REGISTER, "operationName": "Register", "variables": { "input": input } });
    let headers = [("traceparent", trace)];
    let answer = send(&world.anna, &world.program.url, &headers, &body).await;
    let position = &answer["data"]["registerLead"]["position"];
    match position.as_i64() {
        Some(position) => position,
        None => position
            .as_str()
            .and_then(|text| text.parse().ok())
            .unwrap_or_else(|| panic!("{answer}")),
    }
}
