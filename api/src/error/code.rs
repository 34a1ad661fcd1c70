//! The published codes.

use axum::http::StatusCode;
use strum::{EnumIter, IntoStaticStr};

/// Why an operation got no answer, as `extensions.code` says it; `docs/errors.md` explains each.
///
/// A code never changes its meaning; new ones may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// The request is not a GraphQL-over-HTTP request: not JSON, no `query`, a parameter of the wrong kind.
    BadRequest,
    /// The body is not `application/json` in UTF-8.
    UnsupportedMediaType,
    /// None of the asked content types can be answered with.
    NotAcceptable,
    /// The HTTP method cannot carry this operation.
    MethodNotAllowed,
    /// The body is longer than allowed.
    PayloadTooLarge,
    /// The caller's files take up all the room that they may.
    QuotaExceeded,
    /// The file that was uploaded has nothing in it.
    FileEmpty,
    /// The file that was uploaded is something else than a table.
    FileNotATable,
    /// The request itself did not arrive in time.
    RequestTimeout,
    /// The document is not GraphQL.
    GraphqlParseFailed,
    /// The document does not fit the schema.
    GraphqlValidationFailed,
    /// A variable or argument does not fit its type or its rule.
    BadUserInput,
    /// The document asks for more than one request may.
    QueryTooComplex,
    /// Nobody is signed in, or the session or key is no longer valid.
    Unauthenticated,
    /// The caller is known and may not do this.
    Forbidden,
    /// A page of another origin asked in the caller's name.
    OriginNotAllowed,
    /// There is no such thing, or none that the caller may see.
    NotFound,
    /// The thing has changed since the caller read it.
    Conflict,
    /// The command id was used for another command before.
    CommandIdReused,
    /// One connection has as many subscriptions as it may.
    TooManySubscriptions,
    /// The caller asks too often.
    RateLimited,
    /// Read models are being made from the log for the first time; nothing was done.
    NotReady,
    /// The service cannot do its work now; whether a command took effect may be unknown.
    Unavailable,
    /// The answer took too long; whether a command took effect may be unknown.
    Timeout,
    /// A defect of the service.
    Internal,
}

impl Code {
    /// The stable text, such as `NOT_FOUND`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether the very same request (same `commandId`) may succeed later.
    pub fn retryable(self) -> bool {
        matches!(
            self,
            Self::RequestTimeout
                | Self::RateLimited
                | Self::NotReady
                | Self::Unavailable
                | Self::Timeout
        )
    }

    /// HTTP status of an answer that has no `data`, for `application/graphql-response+json`.
    pub fn status(self) -> StatusCode {
        match self {
            Self::BadRequest
            | Self::GraphqlParseFailed
            | Self::GraphqlValidationFailed
            | Self::BadUserInput
            | Self::QueryTooComplex
            | Self::FileEmpty
            | Self::TooManySubscriptions => StatusCode::BAD_REQUEST,
            Self::UnsupportedMediaType | Self::FileNotATable => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            // What WebDAV says about quotas (RFC 4331, section 6).
            Self::QuotaExceeded => StatusCode::INSUFFICIENT_STORAGE,
            Self::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::OriginNotAllowed => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Conflict | Self::CommandIdReused => StatusCode::CONFLICT,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::NotReady | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Timeout => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Whether the request was a good one by the GraphQL-over-HTTP specification and only its document was refused:
    /// `application/json` then answers 200, since its clients cannot tell a proxy's 4xx from ours.
    pub fn is_about_the_document(self) -> bool {
        matches!(
            self,
            Self::GraphqlParseFailed
                | Self::GraphqlValidationFailed
                | Self::BadUserInput
                | Self::QueryTooComplex
        )
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::Code;

    #[test]
    fn every_code_is_published_with_its_retryability() {
        let page = include_str!("../../../docs/errors.md");
        for code in Code::iter() {
            let retry = if code.retryable() { "yes" } else { "no" };
            let start = format!("| `{}` | {retry} | ", code.as_str());
            assert!(
                page.lines().any(|line| line.starts_with(&start)),
                "docs/errors.md needs a line that starts with: {start}"
            );
        }
    }

    #[test]
    fn a_code_is_said_in_capitals() {
        assert_eq!(Code::GraphqlParseFailed.as_str(), "GRAPHQL_PARSE_FAILED");
        assert_eq!(Code::CommandIdReused.as_str(), "COMMAND_ID_REUSED");
    }
}
