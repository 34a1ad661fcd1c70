//! Sessions that end while a socket is open.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::world::{World, subscribe};

#[tokio::test]
async fn a_quiet_socket_closes_within_a_second() {
    let world = World::start().await;
    let mut socket = world.socket().await;
    let mut admin = world
        .connect(&[("authorization", "Bearer admin")])
        .await
        .unwrap();
    admin.say(&json!({ "type": "connection_init" })).await;
    assert_eq!(admin.hear().await["type"], "connection_ack");
    let start = Instant::now();
    world.people.revoke("reader");
    assert_eq!(socket.closed().await, (4401, "Unauthorized".to_owned()));
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
    admin.say(&subscribe("1", "{ a }")).await;
    assert_eq!(
        admin.hear().await["type"],
        "next",
        "another caller's socket stays open"
    );
}

#[tokio::test]
async fn no_event_is_sent_after_the_revocation() {
    let world = World::start().await;
    let mut socket = world.socket().await;
    socket.say(&subscribe("1", "subscription { told }")).await;
    while world.traces.told.receiver_count() == 0 {
        tokio::task::yield_now().await;
    }
    world.traces.told.send(1).unwrap();
    assert_eq!(
        socket.hear().await["payload"],
        json!({ "data": { "told": 1 } })
    );
    world.people.revoke("reader");
    world.traces.told.send(2).unwrap();
    match socket.next().await.unwrap().unwrap() {
        tokio_tungstenite::tungstenite::Message::Close(Some(frame)) => {
            assert_eq!(u16::from(frame.code), 4401);
        }
        other => panic!("{other:?} after the revocation"),
    }
    while Arc::strong_count(&world.traces.running) > 2 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off_too() {
    let world = World::start().await;
    let mut socket = world.socket().await;
    socket
        .say(&subscribe("1", "subscription { count(to: 2000000000) }"))
        .await;
    socket.say(&subscribe("2", "subscription { told }")).await;
    while Arc::strong_count(&world.traces.running) < 3 {
        tokio::task::yield_now().await;
    }
    world.people.revoke("reader");
    while Arc::strong_count(&world.traces.running) > 2 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_revoked_session_gets_no_new_socket() {
    let world = World::start().await;
    world.people.revoke("reader");
    let mut socket = world.connect(&[]).await.unwrap();
    socket.say(&crate::world::init("reader")).await;
    assert_eq!(socket.closed().await.0, 4403);
}
