//! An answer as an HTTP response.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::accept::MediaType;
use crate::edge::RequestId;
use crate::error::{Answer, ApiError, Code};
use crate::telemetry::requests::Ended;

/// An answer and the content type it is written in.
pub(super) struct Reply {
    pub(super) answer: Answer,
    pub(super) media: MediaType,
}

/// The response to a request that never became an operation, or whose operation was refused.
pub(super) fn refuse(error: &ApiError, media: MediaType, id: RequestId) -> Response {
    let answer = Answer::refused(error, id);
    Reply { answer, media }.into_response()
}

/// The response to a request that is not GraphQL: the same JSON, with the code's own status.
pub(in crate::edge) fn refuse_plainly(error: &ApiError, id: RequestId) -> Response {
    let mut response = refuse(error, MediaType::Json, id);
    *response.status_mut() = error.code().status();
    for graphql_s_own in [header::ALLOW, header::ACCEPT, header::VARY] {
        response.headers_mut().remove(graphql_s_own);
    }
    response
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let refusal = self.answer.refusal();
        let ended = Ended(self.answer.code().map_or("OK", Code::as_str));
        let mut response = Response::new(Body::from(self.answer.to_json()));
        *response.status_mut() = status(refusal, self.media);
        response.extensions_mut().insert(ended);
        let headers = response.headers_mut();
        headers.extend(self.answer.headers().clone());
        headers.insert(header::CONTENT_TYPE, self.media.content_type());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::VARY, HeaderValue::from_static("accept"));
        if let Some((name, value)) = refusal.and_then(hint) {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

fn status(refusal: Option<Code>, media: MediaType) -> StatusCode {
    match refusal {
        None => StatusCode::OK,
        Some(code) if media == MediaType::Json && code.is_about_the_document() => StatusCode::OK,
        Some(code) => code.status(),
    }
}

/// The header by which HTTP says what to do about a status.
fn hint(code: Code) -> Option<(header::HeaderName, &'static str)> {
    let hints = [
        (
            Code::Unauthenticated,
            header::WWW_AUTHENTICATE,
            "Bearer realm=\"cartera\"",
        ),
        (Code::MethodNotAllowed, header::ALLOW, "GET, HEAD, POST"),
        (
            Code::UnsupportedMediaType,
            header::ACCEPT,
            "application/json",
        ),
        (Code::Unavailable, header::RETRY_AFTER, "1"),
        // What is still on its way of the body is not worth reading.
        (Code::PayloadTooLarge, header::CONNECTION, "close"),
        (Code::RequestTimeout, header::CONNECTION, "close"),
    ];
    hints
        .into_iter()
        .find_map(|(of, name, value)| (of == code).then_some((name, value)))
}
