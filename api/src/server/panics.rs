//! A defect in one request ends that request and nothing else.

use std::any::Any;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Response, StatusCode};
use tower_http::catch_panic::ResponseForPanic;

use crate::telemetry::metrics::Metrics;

/// What is answered for a panic; its text goes to the log, never to the client.
const ANSWER: &str = r#"{"errors":[{"message":"something went wrong on our side","extensions":{"code":"INTERNAL","retryable":false}}]}"#;

/// Answers, logs and counts a panic.
#[derive(Debug, Clone)]
pub(super) struct Caught(pub(super) Metrics);

impl ResponseForPanic for Caught {
    type ResponseBody = Body;

    fn response_for_panic(&mut self, panic: Box<dyn Any + Send + 'static>) -> Response<Body> {
        let message = panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied());
        tracing::error!(
            message = message.unwrap_or("without a text"),
            "a request panicked"
        );
        self.0.panicked();
        let mut response = Response::new(Body::from(ANSWER));
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response.headers_mut().insert(
            CONTENT_TYPE,
            axum::http::HeaderValue::from_static("application/json"),
        );
        response
    }
}
