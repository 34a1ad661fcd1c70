//! Requests that want too much.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{World, answer, code, subscribe};

/// Fragments that spread the next one twice: 2^levels fields.
pub(crate) fn doubling(levels: usize) -> String {
    let chain: String = (0..levels)
        .map(|level| {
            format!(
                "fragment F{level} on Query{{...F{next} ...F{next}}}",
                next = level + 1
            )
        })
        .collect();
    format!("{{...F0}}{chain}fragment F{levels} on Query{{a}}")
}

#[tokio::test]
async fn exponential_fragments_are_refused_on_both_transports() {
    let world = World::start().await;
    let mut socket = world.socket().await;
    for levels in [10, 22, 30, 100] {
        let (status, body) = world.ask(&doubling(levels)).await;
        assert_eq!(
            (status, code(&body)),
            (400, "QUERY_TOO_COMPLEX"),
            "{levels}"
        );
        socket.say(&subscribe("x", &doubling(levels))).await;
        let message = socket.hear().await;
        assert_eq!(
            (&message["type"], &message["id"]),
            (&json!("error"), &json!("x"))
        );
        assert_eq!(
            message["payload"][0]["extensions"]["code"],
            "QUERY_TOO_COMPLEX"
        );
    }
    assert_eq!(
        world.ask(&doubling(8)).await,
        (200, json!({ "data": { "a": 1 } }))
    );
}

#[tokio::test]
async fn what_a_document_may_ask_for_is_bounded() {
    let world = World::start().await;
    let node = "node(id: 1) { ";
    for (name, document, fits) in [
        (
            "depth 15",
            format!("{{ {node}{} id {} }}", "node { ".repeat(13), "}".repeat(14)),
            true,
        ),
        (
            "depth 16",
            format!("{{ {node}{} id {} }}", "node { ".repeat(14), "}".repeat(15)),
            false,
        ),
        (
            "30 aliases",
            format!(
                "{{ {} }}",
                (0..30).map(|n| format!("x{n}: a ")).collect::<String>()
            ),
            true,
        ),
        (
            "31 aliases",
            format!(
                "{{ {} }}",
                (0..31).map(|n| format!("x{n}: a ")).collect::<String>()
            ),
            false,
        ),
        ("1000 fields", format!("{{ {} }}", "a ".repeat(1_000)), true),
        (
            "1001 fields",
            format!("{{ {} }}", "a ".repeat(1_001)),
            false,
        ),
        (
            "pages in pages",
            "{ nodes(first: 1000) { id node { id node { id } node { id } } } }".to_owned(),
            true,
        ),
        ("dear", "{ nodes(first: 1000000) { id } }".to_owned(), false),
        (
            "brackets",
            format!("{{ a(x: {}) }}", "[".repeat(2_000)),
            false,
        ),
    ] {
        let (status, body) = world.ask(&document).await;
        if fits {
            assert_eq!(status, 200, "{name}: {body}");
        } else {
            assert_eq!((status, code(&body)), (400, "QUERY_TOO_COMPLEX"), "{name}");
        }
    }
}

#[tokio::test]
async fn a_page_size_in_a_variable_counts_too() {
    let world = World::start().await;
    let query = "query($n: Int!) { nodes(first: $n) { id } }";
    let ask = async |n: u32| {
        answer(world.post(&json!({ "query": query, "variables": { "n": n } }))).await
    };
    assert_eq!(ask(3).await.0, 200);
    assert_eq!(code(&ask(1_000_000).await.1), "QUERY_TOO_COMPLEX");
}

#[tokio::test]
async fn an_announced_body_of_more_than_a_mebibyte_is_refused_unread() {
    let world = World::start().await;
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream
        .write_all(head("content-length: 300000000").as_bytes())
        .await
        .unwrap();
    assert!(response(&mut stream).await.starts_with("HTTP/1.1 413"));
}

#[tokio::test]
async fn an_endless_body_is_cut_at_a_mebibyte() {
    let world = World::start().await;
    let stream = TcpStream::connect(world.address).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    writing
        .write_all(head("transfer-encoding: chunked").as_bytes())
        .await
        .unwrap();
    let written = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&written);
    let writer = tokio::spawn(async move {
        let chunk = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
        while writing.write_all(chunk.as_bytes()).await.is_ok() {
            counter.fetch_add(0x10000, Ordering::SeqCst);
        }
    });
    let mut start = [0; 12];
    reading.read_exact(&mut start).await.unwrap();
    assert_eq!(&start, b"HTTP/1.1 413");
    writer.await.unwrap();
    // What was written beyond the limit lies in the buffers of two sockets, never in the service.
    assert!(written.load(Ordering::SeqCst) < 32 * 1024 * 1024);
}

#[tokio::test]
async fn a_body_of_exactly_a_mebibyte_is_read() {
    let world = World::start().await;
    let body = |length: usize| {
        let start = r#"{"query":"{ a }","variables":{"x":""#;
        let end = r#""}}"#;
        format!(
            "{start}{}{end}",
            "x".repeat(length - start.len() - end.len())
        )
    };
    let post = async |length: usize| answer(world.post(&json!(null)).body(body(length))).await;
    assert_eq!(
        post(1024 * 1024).await,
        (200, json!({ "data": { "a": 1 } }))
    );
    let (status, refused) = post(1024 * 1024 + 1).await;
    assert_eq!((status, code(&refused)), (413, "PAYLOAD_TOO_LARGE"));
}

#[tokio::test]
async fn a_body_that_trickles_is_given_up() {
    let world = World::with(|settings| settings.limits.body_time = Duration::from_millis(50)).await;
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    stream
        .write_all(format!("{}{{", head("content-length: 100")).as_bytes())
        .await
        .unwrap();
    let response = response(&mut stream).await;
    assert!(
        response.starts_with("HTTP/1.1 408") && response.contains("REQUEST_TIMEOUT"),
        "{response}"
    );
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up() {
    let world =
        World::with(|settings| settings.limits.execution_time = Duration::from_millis(50)).await;
    let (status, body) = world.ask("{ never }").await;
    assert_eq!((status, code(&body)), (504, "TIMEOUT"));
    assert_eq!(body["errors"][0]["extensions"]["retryable"], true);
}

fn head(length: &str) -> String {
    format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer reader\r\n\
         content-type: application/json\r\n{length}\r\n\r\n"
    )
}

/// All that the service says until it closes the connection, as it does after a body that it has not read.
async fn response(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    String::from_utf8(bytes).unwrap()
}
