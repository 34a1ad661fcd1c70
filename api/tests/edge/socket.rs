//! graphql-transport-ws: what is said, and with which code a socket closes.

use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::world::{Socket, World, init, subscribe};

/// Says something on a socket that is past `connection_ack`, and tells how it closes.
async fn closes(say: &str) -> (u16, String) {
    let mut socket = World::start().await.socket().await;
    socket.say_text(say).await;
    socket.closed().await
}

/// The same without any `connection_init`.
async fn closes_at_first(say: &str) -> (u16, String) {
    let mut socket = World::start().await.connect(&[]).await.unwrap();
    socket.say_text(say).await;
    socket.closed().await
}

#[tokio::test]
async fn messages_that_are_none_close_with_4400() {
    for text in [
        "hello",
        "[]",
        "{}",
        r#"{"type":"start","id":"1","payload":{"query":"{ a }"}}"#,
        r#"{"type":"subscribe","payload":{"query":"{ a }"}}"#,
        r#"{"type":"subscribe","id":"1"}"#,
        r#"{"type":"subscribe","id":"1","payload":{}}"#,
        r#"{"type":"subscribe","id":"1","payload":{"query":"{ a }","variables":[]}}"#,
        r#"{"type":"connection_init","payload":"x"}"#,
    ] {
        assert_eq!(closes(text).await.0, 4400, "{text}");
        assert_eq!(closes_at_first(text).await.0, 4400, "{text}");
    }
}

#[tokio::test]
async fn binary_messages_close_with_4400() {
    let world = World::start().await;
    let mut socket = world.socket().await;
    socket.0.send(Message::binary(&b"{}"[..])).await.unwrap();
    assert_eq!(socket.closed().await.0, 4400);
}

#[tokio::test]
async fn an_operation_before_the_acknowledgement_closes_with_4401() {
    let subscribe = subscribe("1", "{ a }").to_string();
    assert_eq!(
        closes_at_first(&subscribe).await,
        (4401, "Unauthorized".to_owned())
    );
}

#[tokio::test]
async fn unknown_credentials_close_with_4403() {
    let nobody = init("nobody").to_string();
    assert_eq!(
        closes_at_first(&nobody).await,
        (4403, "Forbidden".to_owned())
    );
    assert_eq!(
        closes_at_first(r#"{"type":"connection_init"}"#).await.0,
        4403
    );
}

#[tokio::test]
async fn when_nobody_can_be_identified_the_client_may_come_again() {
    assert_eq!(closes_at_first(&init("unlucky").to_string()).await.0, 1013);
}

#[tokio::test]
async fn a_second_initialisation_closes_with_4429() {
    let again = init("reader").to_string();
    assert_eq!(
        closes(&again).await,
        (4429, "Too many initialisation requests".to_owned())
    );
}

#[tokio::test]
async fn an_id_in_use_closes_with_4409() {
    let world = World::start().await;
    let mut socket = world.socket().await;
    socket
        .say(&subscribe("mine", "subscription { told }"))
        .await;
    socket.say(&subscribe("mine", "{ a }")).await;
    assert_eq!(
        socket.closed().await,
        (4409, "Subscriber for mine already exists".to_owned())
    );
}

#[tokio::test]
async fn a_client_without_the_protocol_is_closed_with_4406() {
    let world = World::start().await;
    let request = format!("ws://{}/graphql", world.address);
    let (stream, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    assert_eq!(Socket(stream).closed().await.0, 4406);
}

#[tokio::test]
async fn a_message_that_is_too_long_closes_with_1009() {
    let world = World::start().await;
    let mut socket = world.socket().await;
    let long = json!({ "type": "ping", "payload": { "x": "x".repeat(1024 * 1024) } });
    socket.say(&long).await;
    assert_eq!(socket.closed().await.0, 1009);
}

#[tokio::test]
async fn a_cookie_of_the_handshake_identifies_too() {
    let world = World::start().await;
    let mut socket = world
        .connect(&[("cookie", "session=reader")])
        .await
        .unwrap();
    socket.say(&json!({ "type": "connection_init" })).await;
    assert_eq!(socket.hear().await, json!({ "type": "connection_ack" }));
    socket.say(&subscribe("1", "{ me }")).await;
    assert_eq!(
        socket.hear().await["payload"],
        json!({ "data": { "me": "READER" } })
    );
}

#[tokio::test]
async fn pings_are_answered_before_and_after_the_acknowledgement() {
    let world = World::start().await;
    let mut socket = world.connect(&[]).await.unwrap();
    socket.say(&json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await, json!({ "type": "pong" }));
    socket.say(&init("reader")).await;
    assert_eq!(socket.hear().await["type"], "connection_ack");
    socket.say(&json!({ "type": "pong" })).await;
    socket
        .say(&json!({ "type": "ping", "payload": { "x": 1 } }))
        .await;
    assert_eq!(
        socket.hear().await,
        json!({ "type": "pong", "payload": { "x": 1 } })
    );
}

#[tokio::test]
async fn queries_and_mutations_have_one_answer() {
    let world = World::start().await;
    let mut socket = world.socket().await;
    for (query, answer) in [
        ("{ a }", json!({ "a": 1 })),
        ("mutation { touch }", json!({ "touch": 1 })),
    ] {
        socket.say(&subscribe("1", query)).await;
        assert_eq!(
            socket.hear().await,
            json!({ "id": "1", "type": "next", "payload": { "data": answer } })
        );
        assert_eq!(
            socket.hear().await,
            json!({ "id": "1", "type": "complete" })
        );
    }
}

#[tokio::test]
async fn a_subscription_sends_each_event_and_then_its_end() {
    let world = World::start().await;
    let mut socket = world.socket().await;
    let query = "subscription($to: Int!) { count(to: $to) }";
    socket.say(&json!({ "type": "subscribe", "id": "é\"", "payload": { "query": query, "variables": { "to": 200 } } })).await;
    for number in 1..=200 {
        let event =
            json!({ "id": "é\"", "type": "next", "payload": { "data": { "count": number } } });
        assert_eq!(socket.hear().await, event);
    }
    assert_eq!(
        socket.hear().await,
        json!({ "id": "é\"", "type": "complete" })
    );
}

/// The first error's code of the `error` message that a query causes.
async fn refusal(socket: &mut Socket, query: &str) -> String {
    socket.say(&subscribe("1", query)).await;
    let message = socket.hear().await;
    assert_eq!(
        (&message["type"], &message["id"]),
        (&json!("error"), &json!("1")),
        "{query}: {message}"
    );
    let Value::Array(errors) = &message["payload"] else {
        panic!("{message}")
    };
    errors[0]["extensions"]["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_was_never_executed_is_an_error_message_and_frees_the_id() {
    let world = World::start().await;
    let mut socket = world.socket().await;
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { count(to: \"x\") }", "BAD_USER_INPUT"),
        (
            "subscription($to: Int!) { count(to: $to) }",
            "BAD_USER_INPUT",
        ),
        ("{ __schema { types { name } } }", "FORBIDDEN"),
        ("{ hello(name: \"\\u0000\") }", "BAD_USER_INPUT"),
        ("{ panics }", "INTERNAL"),
    ] {
        assert_eq!(refusal(&mut socket, query).await, code, "{query}");
    }
    socket.say(&subscribe("1", "{ a }")).await;
    assert_eq!(
        socket.hear().await["payload"],
        json!({ "data": { "a": 1 } })
    );
}

#[tokio::test]
async fn an_error_of_a_resolver_stands_beside_the_data() {
    let world = World::start().await;
    let mut socket = world.socket().await;
    for (query, code) in [
        ("subscription { refused }", "FORBIDDEN"),
        ("{ breaks }", "INTERNAL"),
    ] {
        socket.say(&subscribe("1", query)).await;
        let message = socket.hear().await;
        assert_eq!(message["type"], "next", "{message}");
        assert_eq!(message["payload"]["errors"][0]["extensions"]["code"], code);
        assert_eq!(socket.hear().await["type"], "complete");
    }
}

#[tokio::test]
async fn a_panic_ends_its_operation_alone() {
    let world = World::start().await;
    let mut socket = world.socket().await;
    socket
        .say(&subscribe("1", "subscription { panicking }"))
        .await;
    assert_eq!(
        socket.hear().await["payload"],
        json!({ "data": { "panicking": 1 } })
    );
    let error = socket.hear().await;
    assert_eq!(
        (&error["type"], &error["payload"][0]["extensions"]["code"]),
        (&json!("error"), &json!("INTERNAL"))
    );
    socket.say(&subscribe("1", "{ a }")).await;
    assert_eq!(socket.hear().await["type"], "next");
}

#[tokio::test]
async fn what_the_client_completes_stops_and_its_id_is_free() {
    let world = World::start().await;
    let mut socket = world.socket().await;
    socket.say(&subscribe("1", "subscription { told }")).await;
    // An answer to a later message shows that the earlier one was read.
    socket.say(&json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await["type"], "pong");
    let running = || std::sync::Arc::strong_count(&world.traces.running);
    while running() < 3 {
        tokio::task::yield_now().await;
    }
    socket.say(&json!({ "type": "complete", "id": "1" })).await;
    socket
        .say(&json!({ "type": "complete", "id": "never begun" }))
        .await;
    while running() > 2 {
        tokio::task::yield_now().await;
    }
    socket.say(&subscribe("1", "{ a }")).await;
    assert_eq!(
        socket.hear().await["payload"],
        json!({ "data": { "a": 1 } })
    );
}
