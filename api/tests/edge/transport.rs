//! GraphQL over HTTP where the audits do not look.

use serde_json::json;

use crate::world::{World, answer, code};

#[tokio::test]
async fn batches_are_refused() {
    let world = World::start().await;
    for batch in [json!([{ "query": "{ a }" }]), json!([]), json!(["{ a }"])] {
        let (status, body) = answer(world.post(&batch)).await;
        assert_eq!((status, code(&body)), (400, "BAD_REQUEST"), "{batch}");
    }
}

#[tokio::test]
async fn an_answer_may_not_be_kept_and_depends_on_accept() {
    let world = World::start().await;
    let response = world
        .post(&json!({ "query": "{ a }" }))
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(response.headers()["vary"], "accept");
}

#[tokio::test]
async fn what_cannot_be_accepted_is_said() {
    let world = World::start().await;
    for accept in [
        "text/html",
        "application/json;charset=utf-16",
        "application/json;q=0",
    ] {
        let request = world
            .http
            .post(world.url("/graphql"))
            .bearer_auth("reader")
            .header("accept", accept);
        let (status, body) = answer(request.json(&json!({ "query": "{ a }" }))).await;
        assert_eq!((status, code(&body)), (406, "NOT_ACCEPTABLE"), "{accept}");
    }
}

#[tokio::test]
async fn other_methods_are_refused_with_those_that_are_allowed() {
    let world = World::start().await;
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS"] {
        let request = world
            .http
            .request(method.parse().unwrap(), world.url("/graphql"));
        let response = request.bearer_auth("reader").send().await.unwrap();
        assert_eq!(response.status(), 405, "{method}");
        assert_eq!(response.headers()["allow"], "GET, HEAD, POST");
    }
}

#[tokio::test]
async fn get_takes_all_parameters() {
    let world = World::start().await;
    let get = world
        .get(&[
            (
                "query",
                "query A($n: Int!) { twice(number: $n) } query B { a }",
            ),
            ("operationName", "A"),
            ("variables", r#"{"n": 21}"#),
            ("extensions", "{}"),
        ])
        .bearer_auth("reader");
    assert_eq!(answer(get).await, (200, json!({ "data": { "twice": 42 } })));
}

#[tokio::test]
async fn get_refuses_what_post_refuses() {
    let world = World::start().await;
    for (pairs, expected) in [
        (vec![], "BAD_REQUEST"),
        (
            vec![("query", "{ a }"), ("variables", "[1]")],
            "BAD_REQUEST",
        ),
        (
            vec![("query", "{ a }"), ("variables", "nonsense")],
            "BAD_REQUEST",
        ),
        (vec![("query", "{ a }"), ("extensions", "1")], "BAD_REQUEST"),
        (
            vec![("query", "{ a }"), ("operationName", "B")],
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            vec![("query", "subscription { count(to: 1) }")],
            "METHOD_NOT_ALLOWED",
        ),
    ] {
        let get = world.get(&pairs).bearer_auth("reader");
        assert_eq!(code(&answer(get).await.1), expected, "{pairs:?}");
    }
}

#[tokio::test]
async fn errors_of_the_transport_have_their_status_for_json_too() {
    let world = World::start().await;
    let post = |body: &str| {
        world
            .http
            .post(world.url("/graphql"))
            .bearer_auth("reader")
            .header("content-type", "application/json")
            .body(body.to_owned())
    };
    assert_eq!(answer(post("nonsense")).await.0, 400);
    assert_eq!(answer(post("{}")).await.0, 400);
    assert_eq!(
        answer(post(r#"{"query":"subscription { count(to: 1) }"}"#))
            .await
            .0,
        400
    );
    assert_eq!(answer(post(r#"{"query":"{"}"#)).await.0, 200);
}
