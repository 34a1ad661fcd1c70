//! The web server: connections with time limits, health, metrics, a clean end.
//!
//! It serves any router; `composition` gives it the whole service's. In reading order: [`connections`], [`open_files`],
//! [`health`], [`graphiql`].

pub mod connections;
pub mod graphiql;
pub mod health;
pub mod open_files;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::edge::headers::{Transport, secure};
use crate::telemetry::metrics::Metrics;
use crate::telemetry::requests;

pub use health::Readiness;

/// Longest pause between two parts of a request's body.
const BODY_PAUSE: Duration = Duration::from_secs(15);
/// The text format of Prometheus and its successor `OpenMetrics`, version 1.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Another program listens there.
    #[error("{0} is in use: stop the other program, or choose another address in CARTERA_LISTEN")]
    InUse(SocketAddr),
    /// The system does not let us.
    #[error("cannot listen on {address}: {source}: choose another address in CARTERA_LISTEN")]
    Refused {
        /// Where we tried.
        address: SocketAddr,
        /// The system's answer.
        source: std::io::Error,
    },
}

/// Listens on the address.
///
/// # Errors
/// The address is taken, not ours, or needs rights that we lack.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|source| {
        if source.kind() == std::io::ErrorKind::AddrInUse {
            ListenError::InUse(address)
        } else {
            ListenError::Refused { address, source }
        }
    })
}

/// Completes the service's routes with `/healthz` and `/metrics`, and wraps all in what every answer needs: security
/// headers, a request id, an answer of our own after a panic, a span and a figure.
pub fn complete(routes: Router, transport: Transport, metrics: &Metrics) -> Router {
    let figures = get(|State(metrics): State<Metrics>| async move {
        let text = metrics.text().await;
        ([(CONTENT_TYPE, OPEN_METRICS)], text).into_response()
    });
    let all = routes
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/metrics", figures.with_state(metrics.clone()))
        .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE));
    secure(all, transport).layer(from_fn_with_state(metrics.clone(), requests::observe))
}

/// Serves until the token is cancelled, then lets running requests end, but not for ever.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    metrics: &Metrics,
    shutdown: CancellationToken,
) {
    connections::Server::new(router, metrics.connections.clone())
        .run(listener, shutdown)
        .await;
}
