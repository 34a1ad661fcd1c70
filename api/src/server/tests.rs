use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;

use super::*;

/// A running server of some routes, and how to end it.
struct Running {
    address: SocketAddr,
    shutdown: CancellationToken,
    ended: tokio::task::JoinHandle<()>,
    metrics: Metrics,
}

async fn running(routes: Router) -> Running {
    let metrics = Metrics::new();
    let service = complete(routes, Transport::Http, &metrics);
    let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let (address, shutdown) = (listener.local_addr().unwrap(), CancellationToken::new());
    let server = connections::Server::new(service, metrics.connections.clone())
        .with_limits(Duration::from_millis(300), Duration::from_millis(500));
    let ended = tokio::spawn(server.run(listener, shutdown.clone()));
    Running {
        address,
        shutdown,
        ended,
        metrics,
    }
}

impl Running {
    async fn get(&self, path: &str) -> (u16, String) {
        let answer = reqwest::get(format!("http://{}{path}", self.address))
            .await
            .unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

#[tokio::test]
async fn the_process_is_healthy() {
    let server = running(Router::new()).await;
    assert_eq!(server.get("/healthz").await, (200, "ok\n".to_owned()));
}

async fn defect() {
    panic!("secret detail");
}

#[tokio::test]
async fn a_panic_ends_its_request_only_and_its_text_stays_inside() {
    let server = running(Router::new().route("/defect", get(defect))).await;
    let (status, text) = server.get("/defect").await;
    assert_eq!(status, 500);
    assert!(
        text.contains("INTERNAL") && !text.contains("secret detail"),
        "{text}"
    );
    assert_eq!(server.get("/healthz").await.0, 200);
    let counted = r#"http_requests_total{method="GET",route="/defect",status="500"} 1"#;
    assert!(server.metrics.text().await.contains(counted));
}

#[tokio::test]
async fn figures_name_the_route_and_not_the_path() {
    let server = running(Router::new().route("/leads/{id}", get(|| async { "one" }))).await;
    server.get("/leads/4711").await;
    let (status, text) = server.get("/metrics").await;
    assert_eq!(status, 200);
    assert!(
        text.contains(r#"http_requests_total{method="GET",route="/leads/{id}",status="200"} 1"#),
        "{text}"
    );
    assert!(!text.contains("4711"));
}

#[tokio::test]
async fn a_head_that_does_not_come_to_its_end_closes_the_connection() {
    let server = running(Router::new()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        .await
        .unwrap();
    let mut rest = Vec::new();
    tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest))
        .await
        .expect("closed by the server")
        .unwrap();
    assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let server = running(Router::new()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut rest = Vec::new();
    tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest))
        .await
        .expect("closed by the server")
        .unwrap();
}

#[tokio::test]
async fn a_port_in_use_is_said_in_one_sentence() {
    let taken = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let said = listen(taken.local_addr().unwrap())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        said.ends_with(
            "is in use: stop the other program, or choose another address in CARTERA_LISTEN"
        ),
        "{said}"
    );
}

#[tokio::test]
async fn a_running_request_is_answered_before_the_end() {
    let (begun, go_on) = (
        &*Box::leak(Box::new(Notify::new())),
        &*Box::leak(Box::new(Notify::new())),
    );
    let slow = get(|| async {
        begun.notify_one();
        go_on.notified().await;
        "answered"
    });
    let server = running(Router::new().route("/slow", slow)).await;
    let url = format!("http://{}/slow", server.address);
    let asked = tokio::spawn(async move { reqwest::get(url).await.unwrap().text().await.unwrap() });
    begun.notified().await;
    server.shutdown.cancel();
    go_on.notify_one();
    assert_eq!(asked.await.unwrap(), "answered");
    server.ended.await.unwrap();
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_hinder_the_end() {
    let begun = &*Box::leak(Box::new(Notify::new()));
    let endless = get(|| async {
        begun.notify_one();
        std::future::pending::<()>().await;
    });
    let server = running(Router::new().route("/endless", endless)).await;
    let url = format!("http://{}/endless", server.address);
    let asked = tokio::spawn(async move { reqwest::get(url).await.is_err() });
    begun.notified().await;
    server.shutdown.cancel();
    tokio::time::timeout(Duration::from_secs(5), server.ended)
        .await
        .expect("it ends")
        .unwrap();
    asked.abort();
}

#[tokio::test]
async fn graphiql_is_served_whole_or_says_what_is_missing() {
    let tab = graphiql::Tab {
        query: "{ \"</script>\" }",
        variables: "{}".to_owned(),
    };
    let server = running(graphiql::routes(vec![tab])).await;
    let answer = reqwest::get(format!("http://{}/graphiql", server.address))
        .await
        .unwrap();
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    let (status, page) = (answer.status().as_u16(), answer.text().await.unwrap());
    let built = server.get("/graphiql/main.js").await.0 == 200;
    if !built {
        assert_eq!((status, page.contains("run `make web`")), (404, true));
        return;
    }
    let nonce = page
        .split("nonce=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert!(
        policy.contains(&format!("'nonce-{nonce}'")),
        "the page's nonce is the policy's: {policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    assert_eq!(
        page.matches("</script>").count(),
        2,
        "a query does not end the page's script"
    );
    assert_eq!(server.get("/graphiql/nothing.js").await.0, 404);
}
