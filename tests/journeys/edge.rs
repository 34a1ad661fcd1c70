//! What the edge refuses in front of the real schema: by code and in our own words, over HTTP and on a socket.
//!
//! Its limits one by one, close codes and headers have their tests in `api/tests/edge`, over a schema made for them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use cartera_tests::{GraphQl, Socket, TestWorld};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../docs/errors.md");

/// The codes that take a fault or much time to earn, and the tests that do.
const ELSEWHERE: [(&str, &str, &str); 9] = [
    (
        "INTERNAL",
        "api/tests/edge/errors.rs",
        "a_panic_is_the_error_of_its_request_alone",
    ),
    (
        "REQUEST_TIMEOUT",
        "api/tests/edge/limits.rs",
        "a_body_that_trickles_is_given_up",
    ),
    (
        "TIMEOUT",
        "api/tests/edge/limits.rs",
        "an_answer_that_takes_too_long_is_given_up",
    ),
    (
        "TOO_MANY_SUBSCRIPTIONS",
        "api/tests/edge/socket_limits.rs",
        "the_hundred_and_first_subscription_is_refused",
    ),
    (
        "UNAVAILABLE",
        "api/tests/edge/anonymous.rs",
        "when_nobody_can_be_identified_the_service_is_unavailable",
    ),
    (
        "FILE_EMPTY",
        "tests/journeys/imports/uploads.rs",
        "what_is_no_table_is_refused_by_its_content",
    ),
    (
        "FILE_NOT_A_TABLE",
        "tests/journeys/imports/uploads.rs",
        "what_is_no_table_is_refused_by_its_content",
    ),
    (
        "QUOTA_EXCEEDED",
        "tests/journeys/imports/uploads.rs",
        "what_is_too_much_is_refused_while_it_is_read_and_leaves_nothing",
    ),
    (
        "NOT_READY",
        "tests/faults/starting.rs",
        "the_first_answer_after_a_start_without_read_models_is_whole",
    ),
];
/// Codes of commands: their tests are those of repetition and of sign-in.
const OF_COMMANDS: [&str; 3] = ["COMMAND_ID_REUSED", "CONFLICT", "RATE_LIMITED"];

/// A document that is refused: the code, and all that is said about it.
type Refused = (String, Value, &'static str, &'static str);

/// Documents that Nil is refused, on either transport.
#[rustfmt::skip]
fn documents() -> Vec<Refused> {
    let none = || json!({});
    let deep = format!("{{ leads {} }}", nested("edges { node { owner { team", 8));
    let aliases = (0..31).map(|n| format!("a{n}: viewer {{ role }}")).collect::<Vec<_>>().join(" ");
    let wide: String = "viewer { role } ".repeat(501);
    let tokens = format!("{{ node(id: [{}]) {{ id }} }}", "1 ".repeat(5_001));
    let fragments = (0..29).map(|n| format!("fragment F{n} on Query {{ ...F{m} ...F{m} }}", m = n + 1));
    let fragments = fragments.collect::<Vec<_>>().join(" ");
    let exponential = format!("{{ ...F0 }} {fragments} fragment F29 on Query {{ viewer {{ role }} }}");
    let lead = "query($id: ID!) { lead(id: $id) { name } }";
    let first = "query($first: Int) { leads(first: $first) { totalCount } }";
    let report = "query($years: Int!) { report(input: { metrics: [WIN_RATE], comparedYears: $years }) { judgedAt } }";
    let complex = "the document has more than";
    let rows = [
        ("{ leads { totalCount }".to_owned(), none(), "GRAPHQL_PARSE_FAILED", "the document is not GraphQL"),
        ("fragment".to_owned(), none(), "GRAPHQL_PARSE_FAILED", "the document is not GraphQL"),
        ("{ leds { totalCount } }".to_owned(), none(), "GRAPHQL_VALIDATION_FAILED", "the document does not fit the schema near `leds`"),
        ("{ leads { totalCont } }".to_owned(), none(), "GRAPHQL_VALIDATION_FAILED", "the document does not fit the schema near `totalCont`"),
        ("query($x: Nothing) { viewer { role } }".to_owned(), none(), "GRAPHQL_VALIDATION_FAILED", "the document does not fit the schema"),
        (lead.to_owned(), none(), "BAD_USER_INPUT", "the variable `id` must have a value"),
        (lead.to_owned(), json!({ "id": 42.5 }), "BAD_USER_INPUT", ""),
        (lead.to_owned(), json!({ "id": "no id" }), "BAD_USER_INPUT", "this is not the id of a Lead"),
        (report.to_owned(), json!({ "years": 3_000_000_000_u64 }), "BAD_USER_INPUT", ""),
        (report.replace("($years: Int!)", "").replace("$years", "3000000000"), none(), "BAD_USER_INPUT", ""),
        (first.to_owned(), json!({ "first": 3_000_000_000_u64 }), "QUERY_TOO_COMPLEX", complex),
        ("{ leads(first: \"ten\") { totalCount } }".to_owned(), none(), "BAD_USER_INPUT", ""),
        ("{ leads(filter: { status: [LOUD] }) { totalCount } }".to_owned(), none(), "BAD_USER_INPUT", ""),
        ("{ leads(filter: { search: \"\\u0000\" }) { totalCount } }".to_owned(), none(), "BAD_USER_INPUT", "the character U+0000 is not allowed"),
        (deep, none(), "QUERY_TOO_COMPLEX", complex),
        (format!("{{ {aliases} }}"), none(), "QUERY_TOO_COMPLEX", complex),
        (format!("{{ {wide} }}"), none(), "QUERY_TOO_COMPLEX", complex),
        (tokens, none(), "QUERY_TOO_COMPLEX", complex),
        (exponential, none(), "QUERY_TOO_COMPLEX", complex),
        ("{ __schema { types { name } } }".to_owned(), none(), "FORBIDDEN", "your role does not allow this"),
        ("{ __type(name: \"Lead\") { name } }".to_owned(), none(), "FORBIDDEN", "your role does not allow this"),
        ("{ journal { head } }".to_owned(), none(), "FORBIDDEN", "your role does not allow this"),
        (lead.to_owned(), json!({ "id": cartera::scalars::AnyGlobalId::render("Lead", uuid::Uuid::from_u128(42)) }), "NOT_FOUND", "there is no such lead"),
    ];
    rows.into()
}

/// The same selection inside itself.
fn nested(text: &str, times: usize) -> String {
    let closing = " }".repeat(text.matches('{').count());
    let mut inside = "name".to_owned();
    for _ in 0..times {
        inside = format!("{text} {{ {inside} }}{closing}");
    }
    format!("{{ {inside} }}")
}

/// The codes of the first table of the page, and whether they may be tried again.
fn published() -> BTreeMap<&'static str, bool> {
    let (_, section) = PAGE
        .split_once("\n## Codes")
        .expect("the page has its codes");
    let (section, _) = section.split_once("\n## ").expect("the page goes on");
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let mut cells = row.split('|').map(str::trim).skip(1);
        let code = cells.next().unwrap_or_default().trim_matches('`');
        (code, cells.next() == Some("yes"))
    })
    .collect()
}

/// Words that only a library would say.
fn is_foreign(message: &str) -> bool {
    [
        "Did you mean",
        "expected",
        "Unknown",
        "Cannot",
        "Failed to",
        "Invalid value",
        "-->",
        "sqlx",
    ]
    .iter()
    .any(|words| message.contains(words))
}

#[track_caller]
fn assert_explained(error: &Value, code: &str, message: &str) {
    let extensions = &error["extensions"];
    assert_eq!(extensions["code"], code, "{error}");
    assert_eq!(extensions["retryable"], published()[code], "{error}");
    let said = error["message"].as_str().unwrap();
    assert!(said.starts_with(message), "{error}");
    assert!(!is_foreign(said), "{error}");
}

#[tokio::test]
async fn a_document_is_refused_by_code_in_our_own_words_and_quickly() {
    let world = TestWorld::start().await;
    let mut socket = Socket::open(&world.nil).await;
    for (number, (document, variables, code, message)) in documents().into_iter().enumerate() {
        let begun = Instant::now();
        let answer = world.nil.ask(&document, variables.clone()).await;
        let error = &answer.body["errors"][0];
        assert!(error.is_object(), "{document}: {}", answer.body);
        assert_explained(error, code, message);
        let id = number.to_string();
        socket.subscribe(&id, &document, variables).await;
        let heard = socket.hear().await;
        assert_eq!(heard["id"], id, "{heard}");
        let errors = if heard["type"] == "error" {
            &heard["payload"]
        } else {
            &heard["payload"]["errors"]
        };
        assert_explained(&errors[0], code, message);
        if heard["type"] == "next" {
            assert_eq!(socket.hear().await["type"], "complete");
        }
        assert!(begun.elapsed() < Duration::from_secs(2), "{document}");
    }
}

/// Requests that are refused before any document is looked at, as a page of another site or a careless program sends them.
#[rustfmt::skip]
fn requests(world: &TestWorld) -> Vec<(&'static str, RequestBuilder)> {
    let client = reqwest::Client::new();
    let (_, cookie) = world.nil.credential_header().expect("a session");
    let url = format!("{}/graphql", world.url);
    let body = json!({ "query": "mutation { signOut { done } }" }).to_string();
    let post = |kind: &str| {
        let request = client.post(&url).header("cookie", &cookie);
        request.header("content-type", kind)
    };
    let json = || post("application/json");
    let form = "query=mutation%20%7B%20signOut%20%7B%20done%20%7D%20%7D";
    vec![
        ("UNSUPPORTED_MEDIA_TYPE", post("text/plain").body(body.clone())),
        ("UNSUPPORTED_MEDIA_TYPE", post("application/x-www-form-urlencoded").body(form)),
        ("UNSUPPORTED_MEDIA_TYPE", post("multipart/form-data; boundary=x").body(body.clone())),
        ("UNSUPPORTED_MEDIA_TYPE", client.post(&url).header("cookie", &cookie).body(body.clone())),
        ("ORIGIN_NOT_ALLOWED", json().header("origin", "https://evil.example").body(body.clone())),
        ("ORIGIN_NOT_ALLOWED", json().header("sec-fetch-site", "cross-site").body(body.clone())),
        ("UNAUTHENTICATED", client.get(format!("{url}?{form}")).header("cookie", &cookie)),
        ("NOT_ACCEPTABLE", json().header("accept", "text/html").body(body.clone())),
        ("METHOD_NOT_ALLOWED", client.request(Method::PUT, &url).header("cookie", &cookie).body(body.clone())),
        ("BAD_REQUEST", json().body(format!("[{body}]"))),
        ("BAD_REQUEST", json().body("{")),
        ("BAD_REQUEST", json().body("{}")),
        ("PAYLOAD_TOO_LARGE", json().body(format!("{{\"query\":\"{}\"}}", " ".repeat(1024 * 1024)))),
    ]
}

#[tokio::test]
async fn a_request_is_refused_by_code_and_does_nothing() {
    let world = TestWorld::start().await;
    for (code, request) in requests(&world) {
        let response = request.send().await.unwrap();
        let id = response.headers()["x-request-id"]
            .to_str()
            .unwrap()
            .to_owned();
        let answer: Value = response.json().await.unwrap();
        assert_explained(&answer["errors"][0], code, "");
        assert_eq!(answer["errors"][0]["extensions"]["requestId"], id);
    }
    world.nil.get("{ viewer { role } }", json!({})).await;
}

#[tokio::test]
async fn a_key_may_ask_by_get_but_do_nothing() {
    let world = TestWorld::start().await;
    let made = "mutation { createApiKey(input: { name: \"nightly\" }) { secret } }";
    let made = world.nil.get(made, json!({})).await;
    let key = made["createApiKey"]["secret"].as_str().unwrap();
    let get = async |document: &str| {
        let url = reqwest::Url::parse_with_params(
            &format!("{}/graphql", world.url),
            [("query", document)],
        );
        let request = reqwest::Client::new().get(url.unwrap()).bearer_auth(key);
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let answer = get("{ viewer { role } }").await;
    assert_eq!(answer["data"]["viewer"]["role"], "SALESPERSON");
    let answer = get("mutation { signOut { done } }").await;
    assert_explained(
        &answer["errors"][0],
        "METHOD_NOT_ALLOWED",
        "GET carries queries only",
    );
}

#[tokio::test]
async fn the_schema_is_read_by_those_who_may() {
    let world = TestWorld::start().await;
    let document = "{ __schema { queryType { name } } }";
    for (who, person) in world.everybody() {
        let answer = person.ask(document, json!({})).await;
        let may = ["administrator", "director", "auditor"].contains(&who);
        assert_eq!(answer.code().is_none(), may, "{who}: {}", answer.body);
    }
    assert_eq!(
        nobodys(&world.anonymous(), document).await,
        "UNAUTHENTICATED"
    );
    assert_eq!(
        nobodys(&world.anonymous(), "{ nonsense").await,
        "UNAUTHENTICATED"
    );
}

async fn nobodys(anonymous: &GraphQl, document: &str) -> String {
    let answer = anonymous.ask(document, json!({})).await;
    answer.code().expect("nobody is refused")
}

#[tokio::test]
async fn every_published_code_has_a_test() {
    let world = TestWorld::start().await;
    let mut given: BTreeSet<&str> = documents().iter().map(|(_, _, code, _)| *code).collect();
    given.extend(requests(&world).iter().map(|(code, _)| *code));
    given.extend(OF_COMMANDS);
    for (code, file, name) in ELSEWHERE {
        let path = format!("{}/../{file}", env!("CARGO_MANIFEST_DIR"));
        let source = std::fs::read_to_string(path).unwrap();
        assert!(
            source.contains(&format!("fn {name}(")),
            "{file} has no {name}"
        );
        given.insert(code);
    }
    assert_eq!(given, published().into_keys().collect());
}
