//! One span and one figure per request.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, Version};
use axum::middleware::Next;
use axum::response::Response;
use tracing::field::{Empty, display};
use tracing::{Instrument, Span, info_span};

use super::metrics::Metrics;
use super::trace_context;

/// Label of requests that no route takes, so that their number of names stays bounded.
const NO_ROUTE: &str = "none";

/// How an operation ended, told by whoever answers in the response's extensions: `OK`, or the code of its first error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended(pub &'static str);

/// Middleware: traces and counts the request, by the semantic conventions of OpenTelemetry for HTTP servers.
///
/// The path itself is not recorded, since it may hold ids; its route is. Addresses and names of clients are personal data and
/// not recorded either.
pub async fn observe(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = known(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or(NO_ROUTE, MatchedPath::as_str)
        .to_owned();
    let span = info_span!(
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        url.path = route,
        url.scheme = "http",
        network.protocol.version = version(request.version()),
        error.r#type = Empty,
        trace_id = Empty,
    );
    continue_trace(&span, request.headers());
    let response = next.run(request).instrument(span.clone()).await;
    let ended = response.extensions().get::<Ended>().copied();
    let status = response.status().as_u16();
    tell(&span, status, ended);
    metrics.answered(method, &route, status, begun.elapsed());
    if let Some(Ended(code)) = ended {
        metrics.operated(code);
    }
    response
}

fn continue_trace(span: &Span, headers: &HeaderMap) {
    let header = headers.get("traceparent");
    if let Some(traceparent) = header.and_then(|value| value.to_str().ok()) {
        trace_context::continue_in(span, traceparent);
    }
    if let Some(trace) = trace_context::trace_of(span) {
        // So that a line of the log leads to its trace.
        span.record("trace_id", display(trace));
    }
}

/// Notes the outcome. What a caller did wrong is no error of the service's span.
fn tell(span: &Span, status: u16, ended: Option<Ended>) {
    span.record("http.response.status_code", status);
    let failed = match ended {
        Some(Ended(code)) => ["INTERNAL", "UNAVAILABLE", "TIMEOUT"].contains(&code),
        None => status >= 500,
    };
    if failed {
        span.record("otel.status_code", "ERROR");
        match ended {
            Some(Ended(code)) => span.record("error.type", code),
            None => span.record("error.type", status.to_string()),
        };
    }
}

/// Methods of HTTP by name; any other token, of which a caller can invent any number, has one name.
fn known(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = [
        "GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT",
    ];
    KNOWN
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("_OTHER")
}

fn version(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "1.0",
        Version::HTTP_2 => "2",
        _ => "1.1",
    }
}
