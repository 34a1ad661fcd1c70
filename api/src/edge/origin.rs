//! Cross-site requests: a page of another origin must not act in a person's name.

use std::collections::HashSet;

use axum::http::{HeaderMap, header};

use crate::error::{ApiError, Code};

/// The web origins whose pages may use a person's session, each as browsers write it (`https://crm.example`).
///
/// With none configured, a page may talk to the very host it came from: the default of a service that people open
/// under whatever name their machine has.
#[derive(Clone, Debug, Default)]
pub struct Origins(HashSet<String>);

impl<T: Into<String>> FromIterator<T> for Origins {
    fn from_iter<I: IntoIterator<Item = T>>(origins: I) -> Self {
        Self(
            origins
                .into_iter()
                .map(|origin| origin.into().trim_end_matches('/').to_ascii_lowercase())
                .collect(),
        )
    }
}

impl Origins {
    /// Refuses a request that a page of another origin has caused.
    ///
    /// Browsers send `Origin` with every POST and every WebSocket, and `Sec-Fetch-Site` with everything; a program
    /// sends neither and has no cookies that another page could abuse, so the absence of both is fine.
    ///
    /// # Errors
    /// `ORIGIN_NOT_ALLOWED`.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let allowed = match headers.get(header::ORIGIN) {
            Some(origin) => origin
                .to_str()
                .is_ok_and(|origin| self.allows(origin, headers)),
            None => headers
                .get("sec-fetch-site")
                .is_none_or(|site| site == "same-origin" || site == "none"),
        };
        allowed.then_some(()).ok_or_else(|| {
            ApiError::new(
                Code::OriginNotAllowed,
                "a page of this origin may not use a session here",
            )
        })
    }

    fn allows(&self, origin: &str, headers: &HeaderMap) -> bool {
        if !self.0.is_empty() {
            return self.0.contains(&origin.to_ascii_lowercase());
        }
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        let authority = origin
            .strip_prefix("https://")
            .or_else(|| origin.strip_prefix("http://"));
        matches!((authority, host), (Some(authority), Some(host)) if authority.eq_ignore_ascii_case(host))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::Origins;

    fn passes(origins: &[&str], headers: &[(&'static str, &'static str)]) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        origins
            .iter()
            .copied()
            .collect::<Origins>()
            .check(&headers)
            .is_ok()
    }

    #[test]
    fn only_listed_origins_pass() {
        let listed = ["https://crm.example/"];
        assert!(passes(&listed, &[("origin", "https://crm.example")]));
        assert!(passes(
            &listed,
            &[
                ("origin", "HTTPS://CRM.example"),
                ("sec-fetch-site", "same-site")
            ]
        ));
        for bad in [
            "https://crm.example.evil.com",
            "http://crm.example",
            "null",
            "https://evil.com",
        ] {
            assert!(
                !passes(&listed, &[("origin", bad), ("host", "crm.example")]),
                "{bad}"
            );
        }
    }

    #[test]
    fn without_a_list_a_page_may_talk_to_its_own_host() {
        assert!(passes(
            &[],
            &[
                ("origin", "http://localhost:8080"),
                ("host", "localhost:8080")
            ]
        ));
        assert!(!passes(
            &[],
            &[
                ("origin", "http://localhost:8081"),
                ("host", "localhost:8080")
            ]
        ));
        assert!(!passes(&[], &[("origin", "null"), ("host", "null")]));
        assert!(!passes(&[], &[("origin", "http://localhost:8080")]));
    }

    #[test]
    fn without_an_origin_the_browser_says_where_the_page_is_from() {
        assert!(passes(&[], &[]));
        assert!(passes(&[], &[("sec-fetch-site", "same-origin")]));
        assert!(!passes(&[], &[("sec-fetch-site", "cross-site")]));
        assert!(!passes(&[], &[("sec-fetch-site", "same-site")]));
    }
}
