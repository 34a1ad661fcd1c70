//! Accepts connections and drives each by hyper, with limits that axum's own server does not set.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use prometheus_client::metrics::gauge::Gauge;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::telemetry::metrics::OneMore;

/// Time in which a request's head must have come; an idle connection is closed after it too.
const HEAD_TIME: Duration = Duration::from_secs(20);
/// Most bytes of a request's head that are kept.
const HEAD_BYTES: usize = 32 * 1024;
/// Time for running requests to end when the service stops: 5 s are promised for the whole end.
const DRAIN_TIME: Duration = Duration::from_millis(2_500);
/// Pause after the system has no file descriptor left for another connection.
const BREATH: Duration = Duration::from_millis(100);

/// Serves connections.
#[derive(Debug)]
pub struct Server {
    router: Router,
    open: Gauge,
    head_time: Duration,
    drain_time: Duration,
}

impl Server {
    /// A server of these routes that counts its open connections.
    pub fn new(router: Router, open: Gauge) -> Self {
        Self {
            router,
            open,
            head_time: HEAD_TIME,
            drain_time: DRAIN_TIME,
        }
    }

    /// With other limits than the usual ones, for tests.
    #[cfg(test)]
    pub(crate) fn with_limits(mut self, head_time: Duration, drain_time: Duration) -> Self {
        (self.head_time, self.drain_time) = (head_time, drain_time);
        self
    }

    /// Accepts and serves until the token is cancelled, then drains.
    pub async fn run(self, listener: TcpListener, shutdown: CancellationToken) {
        let connections = TaskTracker::new();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = shutdown.cancelled() => break,
            };
            match accepted {
                Ok((stream, peer)) => {
                    drop(connections.spawn(self.drive(stream, peer, shutdown.clone())));
                }
                Err(error) => rest_after(&error).await,
            }
        }
        drop(listener);
        connections.close();
        if tokio::time::timeout(self.drain_time, connections.wait())
            .await
            .is_err()
        {
            tracing::warn!(open = connections.len(), "requests were cut off at the end");
        }
    }

    /// One connection until its end; after the token is cancelled it takes no further request.
    fn drive(
        &self,
        stream: TcpStream,
        peer: SocketAddr,
        shutdown: CancellationToken,
    ) -> impl Future<Output = ()> + use<> {
        // Answers are written whole: waiting for more would only delay them.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection stays with Nagle's algorithm");
        }
        let service = self.router.clone().map_request(
            move |mut request: hyper::Request<hyper::body::Incoming>| {
                request.extensions_mut().insert(ConnectInfo(peer));
                request
            },
        );
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.head_time)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service))
            .with_upgrades();
        let open = OneMore::of(&self.open);
        async move {
            let _open = open;
            let mut connection = std::pin::pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = shutdown.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection ended early");
            }
        }
    }
}

/// A client that left is no news; without file descriptors another try at once would only spin.
async fn rest_after(error: &io::Error) {
    let client_left = [
        io::ErrorKind::ConnectionAborted,
        io::ErrorKind::ConnectionReset,
        io::ErrorKind::ConnectionRefused,
    ];
    if !client_left.contains(&error.kind()) {
        tracing::error!(%error, "no connection can be accepted for the moment");
        tokio::time::sleep(BREATH).await;
    }
}
