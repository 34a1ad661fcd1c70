//! One span and one figure per request.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};

use super::metrics::Metrics;
use super::trace_context;

/// Label of requests that no route takes, so that their number of names stays bounded.
const NO_ROUTE: &str = "none";

/// Middleware: traces and counts the request. The path itself is not recorded, since it may hold ids; its route is.
pub async fn observe(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or(NO_ROUTE, MatchedPath::as_str)
        .to_owned();
    let span = info_span!(
        "request",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        http.request.method = %method,
        http.route = route,
        http.response.status_code = Empty,
    );
    continue_trace(&span, request.headers());
    let response = next.run(request).instrument(span.clone()).await;
    span.record("http.response.status_code", response.status().as_u16());
    metrics.answered(
        method.as_str(),
        &route,
        response.status().as_u16(),
        begun.elapsed(),
    );
    response
}

fn continue_trace(span: &Span, headers: &HeaderMap) {
    if let Some(traceparent) = headers
        .get("traceparent")
        .and_then(|value| value.to_str().ok())
    {
        trace_context::continue_in(span, traceparent);
    }
}
