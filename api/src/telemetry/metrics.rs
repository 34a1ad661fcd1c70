//! Figures of the running service, in the text format of Prometheus.
//!
//! Some are counted as things happen ([`work`]), others are read when somebody asks ([`standing`]).

pub mod standing;
pub mod work;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use standing::Standing;
use work::Work;

/// Bounds of the buckets for durations, in seconds.
const SECONDS: [f64; 12] = [
    0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0,
];

/// The figures that the server itself keeps, and the registry to which other parts add theirs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    requests: Family<Request, Counter>,
    durations: Family<Route, Histogram>,
    operations: Family<Outcome, Counter>,
    /// Connections that are open now.
    pub connections: Gauge,
    /// What the journal does.
    pub work: Arc<Work>,
    standing: Arc<OnceLock<Standing>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    code: &'static str,
}

impl Metrics {
    /// Registers the server's own figures.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("cartera");
        let work = Arc::new(Work::registered(&mut registry));
        let figures = Self {
            requests: Family::default(),
            durations: Family::new_with_constructor(seconds),
            operations: Family::default(),
            connections: Gauge::default(),
            work,
            standing: Arc::default(),
            registry: Arc::default(),
        };
        figures.register(&mut registry);
        Self {
            registry: Arc::new(Mutex::new(registry)),
            ..figures
        }
    }

    fn register(&self, registry: &mut Registry) {
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The running program", build);
        registry.register(
            "http_requests",
            "Requests answered, by method, route and status",
            self.requests.clone(),
        );
        registry.register_with_unit(
            "http_request_duration",
            "Time until the answer's head was ready",
            Unit::Seconds,
            self.durations.clone(),
        );
        registry.register(
            "http_connections",
            "Connections open now",
            self.connections.clone(),
        );
        registry.register(
            "graphql_operations",
            "Operations over HTTP, by OK or the code of their first error",
            self.operations.clone(),
        );
    }

    /// Shows how many sockets of `/graphql` are open.
    pub fn show_sockets(&self, open: Gauge) {
        self.registry()
            .register("websocket_connections", "WebSockets open now", open);
    }

    /// From now on shows where the database, the log and its followers stand when somebody asks.
    pub fn show_standing(&self, standing: Standing) {
        self.registry()
            .register_collector(Box::new(standing.clone()));
        // One service has one standing.
        drop(self.standing.set(standing));
    }

    /// Notes an answered request.
    pub(super) fn answered(&self, method: &'static str, route: &str, status: u16, after: Duration) {
        let request = Request {
            method,
            route: route.to_owned(),
            status,
        };
        self.requests.get_or_create(&request).inc();
        self.durations
            .get_or_create(&Route {
                route: route.to_owned(),
            })
            .observe(after.as_secs_f64());
    }

    /// Notes how an operation ended.
    pub(super) fn operated(&self, code: &'static str) {
        self.operations.get_or_create(&Outcome { code }).inc();
    }

    /// All figures as text.
    pub async fn text(&self) -> String {
        if let Some(standing) = self.standing.get() {
            standing.read().await;
        }
        let mut text = String::new();
        if let Err(error) = encode(&mut text, &self.registry()) {
            tracing::error!(%error, "the metrics do not encode");
        }
        text
    }

    fn registry(&self) -> std::sync::MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

/// Counts one thing more while it lives.
#[derive(Debug)]
#[must_use]
pub struct OneMore(Gauge);

impl OneMore {
    /// Counts one more.
    pub fn of(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for OneMore {
    fn drop(&mut self) {
        self.0.dec();
    }
}
