//! The door for requests that are not GraphQL, such as uploads and downloads: who asks, and how a refusal looks.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{header, request};
use axum::response::Response;

use super::http::{self, peer};
use super::identify::{Credentials, Identify};
use super::origin::Origins;
use super::request_id::RequestId;
use crate::error::ApiError;

/// How long finding out who asks may take.
const IDENTIFY_TIME: Duration = Duration::from_secs(5);

/// Lets callers in by the same credentials, and against the same pages of other origins, as GraphQL does.
pub struct Door<I> {
    identify: Arc<I>,
    origins: Origins,
}

impl<I> std::fmt::Debug for Door<I> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Door")
            .field("origins", &self.origins)
            .finish_non_exhaustive()
    }
}

impl<I> Clone for Door<I> {
    fn clone(&self) -> Self {
        Self {
            identify: Arc::clone(&self.identify),
            origins: self.origins.clone(),
        }
    }
}

impl<I: Identify> Door<I> {
    /// A door that knows callers by `identify`, and lets pages of these origins use a session.
    pub fn new(identify: Arc<I>, origins: Origins) -> Self {
        Self { identify, origins }
    }

    /// Who sends a request. One that changes something, and that a browser may have sent on its own, needs the right origin.
    ///
    /// # Errors
    /// `ORIGIN_NOT_ALLOWED`, `UNAUTHENTICATED`; `TIMEOUT` or `UNAVAILABLE` when it cannot be found out now.
    pub async fn admit(&self, parts: &request::Parts) -> Result<I::Caller, ApiError> {
        let by_itself = !parts.headers.contains_key(header::AUTHORIZATION);
        if by_itself && !parts.method.is_safe() {
            self.origins.check(&parts.headers)?;
        }
        let credentials = Credentials::new(&parts.headers, peer(&parts.extensions));
        let identified = tokio::time::timeout(IDENTIFY_TIME, self.identify.identify(&credentials));
        let caller = identified.await.map_err(|_elapsed| ApiError::timeout())??;
        caller.ok_or_else(ApiError::unauthenticated)
    }
}

/// The request's name.
pub fn name_of(parts: &request::Parts) -> RequestId {
    http::id_of(&parts.extensions)
}

/// The response to a request that is refused: JSON as GraphQL's errors are, with the code's own status.
pub fn refuse(error: &ApiError, id: RequestId) -> Response {
    http::refuse_plainly(error, id)
}
