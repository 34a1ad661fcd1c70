//! Our own server of graphql-transport-ws, with the protocol's close codes.
//!
//! One task reads the client's messages and keeps time; one writes; one per operation runs it. Events wait in a bounded
//! queue, so a slow client slows its subscriptions down and nobody else. Whether the caller is still who it was is asked
//! before each event is written, and watched besides, so that a revoked session's socket closes within a second even
//! when nothing happens on it.

mod close;
mod connection;
mod message;
mod operations;
mod revocation;
mod writer;

use async_graphql::Executor;
use axum::extract::ws::{self, WebSocketUpgrade};
use axum::http::HeaderMap;
use axum::response::Response;

use super::identify::Identify;
use super::{Client, Edge};
use crate::telemetry::metrics::OneMore;

pub(super) use close::Close;

/// The sub-protocol, as client and server name it in the handshake.
const PROTOCOL: &str = "graphql-transport-ws";

/// Completes the handshake; the request's origin has been checked.
pub(super) fn accept<S: Executor, I: Identify>(
    edge: Edge<S, I>,
    upgrade: WebSocketUpgrade,
    headers: HeaderMap,
    client: Client,
) -> Response {
    let most = edge.settings.limits.body_bytes;
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .max_message_size(most)
        .max_frame_size(most);
    let agreed = upgrade.selected_protocol().is_some();
    upgrade.on_upgrade(async move |mut socket| {
        let _open = OneMore::of(&edge.open_sockets);
        if agreed {
            connection::serve(edge, socket, headers, client).await;
        } else {
            let close = ws::Message::Close(Some(Close::SubprotocolNotAcceptable.into()));
            if let Err(error) = socket.send(close).await {
                tracing::debug!(%error, "a socket was gone before it was closed");
            }
        }
    })
}
