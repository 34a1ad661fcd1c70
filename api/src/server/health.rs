//! `/readyz`: whether the database answers, whether answers are whole yet, and where each follower of the journal stands.
//!
//! The service is ready when every read model has come to where the log ended at the start. While one has never been built, what
//! needs read models is refused (`NOT_READY`): an answer from half of the log would look like a whole one. One that only lags
//! answers, and says how far it is (`asOfPosition`), as at any other time.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use cartera_journal::{FollowerStatus, Journal, JournalError};
use cartera_projections::runner::Unready;
use serde::Serialize;
use tokio::sync::watch;

use crate::edge::RequestId;
use crate::error::{Answer, ApiError, Code};

/// Time in which the database must answer.
const ANSWER_TIME: Duration = Duration::from_secs(1);
/// Seconds after which it is worth asking again.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("1");

/// Knows whether requests can be served.
#[derive(Clone)]
pub struct Readiness {
    journal: Journal,
    unready: watch::Receiver<Vec<Unready>>,
}

impl Readiness {
    /// Asks the database of this journal, and the runner's word on its read models.
    pub fn new(journal: Journal, unready: watch::Receiver<Vec<Unready>>) -> Self {
        Self { journal, unready }
    }

    /// Comes back when every read model is ready.
    pub async fn reached(&self) {
        // An error says that the runner has stopped: there is nothing to wait for.
        drop(self.unready.clone().wait_for(Vec::is_empty).await);
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
    /// What the service waits for.
    #[serde(rename = "waitsFor")]
    waits_for: Vec<Behind>,
    followers: Vec<Standing>,
}

/// A read model that has not come to where the log ended at the start.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Behind {
    read_model: &'static str,
    position: i64,
    of: i64,
    /// Whether it answers meanwhile; not while it is built for the first time.
    answers: bool,
}

impl From<&Unready> for Behind {
    fn from(unready: &Unready) -> Self {
        let Unready {
            name,
            position,
            of,
            answers,
        } = *unready;
        Self {
            read_model: name,
            position,
            of,
            answers,
        }
    }
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

/// These routes, which need read models, refused while one of them has never been built.
pub fn once_built(routes: Router, readiness: Readiness) -> Router {
    routes.layer(from_fn_with_state(readiness, refuse_until_built))
}

async fn refuse_until_built(
    State(readiness): State<Readiness>,
    request: Request,
    next: Next,
) -> Response {
    let is_built = readiness.unready.borrow().iter().all(|one| one.answers);
    if is_built {
        return next.run(request).await;
    }
    let id = request.extensions().get::<RequestId>().copied();
    let error = ApiError::new(
        Code::NotReady,
        "the read models are being made from the log: ask again soon",
    );
    let answer = Answer::refused(&error, id.unwrap_or_else(RequestId::fresh));
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=utf-8"),
        ),
        (header::RETRY_AFTER, ASK_AGAIN),
    ];
    (Code::NotReady.status(), headers, answer.to_json()).into_response()
}

async fn ready(State(readiness): State<Readiness>) -> Response {
    let waits_for: Vec<Behind> = readiness
        .unready
        .borrow()
        .iter()
        .map(Behind::from)
        .collect();
    let asked = tokio::time::timeout(ANSWER_TIME, standings(&readiness.journal)).await;
    let Ok(Ok((head, followers))) = asked else {
        let report = Report {
            database: "down",
            head: None,
            waits_for,
            followers: Vec::new(),
        };
        return (StatusCode::SERVICE_UNAVAILABLE, Json(report)).into_response();
    };
    let status = if waits_for.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let report = Report {
        database: "up",
        head: Some(head),
        waits_for,
        followers: followers.into_iter().map(Standing::from).collect(),
    };
    (status, Json(report)).into_response()
}

async fn standings(journal: &Journal) -> Result<(i64, Vec<FollowerStatus>), JournalError> {
    Ok((journal.head().await?, journal.followers().await?))
}
