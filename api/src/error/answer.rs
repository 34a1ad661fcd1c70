//! What leaves the house: data and translated errors.

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use axum::http::HeaderMap;
use serde::Serialize;

use super::foreign::recognise;
use super::{ApiError, Code, cause};
use crate::edge::RequestId;

/// Errors that one answer lists at most; a document can cause thousands.
const MOST_ERRORS: usize = 20;

/// A GraphQL response whose errors all carry `code`, `retryable` and `requestId`.
#[derive(Debug, Serialize)]
pub struct Answer {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ServerError>,
    /// Absent when nothing was executed, as the GraphQL specification wants it.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    /// HTTP headers that resolvers have set, such as a session's cookie.
    #[serde(skip)]
    headers: HeaderMap,
    #[serde(skip)]
    code: Option<Code>,
    #[serde(skip)]
    refusal: Option<Code>,
}

impl Answer {
    /// The answer to a request that was refused before anything was executed.
    pub fn refused(error: &ApiError, id: RequestId) -> Self {
        log(error, id);
        Self {
            errors: vec![publish(ServerError::new("", None), error, id)],
            data: None,
            headers: HeaderMap::new(),
            code: Some(error.code()),
            refusal: Some(error.code()),
        }
    }

    /// What async-graphql answered, translated; `document` is the caller's own, to point into.
    pub fn of(response: Response, document: &str, id: RequestId) -> Self {
        let executed = response.errors.is_empty()
            || response.data != Value::Null
            || response.errors.iter().any(|error| !error.path.is_empty());
        let mut code = None;
        let errors = response.errors.into_iter().take(MOST_ERRORS).map(|error| {
            let ours = recognise(&error, document);
            log(&ours, id);
            code.get_or_insert(ours.code());
            publish(error, &ours, id)
        });
        let errors = errors.collect();
        Self {
            errors,
            data: executed.then_some(response.data),
            headers: response.http_headers,
            code,
            refusal: code.filter(|_| !executed),
        }
    }

    /// The code of the first error, when there is one.
    pub fn code(&self) -> Option<Code> {
        self.code
    }

    /// The code of the refusal, when nothing was executed.
    pub fn refusal(&self) -> Option<Code> {
        self.refusal
    }

    /// Headers that resolvers have set.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The errors as a JSON list, as the `error` message of graphql-transport-ws carries them.
    pub fn errors_json(&self) -> String {
        serde_json::to_string(&self.errors).unwrap_or_else(|_| "[]".to_owned())
    }

    /// The whole answer as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|error| {
            // Values are made of JSON's own kinds, so this cannot happen; and if it does, the client gets an error.
            tracing::error!(%error, "an answer could not be written");
            r#"{"errors":[{"message":"internal","extensions":{"code":"INTERNAL","retryable":false}}]}"#
                .to_owned()
        })
    }
}

fn publish(place: ServerError, error: &ApiError, id: RequestId) -> ServerError {
    let mut extensions = ErrorExtensionValues::default();
    for (name, value) in error.details() {
        extensions.set(name, value.clone());
    }
    extensions.set("code", error.code().as_str());
    extensions.set("retryable", error.code().retryable());
    extensions.set("requestId", id.to_string());
    let mut published = ServerError::new(error.message(), None);
    published.locations = place.locations;
    published.path = place.path;
    published.extensions = Some(extensions);
    published
}

/// Logs what a human has to look into; a caller's own mistakes are no news.
fn log(error: &ApiError, id: RequestId) {
    if !matches!(error.code(), Code::Internal | Code::Unavailable) {
        return;
    }
    tracing::error!(
        request_id = %id,
        code = error.code().as_str(),
        cause = error.cause().map(cause::told),
        "an operation failed"
    );
}
