//! `/readyz`: whether the database answers, and where each follower of the journal stands.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use cartera_journal::{FollowerStatus, Journal, JournalError};
use serde::Serialize;

/// Time in which the database must answer.
const ANSWER_TIME: Duration = Duration::from_secs(1);

/// Knows whether requests can be served.
#[derive(Clone)]
pub struct Readiness {
    journal: Journal,
}

impl Readiness {
    /// Asks the database of this journal.
    pub fn new(journal: Journal) -> Self {
        Self { journal }
    }
}

impl std::fmt::Debug for Readiness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Readiness").finish_non_exhaustive()
    }
}

/// What `/readyz` says.
#[derive(Serialize)]
struct Report {
    database: &'static str,
    /// Position of the last event.
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<i64>,
    followers: Vec<Standing>,
}

/// Where a follower stands. One that is paused does not make the service unready: the others go on, and a restart would
/// not help.
#[derive(Serialize)]
struct Standing {
    name: String,
    generation: i32,
    live: bool,
    position: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    paused: Option<Paused>,
}

#[derive(Serialize)]
struct Paused {
    position: i64,
    reason: String,
}

impl From<FollowerStatus> for Standing {
    fn from(status: FollowerStatus) -> Self {
        let FollowerStatus {
            name,
            generation,
            live,
            position,
            paused,
        } = status;
        let paused = paused.map(|(position, reason)| Paused { position, reason });
        Self {
            name,
            generation,
            live,
            position,
            paused,
        }
    }
}

/// The route of `/readyz`.
pub fn routes(readiness: Readiness) -> Router {
    Router::new()
        .route("/readyz", get(ready))
        .with_state(readiness)
}

async fn ready(State(readiness): State<Readiness>) -> Response {
    let asked = tokio::time::timeout(ANSWER_TIME, standings(&readiness.journal)).await;
    let Ok(Ok((head, followers))) = asked else {
        let report = Report {
            database: "down",
            head: None,
            followers: Vec::new(),
        };
        return (StatusCode::SERVICE_UNAVAILABLE, Json(report)).into_response();
    };
    let followers = followers.into_iter().map(Standing::from).collect();
    Json(Report {
        database: "up",
        head: Some(head),
        followers,
    })
    .into_response()
}

async fn standings(journal: &Journal) -> Result<(i64, Vec<FollowerStatus>), JournalError> {
    Ok((journal.head().await?, journal.followers().await?))
}
