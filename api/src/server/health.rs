//! `/healthz`: the process runs. `/readyz`: the database answers.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use sqlx::{Connection, PgPool};

/// Time in which the database must answer.
const ANSWER_TIME: Duration = Duration::from_secs(1);

/// A part that works beside the requests, such as a projector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Why it stands still, and where; `None` while it works.
    pub paused: Option<String>,
}

/// What has to be asked to know whether requests can be served.
#[derive(Clone)]
pub struct Readiness {
    pool: PgPool,
    parts: Arc<dyn Fn() -> Vec<Part> + Send + Sync>,
}

impl Readiness {
    /// Asks this database. `parts` are told beside it: one that stands still does not make the service unready, since the
    /// others go on and a restart would not help.
    pub fn new(pool: PgPool, parts: impl Fn() -> Vec<Part> + Send + Sync + 'static) -> Self {
        Self {
            pool,
            parts: Arc::new(parts),
        }
    }
}

impl std::fmt::Debug for Readiness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Readiness").finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Report {
    database: &'static str,
    parts: Vec<Part>,
}

pub(super) fn routes(readiness: Readiness) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(readiness)
}

async fn ready(State(readiness): State<Readiness>) -> Response {
    let answers = tokio::time::timeout(ANSWER_TIME, ping(&readiness.pool)).await;
    let up = matches!(answers, Ok(Ok(())));
    let status = if up {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let database = if up { "up" } else { "down" };
    (
        status,
        Json(Report {
            database,
            parts: (readiness.parts)(),
        }),
    )
        .into_response()
}

async fn ping(pool: &PgPool) -> Result<(), sqlx::Error> {
    pool.acquire().await?.ping().await
}
