//! Pages of other origins, and the ways they have to send something in a person's name.

use std::sync::atomic::Ordering;

use serde_json::json;

use crate::world::{World, answer, code};

const TOUCH: &str = r#"{"query":"mutation { touch }"}"#;

fn touched(world: &World) -> u32 {
    world.traces.touched.load(Ordering::SeqCst)
}

/// What a page may send without the browser asking us first: these content types, or none.
#[tokio::test]
async fn only_json_is_read() {
    let world = World::start().await;
    for content_type in [
        Some("text/plain"),
        Some("text/plain;charset=UTF-8"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/graphql"),
        Some("application/octet-stream"),
        None,
    ] {
        let request = world
            .http
            .post(world.url("/graphql"))
            .header("cookie", "session=reader")
            .body(TOUCH);
        let request = match content_type {
            Some(content_type) => request.header("content-type", content_type),
            None => request,
        };
        let (status, body) = answer(request).await;
        assert_eq!(
            (status, code(&body)),
            (415, "UNSUPPORTED_MEDIA_TYPE"),
            "{content_type:?}"
        );
    }
    assert_eq!(touched(&world), 0);
}

#[tokio::test]
async fn a_multipart_form_runs_nothing() {
    let world = World::start().await;
    let form = "--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n{\"query\":\"mutation { touch }\"}\r\n\
                --x\r\nContent-Disposition: form-data; name=\"map\"\r\n\r\n{}\r\n--x--\r\n";
    let request = world
        .http
        .post(world.url("/graphql"))
        .bearer_auth("reader")
        .header("content-type", "multipart/form-data; boundary=x")
        .body(form);
    assert_eq!(answer(request).await.0, 415);
    assert_eq!(touched(&world), 0);
}

#[tokio::test]
async fn get_runs_no_mutation() {
    let world = World::start().await;
    let get = world.get(&[("query", "mutation { touch }")]);
    let response = get.bearer_auth("reader").send().await.unwrap();
    assert_eq!(response.status(), 405);
    assert!(
        response.headers()["allow"]
            .to_str()
            .unwrap()
            .contains("POST")
    );
    assert_eq!(code(&response.json().await.unwrap()), "METHOD_NOT_ALLOWED");
    assert_eq!(touched(&world), 0);
}

#[tokio::test]
async fn get_does_nothing_for_a_cookie() {
    let world = World::start().await;
    let get = || world.get(&[("query", "{ me }")]);
    let (status, body) = answer(get().header("cookie", "session=reader")).await;
    assert_eq!((status, code(&body)), (401, "UNAUTHENTICATED"));
    assert_eq!(
        answer(get().bearer_auth("reader")).await,
        (200, json!({ "data": { "me": "READER" } }))
    );
}

#[tokio::test]
async fn a_cookie_counts_only_from_an_allowed_origin() {
    let world =
        World::with(|settings| settings.origins = ["https://crm.example"].into_iter().collect())
            .await;
    let touch = |headers: &[(&'static str, &'static str)]| {
        let request = world
            .http
            .post(world.url("/graphql"))
            .header("content-type", "application/json")
            .body(TOUCH);
        headers.iter().fold(
            request.header("cookie", "session=reader"),
            |request, (name, value)| request.header(*name, *value),
        )
    };
    for foreign in [
        [
            ("origin", "https://evil.example"),
            ("sec-fetch-site", "cross-site"),
        ],
        [("origin", "null"), ("x-none", "1")],
        [("origin", "http://crm.example"), ("x-none", "1")],
        [("sec-fetch-site", "cross-site"), ("x-none", "1")],
        [("sec-fetch-site", "same-site"), ("x-none", "1")],
    ] {
        let (status, body) = answer(touch(&foreign)).await;
        assert_eq!(
            (status, code(&body)),
            (403, "ORIGIN_NOT_ALLOWED"),
            "{foreign:?}"
        );
    }
    assert_eq!(touched(&world), 0);
    for ours in [
        vec![
            ("origin", "https://crm.example"),
            ("sec-fetch-site", "same-origin"),
        ],
        vec![("sec-fetch-site", "same-origin")],
        vec![],
    ] {
        assert_eq!(answer(touch(&ours)).await.0, 200, "{ours:?}");
    }
    assert_eq!(touched(&world), 3);
}

#[tokio::test]
async fn without_configured_origins_a_page_may_talk_to_its_own_host() {
    let world = World::start().await;
    let own = format!("http://{}", world.address);
    let ask = |origin: &str| {
        let body = json!({ "query": "{ me }" }).to_string();
        let request = world
            .http
            .post(world.url("/graphql"))
            .header("content-type", "application/json")
            .body(body);
        request
            .header("cookie", "session=reader")
            .header("origin", origin)
    };
    assert_eq!(answer(ask(&own)).await.0, 200);
    assert_eq!(answer(ask("http://localhost:1")).await.0, 403);
}

#[tokio::test]
async fn a_preflight_is_not_answered_with_permission() {
    let world = World::start().await;
    let preflight = world
        .http
        .request(reqwest::Method::OPTIONS, world.url("/graphql"))
        .header("origin", "https://evil.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type");
    let response = preflight.send().await.unwrap();
    assert_eq!(response.status(), 405);
    assert!(
        !response
            .headers()
            .contains_key("access-control-allow-origin")
    );
}

#[tokio::test]
async fn a_page_of_another_origin_gets_no_socket() {
    let world =
        World::with(|settings| settings.origins = ["https://crm.example"].into_iter().collect())
            .await;
    for foreign in ["https://evil.example", "null", "http://crm.example"] {
        let refused = world
            .connect(&[("origin", foreign), ("cookie", "session=reader")])
            .await;
        assert!(refused.is_err(), "{foreign}");
    }
    let mut socket = world
        .connect(&[
            ("origin", "https://crm.example"),
            ("cookie", "session=reader"),
        ])
        .await
        .unwrap();
    socket.say(&json!({ "type": "connection_init" })).await;
    assert_eq!(socket.hear().await["type"], "connection_ack");
}
