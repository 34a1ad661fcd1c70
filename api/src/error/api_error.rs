//! The error that resolvers and the edge return.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::sync::Arc;

use async_graphql::{InputType, InputValueError, Value};

use super::Code;

/// An error with a published code and our own words.
///
/// Resolvers return `Result<T, ApiError>`; async-graphql keeps the value itself as the error's source, where
/// [`super::Answer`] finds it again. The message is for people and never holds personal data or a library's text;
/// a cause is for the log only.
#[derive(Clone, Debug)]
pub struct ApiError {
    code: Code,
    message: Cow<'static, str>,
    details: BTreeMap<&'static str, Value>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

impl ApiError {
    /// An error of any code; prefer the constructors below where one fits.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            details: BTreeMap::new(),
            cause: None,
        }
    }

    /// A request that is none by the GraphQL-over-HTTP specification.
    pub fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::BadRequest, message)
    }

    /// A value that the caller has to correct; `field` names it as the caller wrote it.
    pub fn bad_user_input(field: &str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::BadUserInput, message).with("field", field)
    }

    /// A document that asks for more than one request may.
    pub fn too_complex(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Code::QueryTooComplex, message)
    }

    /// Nobody is signed in.
    pub fn unauthenticated() -> Self {
        Self::new(Code::Unauthenticated, "sign in first")
    }

    /// The caller may not do this; `permission` names what is missing.
    pub fn forbidden(permission: &str) -> Self {
        Self::new(Code::Forbidden, "your role does not allow this").with("permission", permission)
    }

    /// No such thing, or none that the caller may see: the answer is the same.
    pub fn not_found(kind: &'static str) -> Self {
        Self::new(Code::NotFound, format!("there is no such {kind}"))
    }

    /// The thing has moved on; `actual_version` is where it stands now.
    pub fn conflict(actual_version: u64) -> Self {
        Self::new(Code::Conflict, "it has changed since you read it")
            .with("actualVersion", actual_version)
    }

    /// The command id stands for another command already.
    pub fn command_id_reused() -> Self {
        Self::new(
            Code::CommandIdReused,
            "this command id was used for another command",
        )
    }

    /// The caller asks too often; `after_seconds` is when to try again.
    pub fn rate_limited(after_seconds: u64) -> Self {
        Self::new(Code::RateLimited, "too many attempts, wait a little")
            .with("retryAfterSeconds", after_seconds)
    }

    /// A part that the service needs does not answer.
    pub fn unavailable(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::new(
            Code::Unavailable,
            "not possible right now; repeat it with the same commandId",
        )
        .caused_by(cause)
    }

    /// The answer took too long.
    pub fn timeout() -> Self {
        Self::new(
            Code::Timeout,
            "no answer in time; repeat it with the same commandId",
        )
    }

    /// A defect of ours; the cause goes to the log only.
    pub fn internal(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::defect().caused_by(cause)
    }

    pub(crate) fn defect() -> Self {
        Self::new(
            Code::Internal,
            "something went wrong on our side; name the request id when you report it",
        )
    }

    /// Adds a value to the error's `extensions`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.details.insert(name, value.into());
        self
    }

    fn caused_by(mut self, cause: impl Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Arc::new(cause));
        self
    }

    /// Its published code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// What a person reads; never parsed by a program.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn details(&self) -> &BTreeMap<&'static str, Value> {
        &self.details
    }

    pub(crate) fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.cause.as_deref()
    }
}

// No `Error` impl: `Display` is all that async-graphql's conversion needs, and a second one would let `?` wrap an
// `ApiError` as somebody's cause, where its code is lost.
impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

/// The error of a custom scalar's `parse`, whose reason (our words, no value in it) the caller may read.
pub fn invalid_input<T: InputType>(reason: impl Into<String>) -> InputValueError<T> {
    InputValueError::custom("").with_extension("reason", reason.into())
}
