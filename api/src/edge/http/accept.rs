//! Which of the two content types an answer has.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::error::{ApiError, Code};

/// The content types of an answer, which differ in their status codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`: the status says whether the document was fit to be run.
    GraphqlResponse,
    /// `application/json`: 200 for every document, as older clients expect.
    Json,
}

impl MediaType {
    /// The `Content-Type` to answer with.
    pub(super) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }
}

/// Chooses by the `Accept` header: what it prefers, `application/json` where it has no preference or is missing.
///
/// # Errors
/// `NOT_ACCEPTABLE` when the header rules both out.
pub(super) fn negotiate(headers: &HeaderMap) -> Result<MediaType, ApiError> {
    let ranges: Vec<&str> = headers
        .get_all(header::ACCEPT)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .collect();
    if ranges.is_empty() {
        return Ok(MediaType::Json);
    }
    let json = quality(&ranges, "json");
    let graphql = quality(&ranges, "graphql-response+json");
    match (graphql, json) {
        (None, None) => Err(ApiError::new(
            Code::NotAcceptable,
            "answers are application/graphql-response+json or application/json, in UTF-8",
        )),
        (Some(graphql), json) if Some(graphql) > json => Ok(MediaType::GraphqlResponse),
        _ => Ok(MediaType::Json),
    }
}

/// How much a subtype of `application` is wanted: first how well, then how plainly it is named, then how early.
///
/// `None` when it is not acceptable. A range that names the subtype decides over `application/*`, and that over `*/*`.
fn quality(ranges: &[&str], subtype: &str) -> Option<(u16, u8, usize)> {
    let mut best: Option<(u8, u16, usize)> = None;
    for (index, range) in ranges.iter().enumerate() {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let plainness = match name.strip_prefix("application/") {
            Some(named) if named == subtype => 3,
            Some("*") => 2,
            _ if name == "*/*" => 1,
            _ => continue,
        };
        let Some(weight) = weight(parts) else {
            continue;
        };
        let earlier = usize::MAX.saturating_sub(index);
        if best.is_none_or(|(known, _, _)| plainness > known) {
            best = Some((plainness, weight, earlier));
        }
    }
    best.filter(|(_, weight, _)| *weight > 0)
        .map(|(plainness, weight, earlier)| (weight, plainness, earlier))
}

/// A range's `q` in thousandths; `None` when it asks for another character set than UTF-8.
fn weight<'a>(parameters: impl Iterator<Item = &'a str>) -> Option<u16> {
    let mut weight = 1_000;
    for parameter in parameters {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = value.trim().trim_matches('"');
        if name.eq_ignore_ascii_case("charset") && !value.eq_ignore_ascii_case("utf-8") {
            return None;
        }
        if name.eq_ignore_ascii_case("q") {
            weight = thousandths(value);
        }
    }
    Some(weight)
}

/// `0.75` as 750, without floating point; anything unreadable as 1.
fn thousandths(text: &str) -> u16 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole != "0" {
        return 1_000;
    }
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    digits.parse().unwrap_or(1_000)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, header};

    use super::{MediaType, negotiate};

    #[track_caller]
    fn assert_choice(accept: &str, expected: Option<MediaType>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        assert_eq!(negotiate(&headers).ok(), expected, "{accept}");
    }

    #[test]
    fn the_preferred_type_is_chosen() {
        use MediaType::{GraphqlResponse, Json};
        for (accept, expected) in [
            ("application/graphql-response+json", Some(GraphqlResponse)),
            ("application/json", Some(Json)),
            ("APPLICATION/JSON;CHARSET=UTF-8", Some(Json)),
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            (
                "application/graphql-response+json, application/json",
                Some(GraphqlResponse),
            ),
            (
                "application/json, application/graphql-response+json",
                Some(Json),
            ),
            (
                "application/graphql-response+json, application/json;q=0.9",
                Some(GraphqlResponse),
            ),
            (
                "application/graphql-response+json;q=0.5, application/json",
                Some(Json),
            ),
            (
                "application/json;q=0.5, application/graphql-response+json;q=0.51",
                Some(GraphqlResponse),
            ),
            (
                "application/graphql-response+json, */*",
                Some(GraphqlResponse),
            ),
            ("application/json;q=0, */*", Some(GraphqlResponse)),
            ("text/html, application/xhtml+xml, */*;q=0.8", Some(Json)),
            ("application/json; charset=utf-16", None),
            ("application/json;q=0", None),
            ("text/html", None),
            ("application/graphql+json", None),
            ("", Some(Json)),
        ] {
            assert_choice(accept, expected);
        }
    }

    #[test]
    fn without_a_wish_it_is_json() {
        assert_eq!(negotiate(&HeaderMap::new()).ok(), Some(MediaType::Json));
    }
}
