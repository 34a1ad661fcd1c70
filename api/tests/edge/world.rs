//! A service on a loopback port, and the people who use it.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use cartera::edge::headers::{CspNonce, Transport};
use cartera::edge::{Credentials, Edge, Identify, Settings, router, secure};
use cartera::error::ApiError;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use tokio_util::sync::CancellationToken;

use crate::schema::{self, Traces};

/// How long a test waits for what must come, before it fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(20);

/// The document that anonymous callers may run.
pub(crate) const PUBLIC: &str = "mutation { signIn }";

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) name: String,
    token: String,
}

/// Knows the tokens `reader` and `admin`, as bearer token and as the cookie `session`.
#[derive(Default)]
pub(crate) struct People {
    revoked: Mutex<HashSet<String>>,
}

impl People {
    pub(crate) fn revoke(&self, token: &str) {
        self.revoked.lock().unwrap().insert(token.to_owned());
    }
}

impl Identify for People {
    type Caller = Person;

    async fn identify(&self, credentials: &Credentials<'_>) -> Result<Option<Person>, ApiError> {
        let token = credentials
            .bearer()
            .or_else(|| credentials.cookie("session"));
        if token == Some("unlucky") {
            return Err(ApiError::unavailable(std::io::Error::other(
                "secret: no database",
            )));
        }
        let known = token.filter(|token| ["reader", "admin"].contains(token));
        Ok(known
            .filter(|token| !self.revoked.lock().unwrap().contains(*token))
            .map(|token| Person {
                name: token.to_uppercase(),
                token: token.to_owned(),
            }))
    }

    fn may_introspect(&self, caller: &Person) -> bool {
        caller.token == "admin"
    }

    async fn still_valid(&self, caller: &Person) -> bool {
        !self.revoked.lock().unwrap().contains(&caller.token)
    }
}

/// A running service.
pub(crate) struct World {
    pub(crate) address: SocketAddr,
    pub(crate) traces: Traces,
    pub(crate) people: Arc<People>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) http: reqwest::Client,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// Starts a service with settings of its own.
    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::default();
        settings.public_documents.insert(PUBLIC.to_owned());
        change(&mut settings);
        let (schema, traces) = schema::build();
        let people = Arc::new(People::default());
        let shutdown = CancellationToken::new();
        let edge = Edge::new(schema, Arc::clone(&people), settings, shutdown.clone());
        let service = secure(router(edge).merge(pages()), Transport::Https);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let service = service.into_make_service_with_connect_info::<SocketAddr>();
            axum::serve(listener, service).await.unwrap();
        });
        Self {
            address,
            traces,
            people,
            shutdown,
            http: reqwest::Client::new(),
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A POST of `reader`, as a GraphQL client sends it, ready to be changed.
    pub(crate) fn post(&self, body: &Value) -> reqwest::RequestBuilder {
        self.http
            .post(self.url("/graphql"))
            .header("authorization", "Bearer reader")
            .header("content-type", "application/json")
            .header("accept", "application/graphql-response+json")
            .body(body.to_string())
    }

    /// A GET of nobody, ready to be changed.
    pub(crate) fn get(&self, parameters: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let url = reqwest::Url::parse_with_params(&self.url("/graphql"), parameters).unwrap();
        self.http.get(url)
    }

    /// What `reader` is answered.
    pub(crate) async fn ask(&self, query: &str) -> (u16, Value) {
        answer(self.post(&json!({ "query": query }))).await
    }

    /// A socket whose handshake has the given headers.
    pub(crate) async fn connect(&self, headers: &[(&'static str, &str)]) -> Result<Socket, Error> {
        let mut request = format!("ws://{}/graphql", self.address).into_client_request()?;
        let protocol = ("sec-websocket-protocol", "graphql-transport-ws");
        for (name, value) in std::iter::once(&protocol).chain(headers) {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (stream, _) = tokio_tungstenite::connect_async(request).await?;
        Ok(Socket(stream))
    }

    /// A socket of `reader` that is past `connection_ack`.
    pub(crate) async fn socket(&self) -> Socket {
        let mut socket = self.connect(&[]).await.unwrap();
        socket.say(&init("reader")).await;
        assert_eq!(socket.hear().await["type"], "connection_ack");
        socket
    }
}

/// Routes beside the edge, as a service has them.
fn pages() -> Router {
    Router::new()
        .route("/page", get(async || "a page"))
        .route(
            "/panic",
            get(async || -> &'static str { panic!("secret: {}", 1) }),
        )
        .route(
            "/with-nonce",
            get(async || {
                let nonce = CspNonce::fresh();
                let page = nonce.as_str().to_owned();
                (axum::Extension(nonce), page)
            }),
        )
        .route(
            "/own-policy",
            get(async || ([("content-security-policy", "sandbox")], "a file")),
        )
}

/// Sends a request; status and JSON of its answer.
pub(crate) async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    (status, body)
}

/// The code of an answer's first error.
#[track_caller]
pub(crate) fn code(body: &Value) -> &str {
    let extensions = &body["errors"][0]["extensions"];
    assert!(
        extensions["retryable"].is_boolean() && extensions["requestId"].is_string(),
        "{body}"
    );
    extensions["code"].as_str().unwrap()
}

pub(crate) fn init(token: &str) -> Value {
    json!({ "type": "connection_init", "payload": { "Authorization": format!("Bearer {token}") } })
}

pub(crate) fn subscribe(id: &str, query: &str) -> Value {
    json!({ "type": "subscribe", "id": id, "payload": { "query": query } })
}

/// A client's end of a socket.
pub(crate) struct Socket(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(crate) async fn say(&mut self, message: &Value) {
        self.say_text(&message.to_string()).await;
    }

    pub(crate) async fn say_text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// The next message of the protocol; fails the test when the socket closes instead.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            match self.next().await {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                other => panic!("{other:?} instead of a message"),
            }
        }
    }

    /// Why the server closes the socket; messages that come before are passed over.
    pub(crate) async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.next().await {
                Some(Ok(Message::Close(Some(frame)))) => {
                    return (frame.code.into(), frame.reason.to_string());
                }
                Some(Ok(_)) => {}
                other => panic!("{other:?} instead of a close frame"),
            }
        }
    }

    /// The next frame; fails the test when none comes.
    pub(crate) async fn next(&mut self) -> Option<Result<Message, Error>> {
        let next = tokio::time::timeout(PATIENCE, self.0.next());
        next.await.expect("the service says something")
    }
}
