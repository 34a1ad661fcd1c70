//! Takes browsers' reports of what the content security policy has stopped.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{MethodRouter, post};
use serde_json::Value;
use tokio::time::Instant;

/// Reports that are logged per [`WINDOW`]; anybody can send them.
const MOST: u32 = 20;
const WINDOW: Duration = Duration::from_mins(1);
/// Longest report that is taken, in bytes.
const LONGEST: usize = 16 * 1024;

static LOGGED: Mutex<Option<(Instant, u32)>> = Mutex::new(None);

pub(super) fn route<T: Clone + Send + Sync + 'static>() -> MethodRouter<T> {
    post(receive).layer(DefaultBodyLimit::max(LONGEST))
}

/// Logs which directive stopped something. Addresses are not logged: they can hold what a person searched for.
async fn receive(body: Bytes) -> StatusCode {
    let Ok(report) = serde_json::from_slice::<Value>(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    if is_news() {
        let directive = directive(&report).unwrap_or("unknown");
        tracing::warn!(
            directive,
            "a browser reports a violation of the content security policy"
        );
    }
    StatusCode::NO_CONTENT
}

/// The directive in a report of either form (`report-uri` or the Reporting API), if it looks like one.
fn directive(report: &Value) -> Option<&str> {
    let old = report.pointer("/csp-report/violated-directive");
    let new = report.pointer("/0/body/effectiveDirective");
    let name = old.or(new)?.as_str()?.split(' ').next()?;
    let plain = name.len() <= 40
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    plain.then_some(name)
}

fn is_news() -> bool {
    let mut logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
    let now = Instant::now();
    let (since, count) = match *logged {
        Some((since, count)) if now.duration_since(since) < WINDOW => {
            (since, count.saturating_add(1))
        }
        _ => (now, 1),
    };
    *logged = Some((since, count));
    count <= MOST
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::directive;

    #[test]
    fn both_forms_of_report_name_a_directive() {
        let old = json!({"csp-report": {"violated-directive": "script-src 'self'"}});
        let new =
            json!([{"type": "csp-violation", "body": {"effectiveDirective": "style-src-elem"}}]);
        assert_eq!(directive(&old), Some("script-src"));
        assert_eq!(directive(&new), Some("style-src-elem"));
    }

    #[test]
    fn text_that_is_no_directive_is_not_logged() {
        let made_up = json!({"csp-report": {"violated-directive": "x\nERROR all is lost"}});
        assert_eq!(directive(&made_up), None);
    }
}
