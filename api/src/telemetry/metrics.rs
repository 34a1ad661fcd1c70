//! Figures of the running service, in the text format of Prometheus.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Bounds of the buckets for durations, in seconds.
const SECONDS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0,
];

/// The figures that the server itself keeps, and the registry to which other parts add theirs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Arc<Mutex<Registry>>,
    requests: Family<Request, Counter>,
    durations: Family<Route, Histogram>,
    /// Connections that are open now.
    pub connections: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: String,
}

impl Metrics {
    /// Registers the server's own figures.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("cartera");
        let requests = Family::default();
        let with_buckets: fn() -> Histogram = histogram;
        let durations = Family::new_with_constructor(with_buckets);
        let connections = Gauge::default();
        registry.register(
            "http_requests",
            "Requests answered, by route and status",
            requests.clone(),
        );
        registry.register(
            "http_request_seconds",
            "Time until the answer's head was ready",
            durations.clone(),
        );
        registry.register(
            "http_connections",
            "Connections open now",
            connections.clone(),
        );
        Self {
            registry: Arc::new(Mutex::new(registry)),
            requests,
            durations,
            connections,
        }
    }

    /// Adds figures that are read when they are asked for.
    pub fn add(&self, collector: impl Collector) {
        self.registry
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .register_collector(Box::new(collector));
    }

    /// Notes an answered request.
    pub(super) fn answered(&self, method: &str, route: &str, status: u16, after: Duration) {
        let request = Request {
            method: method.to_owned(),
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

    /// All figures as text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = encode(&mut text, &registry) {
            tracing::error!(%error, "the metrics do not encode");
        }
        text
    }
}

fn histogram() -> Histogram {
    Histogram::new(SECONDS)
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
