//! A client's end of a WebSocket that speaks graphql-transport-ws.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::graphql::GraphQl;

/// How long a test waits for what must come, before it fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(20);

/// An open socket.
#[derive(Debug)]
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens a socket with the credential of this client, past `connection_ack`.
    ///
    /// # Panics
    /// When the service does not let it in.
    pub async fn open(client: &GraphQl) -> Self {
        let mut request = client
            .socket_url()
            .into_client_request()
            .expect("the URL is one");
        let protocol = ("sec-websocket-protocol", "graphql-transport-ws".to_owned());
        for (name, value) in [Some(protocol), client.credential_header()]
            .into_iter()
            .flatten()
        {
            let value = value.parse().expect("a header's value");
            request.headers_mut().insert(name, value);
        }
        let (stream, _) = tokio_tungstenite::connect_async(request)
            .await
            .expect("the service takes sockets");
        let mut socket = Self(stream);
        socket.say(&json!({ "type": "connection_init" })).await;
        assert_eq!(socket.hear().await["type"], "connection_ack");
        socket
    }

    /// Begins an operation.
    pub async fn subscribe(&mut self, id: &str, document: &str, variables: Value) {
        let payload = json!({ "query": document, "variables": variables });
        self.say(&json!({ "type": "subscribe", "id": id, "payload": payload }))
            .await;
    }

    /// Sends a message.
    ///
    /// # Panics
    /// When the socket is closed.
    pub async fn say(&mut self, message: &Value) {
        let message = Message::text(message.to_string());
        self.0.send(message).await.expect("the socket is open");
    }

    /// The next message of the protocol.
    ///
    /// # Panics
    /// When the socket closes instead, or nothing comes.
    pub async fn hear(&mut self) -> Value {
        match self.next().await {
            Ok(message) => message,
            Err(code) => panic!("the socket closed with {code} instead of a message"),
        }
    }

    /// The code with which the service closes the socket; messages that come before are passed over.
    ///
    /// # Panics
    /// When it does not close.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }

    /// The next message, or the code with which the socket closes instead.
    async fn next(&mut self) -> Result<Value, u16> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.0.next());
            match next.await.expect("the service says something") {
                Some(Ok(Message::Text(text))) => {
                    return Ok(serde_json::from_str(&text).expect("a message is JSON"));
                }
                Some(Ok(Message::Close(Some(frame)))) => return Err(frame.code.into()),
                Some(Ok(_)) => {}
                other => panic!("{other:?} instead of a message or a close frame"),
            }
        }
    }
}
