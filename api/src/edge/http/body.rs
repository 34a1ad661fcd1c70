//! Reads a request's body, and stops as soon as it is too much.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;

use crate::error::{ApiError, Code};

/// Refuses what is not `application/json` in UTF-8.
///
/// # Errors
/// `UNSUPPORTED_MEDIA_TYPE`; also without a `Content-Type`, since a page of another site can send that unasked.
pub(super) fn is_json(headers: &HeaderMap) -> Result<(), ApiError> {
    let mut given = headers.get_all(header::CONTENT_TYPE).into_iter();
    let text = given
        .next()
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let mut parts = text.split(';').map(str::trim);
    let json = parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case("application/json"));
    let utf8 = parts
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(name, _)| name.eq_ignore_ascii_case("charset"))
        .all(|(_, charset)| charset.trim_matches('"').eq_ignore_ascii_case("utf-8"));
    if json && utf8 && given.next().is_none() {
        return Ok(());
    }
    Err(ApiError::new(
        Code::UnsupportedMediaType,
        "send application/json in UTF-8",
    ))
}

/// The body, at most `most` bytes of it, at most `time` long.
///
/// # Errors
/// `PAYLOAD_TOO_LARGE`, at once where the length is announced and otherwise with the first byte too many;
/// `REQUEST_TIMEOUT` for a body that trickles; `BAD_REQUEST` when the connection breaks.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    most: usize,
    time: Duration,
) -> Result<Vec<u8>, ApiError> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(too_large(most));
    }
    let bytes = Vec::with_capacity(announced.unwrap_or_default());
    tokio::time::timeout(time, collect(body, bytes, most))
        .await
        .map_err(|_elapsed| {
            ApiError::new(Code::RequestTimeout, "the body did not arrive in time")
        })?
}

async fn collect(body: Body, mut bytes: Vec<u8>, most: usize) -> Result<Vec<u8>, ApiError> {
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_broken| ApiError::bad_request("the body broke off"))?;
        if bytes.len().saturating_add(chunk.len()) > most {
            return Err(too_large(most));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn too_large(most: usize) -> ApiError {
    ApiError::new(
        Code::PayloadTooLarge,
        format!("the body is longer than {most} bytes"),
    )
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, header};

    use super::is_json;

    #[test]
    fn only_json_in_utf8_is_taken() {
        for (content_type, taken) in [
            ("application/json", true),
            ("Application/JSON; Charset=\"UTF-8\"", true),
            ("application/json;charset=utf-8", true),
            ("application/json; charset=iso-8859-1", false),
            ("application/json; charset=utf-7; charset=utf-8", false),
            ("application/jsonp", false),
            ("text/plain", false),
            ("text/plain; application/json", false),
            ("application/x-www-form-urlencoded", false),
            ("multipart/form-data; boundary=x", false),
            ("application/graphql", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
            assert_eq!(is_json(&headers).is_ok(), taken, "{content_type}");
        }
        assert!(is_json(&HeaderMap::new()).is_err());
    }

    #[test]
    fn two_content_types_are_none() {
        let mut headers = HeaderMap::new();
        headers.append(header::CONTENT_TYPE, "application/json".parse().unwrap());
        headers.append(header::CONTENT_TYPE, "text/plain".parse().unwrap());
        assert!(is_json(&headers).is_err());
    }
}
