//! What somebody may do whom nobody knows.

use cartera::edge::Introspection;
use serde_json::{Value, json};

use crate::world::{PUBLIC, World, answer, code};

async fn anonymous(world: &World, query: &str) -> (u16, Value) {
    let body = json!({ "query": query }).to_string();
    answer(
        world
            .http
            .post(world.url("/graphql"))
            .header("content-type", "application/json")
            .body(body),
    )
    .await
}

#[tokio::test]
async fn only_the_exact_public_documents_run() {
    let world = World::start().await;
    assert_eq!(
        anonymous(&world, PUBLIC).await,
        (200, json!({ "data": { "signIn": true } }))
    );
    for other in [
        "mutation { signIn } ",
        "mutation { signIn touch }",
        "mutation{signIn}",
        "{ a }",
        "{ __typename }",
    ] {
        let (status, body) = anonymous(&world, other).await;
        assert_eq!((status, code(&body)), (401, "UNAUTHENTICATED"), "{other}");
    }
}

#[tokio::test]
async fn a_document_is_not_even_parsed() {
    let world = World::start().await;
    for nonsense in [
        "{",
        "",
        "{ thereIsNoSuchField }",
        "{ __schema { types { name } } }",
    ] {
        let (status, body) = anonymous(&world, nonsense).await;
        assert_eq!(
            (status, code(&body)),
            (401, "UNAUTHENTICATED"),
            "{nonsense}"
        );
    }
}

#[tokio::test]
async fn a_token_that_is_not_known_is_nobody() {
    let world = World::start().await;
    for token in ["Bearer nobody", "Bearer", "Basic reader", "reader"] {
        let request = world
            .http
            .post(world.url("/graphql"))
            .header("authorization", token);
        let response = request
            .json(&json!({ "query": "{ me }" }))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 401, "{token}");
        assert!(response.headers().contains_key("www-authenticate"));
    }
}

#[tokio::test]
async fn a_resolver_behind_a_public_document_sees_nobody() {
    let world = World::with(|settings| {
        settings.public_documents.insert("{ me }".to_owned());
    })
    .await;
    let (status, body) = anonymous(&world, "{ me }").await;
    assert_eq!((status, code(&body)), (200, "UNAUTHENTICATED"));
    assert_eq!(
        world.ask("{ me }").await,
        (200, json!({ "data": { "me": "READER" } }))
    );
}

#[tokio::test]
async fn the_schema_is_read_with_a_permission() {
    let world = World::start().await;
    for query in [
        "{ __schema { types { name } } }",
        "{ __type(name: \"Query\") { name } }",
        "{ ...F } fragment F on Query { x: __schema { types { name } } }",
    ] {
        let (status, body) = world.ask(query).await;
        assert_eq!((status, code(&body)), (403, "FORBIDDEN"), "{query}");
    }
    let admin = world
        .http
        .post(world.url("/graphql"))
        .bearer_auth("admin")
        .json(&json!({ "query": "{ __schema { queryType { name } } }" }));
    assert_eq!(
        answer(admin).await.1["data"]["__schema"]["queryType"]["name"],
        "Query"
    );
    assert_eq!(
        world.ask("{ __typename }").await.1,
        json!({ "data": { "__typename": "Query" } })
    );
}

#[tokio::test]
async fn in_development_everybody_may_read_the_schema_and_nothing_else() {
    let world = World::with(|settings| settings.introspection = Introspection::Free).await;
    let (_, body) = anonymous(&world, "{ __schema { queryType { name } } }").await;
    assert_eq!(body["data"]["__schema"]["queryType"]["name"], "Query");
    for query in [
        "{ a }",
        "{ __typename a }",
        "{ ...F } fragment F on Query { __typename }",
        "mutation { __typename }",
    ] {
        assert_eq!(
            code(&anonymous(&world, query).await.1),
            "UNAUTHENTICATED",
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_resolver_can_set_a_cookie() {
    let world = World::start().await;
    let body = json!({ "query": PUBLIC }).to_string();
    let request = world
        .http
        .post(world.url("/graphql"))
        .header("content-type", "application/json")
        .body(body);
    let response = request.send().await.unwrap();
    assert_eq!(
        response.headers()["set-cookie"],
        "session=reader; HttpOnly; SameSite=Lax"
    );
}

#[tokio::test]
async fn when_nobody_can_be_identified_the_service_is_unavailable() {
    let world = World::start().await;
    let request = world
        .http
        .post(world.url("/graphql"))
        .bearer_auth("unlucky")
        .json(&json!({ "query": "{ a }" }));
    let response = request.send().await.unwrap();
    assert_eq!(
        (
            response.status().as_u16(),
            &response.headers()["retry-after"]
        ),
        (503, &"1".parse().unwrap())
    );
    let text = response.text().await.unwrap();
    assert!(!text.contains("secret"), "{text}");
    assert_eq!(code(&serde_json::from_str(&text).unwrap()), "UNAVAILABLE");
}
