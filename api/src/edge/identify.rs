//! Who is asking: the one thing that the edge wants from the identity module.

use std::future::Future;
use std::net::IpAddr;
use std::time::Duration;

use axum::http::{HeaderMap, header};

use crate::error::ApiError;

/// How often [`Identify::revoked`] looks, unless an implementation is told earlier: half of the second in which a
/// socket has to close after its session was revoked.
const REVOCATION_POLL: Duration = Duration::from_millis(500);

/// Turns credentials into a caller, and says what the edge must know about one.
///
/// The caller is put in each request's data for the resolvers; an anonymous request has none there.
pub trait Identify: Send + Sync + 'static {
    /// A known caller: who it is, and all that permissions and scopes are decided by.
    type Caller: Clone + Send + Sync + 'static;

    /// The caller these credentials stand for; `None` when they are missing, unknown, expired or revoked.
    ///
    /// # Errors
    /// [`ApiError::unavailable`] when it cannot be looked up now; [`ApiError::rate_limited`] when a source tries too often.
    fn identify(
        &self,
        credentials: &Credentials<'_>,
    ) -> impl Future<Output = Result<Option<Self::Caller>, ApiError>> + Send;

    /// Whether this caller may read the schema in production.
    fn may_introspect(&self, caller: &Self::Caller) -> bool;

    /// Whether session, key, role and permissions are still as they were when the caller was identified.
    ///
    /// Asked before each event of a subscription is sent: it must be cheap.
    fn still_valid(&self, caller: &Self::Caller) -> impl Future<Output = bool> + Send;

    /// Resolves when [`Identify::still_valid`] has become false; the caller's sockets are then closed.
    fn revoked(&self, caller: &Self::Caller) -> impl Future<Output = ()> + Send {
        async move {
            while self.still_valid(caller).await {
                tokio::time::sleep(REVOCATION_POLL).await;
            }
        }
    }
}

/// What a request brings to prove who sends it.
///
/// Its origin has been checked before: a cookie in here was not sent by another site's page.
#[derive(Clone, Copy, Debug)]
pub struct Credentials<'a> {
    headers: &'a HeaderMap,
    connection_token: Option<&'a str>,
    peer: Option<IpAddr>,
}

impl<'a> Credentials<'a> {
    /// The credentials in a request's headers, sent from `peer`.
    pub fn new(headers: &'a HeaderMap, peer: Option<IpAddr>) -> Self {
        Self {
            headers,
            connection_token: None,
            peer,
        }
    }

    /// Takes the token that a WebSocket's `connection_init` carried.
    #[must_use]
    pub fn with_connection_token(self, token: Option<&'a str>) -> Self {
        Self {
            connection_token: token,
            ..self
        }
    }

    /// The bearer token, of the `Authorization` header or of `connection_init`.
    pub fn bearer(&self) -> Option<&'a str> {
        self.connection_token
            .or_else(|| self.authorization())
            .and_then(|text| text.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim())
            .filter(|token| !token.is_empty())
    }

    /// A cookie's value. None where a token is given: who sends a token does not mean a cookie.
    pub fn cookie(&self, name: &str) -> Option<&'a str> {
        if self.connection_token.is_some() || self.headers.contains_key(header::AUTHORIZATION) {
            return None;
        }
        self.headers
            .get_all(header::COOKIE)
            .into_iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// The address the connection comes from, where the server knows it.
    pub fn peer(&self) -> Option<IpAddr> {
        self.peer
    }

    /// All headers of the request, for a proxy's `Forwarded` or the user agent.
    pub fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    fn authorization(&self) -> Option<&'a str> {
        self.headers.get(header::AUTHORIZATION)?.to_str().ok()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::Credentials;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_bearer_token_is_read_whatever_the_case_of_its_scheme() {
        let headers = headers(&[("authorization", "bEARER  abc ")]);
        assert_eq!(Credentials::new(&headers, None).bearer(), Some("abc"));
    }

    #[test]
    fn a_cookie_is_found_among_others_and_ignored_beside_a_token() {
        let cookies = headers(&[("cookie", "a=1; __Host-session=xyz")]);
        assert_eq!(
            Credentials::new(&cookies, None).cookie("__Host-session"),
            Some("xyz")
        );
        assert_eq!(Credentials::new(&cookies, None).cookie("session"), None);
        let both = headers(&[("cookie", "a=1"), ("authorization", "Bearer t")]);
        assert_eq!(Credentials::new(&both, None).cookie("a"), None);
        let socket = Credentials::new(&cookies, None).with_connection_token(Some("Bearer t"));
        assert_eq!((socket.bearer(), socket.cookie("a")), (Some("t"), None));
    }
}
