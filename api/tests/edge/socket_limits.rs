//! What one socket may do, and how long.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::world::{World, subscribe};

#[tokio::test]
async fn a_socket_without_initialisation_closes_with_4408() {
    let world =
        World::with(|settings| settings.limits.socket.init_time = Duration::from_millis(50)).await;
    let mut socket = world.connect(&[]).await.unwrap();
    assert_eq!(
        socket.closed().await,
        (4408, "Connection initialisation timeout".to_owned())
    );
}

#[tokio::test]
async fn an_initialised_socket_outlives_that_time() {
    let world =
        World::with(|settings| settings.limits.socket.init_time = Duration::from_millis(200)).await;
    let mut socket = world.socket().await;
    let mut silent = world.connect(&[]).await.unwrap();
    // The other socket began later: when it is closed, the first one's time is over as well.
    assert_eq!(silent.closed().await.0, 4408);
    socket.say(&json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await["type"], "pong");
}

#[tokio::test]
async fn the_hundred_and_first_subscription_is_refused() {
    let world = World::start().await;
    let mut socket = world.socket().await;
    for number in 0..100 {
        socket
            .say(&subscribe(&number.to_string(), "subscription { told }"))
            .await;
    }
    socket
        .say(&subscribe("more", "subscription { told }"))
        .await;
    let refused = socket.hear().await;
    assert_eq!(
        (&refused["type"], &refused["id"]),
        (&json!("error"), &json!("more"))
    );
    assert_eq!(
        refused["payload"][0]["extensions"]["code"],
        "TOO_MANY_SUBSCRIPTIONS"
    );
    socket.say(&json!({ "type": "complete", "id": "0" })).await;
    socket.say(&subscribe("more", "{ a }")).await;
    assert_eq!(
        socket.hear().await["payload"],
        json!({ "data": { "a": 1 } })
    );
}

#[tokio::test]
async fn a_client_that_answers_pings_is_not_silent() {
    let world = World::with(|settings| {
        settings.limits.socket.ping_every = Duration::from_millis(20);
        settings.limits.socket.silence = Duration::from_millis(100);
    })
    .await;
    let mut socket = world.socket().await;
    // Ten pings take twice the time of silence that is allowed; reading them answers them.
    assert!(matches!(socket.next().await, Some(Ok(Message::Ping(_)))));
    let mut others = 0;
    while others < 10 {
        match socket.next().await.unwrap().unwrap() {
            Message::Ping(_) => others += 1,
            other => panic!("{other:?}: a client that answers pings is not silent"),
        }
    }
}

#[tokio::test]
async fn a_client_that_answers_nothing_is_given_up() {
    let world =
        World::with(|settings| settings.limits.socket.silence = Duration::from_millis(100)).await;
    let mut socket = world.socket().await;
    assert_eq!(socket.closed().await.0, 1001);
}

#[tokio::test]
async fn a_client_that_does_not_read_is_given_up_and_its_subscriptions_end() {
    let world =
        World::with(|settings| settings.limits.socket.write_time = Duration::from_millis(100))
            .await;
    let mut socket = world.socket().await;
    socket
        .say(&subscribe("1", "subscription { count(to: 2000000000) }"))
        .await;
    // The socket is not read from: the queue, and the buffers of both ends, fill up, and then time runs out.
    let long =
        json!({ "type": "subscribe", "id": "2", "payload": { "query": "subscription { told }" } });
    socket.say(&long).await;
    while Arc::strong_count(&world.traces.running) < 3 {
        tokio::task::yield_now().await;
    }
    while Arc::strong_count(&world.traces.running) > 2 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_query_on_a_socket_has_the_same_time() {
    let world =
        World::with(|settings| settings.limits.execution_time = Duration::from_millis(50)).await;
    let mut socket = world.socket().await;
    socket.say(&subscribe("1", "{ never }")).await;
    let message = socket.hear().await;
    assert_eq!(
        (
            &message["type"],
            &message["payload"][0]["extensions"]["code"]
        ),
        (&json!("error"), &json!("TIMEOUT"))
    );
}

#[tokio::test]
async fn sockets_close_when_the_service_stops() {
    let world = World::start().await;
    let mut socket = world.socket().await;
    socket.say(&subscribe("1", "subscription { told }")).await;
    world.shutdown.cancel();
    assert_eq!(socket.closed().await.0, 1001);
}
