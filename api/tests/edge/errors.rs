//! Errors: a published code on each, and no text of a library.

use serde_json::{Value, json};

use crate::world::{World, answer, code};

/// Words that only a library would say.
const FOREIGN: [&str; 12] = [
    "secret",
    "Failed to parse",
    "Expected input",
    "Cannot query",
    "Unknown",
    "occurred while",
    "-->",
    "expected ",
    "Invalid value",
    "Did you mean",
    "panicked",
    "is not defined",
];

#[track_caller]
fn assert_ours(body: &Value) {
    for error in body["errors"].as_array().unwrap() {
        let text = error.to_string();
        assert!(
            !FOREIGN.iter().any(|foreign| text.contains(foreign)),
            "{text}"
        );
        let extensions = error["extensions"].as_object().unwrap();
        assert!(
            ["code", "retryable", "requestId"]
                .iter()
                .all(|name| extensions.contains_key(*name)),
            "{text}"
        );
    }
}

#[tokio::test]
async fn each_kind_of_mistake_has_its_code() {
    let world = World::start().await;
    for (query, variables, expected) in [
        ("{", json!({}), (400, "GRAPHQL_PARSE_FAILED")),
        ("{ a(x: 1e999) }", json!({}), (400, "GRAPHQL_PARSE_FAILED")),
        ("{ helo }", json!({}), (400, "GRAPHQL_VALIDATION_FAILED")),
        ("{ a(x: 1) }", json!({}), (400, "GRAPHQL_VALIDATION_FAILED")),
        ("{ twice }", json!({}), (400, "GRAPHQL_VALIDATION_FAILED")),
        ("{ a { b } }", json!({}), (400, "GRAPHQL_VALIDATION_FAILED")),
        (
            "query($x: Strin) { hello(name: $x) }",
            json!({}),
            (400, "GRAPHQL_VALIDATION_FAILED"),
        ),
        (
            "{ hello(name: $x) }",
            json!({}),
            (400, "GRAPHQL_VALIDATION_FAILED"),
        ),
        (
            "{ x: a x: hello }",
            json!({}),
            (400, "GRAPHQL_VALIDATION_FAILED"),
        ),
        (
            "{ a @unknown }",
            json!({}),
            (400, "GRAPHQL_VALIDATION_FAILED"),
        ),
        (
            "query A { a } query B { a }",
            json!({}),
            (400, "GRAPHQL_VALIDATION_FAILED"),
        ),
        (
            "{ twice(number: \"1\") }",
            json!({}),
            (400, "BAD_USER_INPUT"),
        ),
        ("{ twice(number: 1.5) }", json!({}), (400, "BAD_USER_INPUT")),
        (
            "{ colour(colour: BLUE) }",
            json!({}),
            (400, "BAD_USER_INPUT"),
        ),
        (
            "query($n: Int!) { twice(number: $n) }",
            json!({"n": "1"}),
            (400, "BAD_USER_INPUT"),
        ),
        (
            "query($n: Int!) { twice(number: $n) }",
            json!({"n": null}),
            (400, "BAD_USER_INPUT"),
        ),
        (
            "query($n: Int!) { twice(number: $n) }",
            json!({}),
            (400, "BAD_USER_INPUT"),
        ),
        (
            "query($c: Colour!) { colour(colour: $c) }",
            json!({"c": "BLUE"}),
            (400, "BAD_USER_INPUT"),
        ),
        (
            "{ hello(name: \"\\u0000\") }",
            json!({}),
            (400, "BAD_USER_INPUT"),
        ),
        (
            "{ twice(number: 2147483648) }",
            json!({}),
            (200, "BAD_USER_INPUT"),
        ),
        (
            "{ twice(number: -99999999999999) }",
            json!({}),
            (200, "BAD_USER_INPUT"),
        ),
        (
            "query($n: Int!) { twice(number: $n) }",
            json!({"n": 2_147_483_648_i64}),
            (200, "BAD_USER_INPUT"),
        ),
        (
            "{ postcode(code: \"1\") }",
            json!({}),
            (200, "BAD_USER_INPUT"),
        ),
        ("{ postcode(code: 1) }", json!({}), (200, "BAD_USER_INPUT")),
        ("{ breaks }", json!({}), (200, "INTERNAL")),
        ("{ breaksForGood }", json!({}), (200, "INTERNAL")),
        (
            "{ refuses(code: \"NOT_FOUND\") }",
            json!({}),
            (200, "NOT_FOUND"),
        ),
        (
            "{ refuses(code: \"FORBIDDEN\") }",
            json!({}),
            (200, "FORBIDDEN"),
        ),
        (
            "{ refuses(code: \"CONFLICT\") }",
            json!({}),
            (200, "CONFLICT"),
        ),
        (
            "{ refuses(code: \"COMMAND_ID_REUSED\") }",
            json!({}),
            (200, "COMMAND_ID_REUSED"),
        ),
        (
            "{ refuses(code: \"UNAVAILABLE\") }",
            json!({}),
            (200, "UNAVAILABLE"),
        ),
        (
            "{ refuses(code: \"BAD_USER_INPUT\") }",
            json!({}),
            (200, "BAD_USER_INPUT"),
        ),
        ("{ refuses(code: \"\") }", json!({}), (200, "INTERNAL")),
        (
            "subscription { count(to: 1) }",
            json!({}),
            (400, "BAD_REQUEST"),
        ),
    ] {
        let (status, body) =
            answer(world.post(&json!({ "query": query, "variables": variables }))).await;
        assert_eq!(
            (status, code(&body)),
            expected,
            "{query} {variables}: {body}"
        );
        assert_ours(&body);
        assert_eq!(body.get("data").is_some(), status == 200, "{query}: {body}");
    }
}

#[tokio::test]
async fn an_error_says_where_and_what() {
    let world = World::start().await;
    let (_, body) = world
        .ask("{\n  x: refuses(code: \"CONFLICT\")\n  a }")
        .await;
    let error = &body["errors"][0];
    assert_eq!(error["path"], json!(["x"]));
    assert_eq!(error["locations"], json!([{ "line": 2, "column": 3 }]));
    assert_eq!(error["extensions"]["actualVersion"], 7);
    assert_eq!(error["extensions"]["retryable"], false);
    assert_eq!(body["data"], json!({ "x": null, "a": 1 }));

    let (_, body) = world.ask("{\n  helo }").await;
    assert_eq!(
        body["errors"][0]["message"],
        "the document does not fit the schema near `helo`"
    );
    let (_, body) = world.ask("{ postcode(code: \"1\") }").await;
    assert_eq!(body["errors"][0]["message"], "a postcode has five digits");
    let (_, body) = world.ask("{ refuses(code: \"BAD_USER_INPUT\") }").await;
    assert_eq!(body["errors"][0]["extensions"]["field"], "name");
    let (_, body) = world.ask("{ refuses(code: \"UNAVAILABLE\") }").await;
    assert_eq!(body["errors"][0]["extensions"]["retryable"], true);
}

#[tokio::test]
async fn a_failed_field_is_null_as_far_up_as_its_type_demands() {
    let world = World::start().await;
    for (query, expected) in [
        ("{ breaks }", json!({ "breaks": null })),
        ("{ a breaks }", json!({ "a": 1, "breaks": null })),
        ("{ a breaksForGood }", json!(null)),
        (
            "{ nodes(first: 2) { id fragile } }",
            json!({ "nodes": [{ "id": "0", "fragile": 0 }, { "id": "1", "fragile": null }] }),
        ),
        ("{ nodes(first: 2) { fragile strict } }", json!(null)),
        ("{ maybe { strict } a }", json!({ "maybe": null, "a": 1 })),
    ] {
        let (status, body) = world.ask(query).await;
        assert_eq!((status, &body["data"]), (200, &expected), "{query}: {body}");
        assert!(body["errors"][0]["path"].is_array());
    }
}

#[tokio::test]
async fn the_request_id_is_in_the_answer_the_error_and_the_resolver() {
    let world = World::start().await;
    let response = world
        .post(&json!({ "query": "{ requestId breaks }" }))
        .send()
        .await
        .unwrap();
    let header = response.headers()["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["data"]["requestId"], header.as_str());
    assert_eq!(
        body["errors"][0]["extensions"]["requestId"],
        header.as_str()
    );
    let other = world
        .post(&json!({ "query": "{ a }" }))
        .header("x-request-id", &header)
        .send()
        .await
        .unwrap();
    assert_ne!(
        other.headers()["x-request-id"].to_str().unwrap(),
        header,
        "a caller does not choose it"
    );
}

#[tokio::test]
async fn a_panic_is_the_error_of_its_request_alone() {
    let world = World::start().await;
    let (status, body) = world.ask("{ panics }").await;
    assert_eq!((status, code(&body)), (500, "INTERNAL"));
    assert_ours(&body);
    assert_eq!(
        world.ask("{ a }").await,
        (200, json!({ "data": { "a": 1 } }))
    );
}

#[tokio::test]
async fn an_answer_lists_twenty_errors_at_most() {
    let world = World::start().await;
    let (_, body) = world
        .ask(&format!("{{ {} }}", "nothing ".repeat(500)))
        .await;
    assert_eq!(body["errors"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn resolvers_know_the_client() {
    let world = World::start().await;
    let request = world
        .post(&json!({ "query": "{ client }" }))
        .header("user-agent", "x".repeat(300));
    assert_eq!(answer(request).await.0, 200);
    let client = world.traces.client.lock().unwrap().clone().unwrap();
    assert_eq!(client.peer.unwrap().to_string(), "127.0.0.1");
    assert_eq!(client.user_agent.unwrap().len(), 200);
}
