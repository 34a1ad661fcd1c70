//! Security headers, on every response of the service: answers, errors, pages, files, 404.

mod policy;

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tower_http::catch_panic::CatchPanicLayer;

use super::request_id::{RequestId, name_request};
use crate::error::{Answer, ApiError};

pub use policy::{CspNonce, Transport};

/// Where browsers report violations of the content security policy to.
pub const CSP_REPORTS_PATH: &str = "/csp-reports";

/// Headers whose value never depends on the request.
const FIXED: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        policy::PERMISSIONS,
    ),
    (
        HeaderName::from_static("reporting-endpoints"),
        "csp=\"/csp-reports\"",
    ),
];

/// Wraps the service's router: security headers, a request id and an answer of our own after a panic, on everything it
/// sends.
///
/// A header that a handler has set stays as it is, so that a download can have a stricter policy.
pub fn secure(router: Router, transport: Transport) -> Router {
    let base = Arc::new(base(transport));
    router
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(from_fn(move |request: Request, next: Next| {
            let base = Arc::clone(&base);
            async move { add(next.run(request).await, &base) }
        }))
        .layer(from_fn(name_request))
}

fn base(transport: Transport) -> HeaderMap {
    let mut headers: HeaderMap = FIXED
        .into_iter()
        .map(|(name, value)| (name, HeaderValue::from_static(value)))
        .collect();
    let policy = policy::content_security_policy(None);
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    if transport == Transport::Https {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, two_years);
    }
    headers
}

fn add(mut response: Response, base: &HeaderMap) -> Response {
    let nonce = response.extensions().get::<CspNonce>();
    let of_page = nonce.map(|nonce| policy::content_security_policy(Some(nonce)));
    let headers = response.headers_mut();
    if let Some(policy) = of_page {
        headers
            .entry(header::CONTENT_SECURITY_POLICY)
            .or_insert(policy);
    }
    for (name, value) in base {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    response
}

/// What is answered when a handler outside of GraphQL has panicked.
fn after_panic(_told_where_it_was: Box<dyn Any + Send>) -> Response {
    let id = RequestId::fresh();
    let error: ApiError = super::operation::panicked(id);
    let mut response = Response::new(Body::from(Answer::refused(&error, id).to_json()));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}
