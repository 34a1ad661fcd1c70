//! `POST /files` and `DELETE /files/{id}`.

use std::time::Duration;

use axum::body::BodyDataStream;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header, request};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, post};
use axum::{Json, Router};
use cartera_domain::Permission;
use cartera_domain::ids::UserId;
use cartera_domain::values::Line;
use futures_util::StreamExt;
use serde::Serialize;

use super::store::{Deletion, FileKind, StoredFile};
use super::upload::Uploads;
use crate::auth::Identity;
use crate::edge::door::{Door, name_of, refuse};
use crate::error::{ApiError, Code};
use crate::scalars::AnyGlobalId;

/// What a file is called that nobody names.
const NAMELESS: &str = "upload";
/// How long, and how much of, a refused body is still read: a client that writes would not hear the answer otherwise.
const HEARD_OUT: (Duration, usize) = (Duration::from_secs(2), 32 << 20);

/// What the routes stand on.
#[derive(Debug, Clone)]
struct Files {
    door: Door<Identity>,
    uploads: Uploads,
}

/// What an upload answers.
#[derive(Debug, Serialize)]
struct Uploaded {
    id: String,
    name: String,
    bytes: i64,
    sha256: String,
    kind: FileKind,
}

impl From<StoredFile> for Uploaded {
    fn from(stored: StoredFile) -> Self {
        let StoredFile { id, bytes, about } = stored;
        Self {
            id: AnyGlobalId::render("File", id),
            name: about.name,
            bytes,
            sha256: about.sha256,
            kind: about.kind,
        }
    }
}

/// The routes of files.
pub fn routes(door: Door<Identity>, uploads: Uploads) -> Router {
    Router::new()
        .route("/files", post(upload))
        .route("/files/{id}", delete(remove))
        .with_state(Files { door, uploads })
}

async fn upload(State(files): State<Files>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut body = body.into_data_stream();
    match files.upload(&parts, &mut body).await {
        Ok(stored) => (
            StatusCode::CREATED,
            [(header::CACHE_CONTROL, "no-store")],
            Json(Uploaded::from(stored)),
        )
            .into_response(),
        Err(error) => {
            if error.code() != Code::RequestTimeout {
                tokio::spawn(hear_out(body));
            }
            let mut response = refuse(&error, name_of(&parts));
            let close = header::HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
            response
        }
    }
}

async fn remove(State(files): State<Files>, Path(id): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    match files.remove(&parts, &id).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => refuse(&error, name_of(&parts)),
    }
}

impl Files {
    /// Who may upload: whoever may import.
    async fn importer(&self, parts: &request::Parts) -> Result<UserId, ApiError> {
        let caller = self.door.admit(parts).await?;
        Ok(caller.viewer(Permission::Import)?.user)
    }

    async fn upload(
        &self,
        parts: &request::Parts,
        body: &mut BodyDataStream,
    ) -> Result<StoredFile, ApiError> {
        let owner = self.importer(parts).await?;
        refuse_forms(&parts.headers)?;
        let (name, announced) = (name_in(parts)?, announced(&parts.headers));
        self.uploads.receive(owner, name, announced, body).await
    }

    async fn remove(&self, parts: &request::Parts, id: &str) -> Result<(), ApiError> {
        let owner = self.importer(parts).await?;
        let missing = || ApiError::not_found("file");
        let id = AnyGlobalId::parse(id).ok().filter(|id| id.kind == "File");
        let deleted = self
            .uploads
            .store()
            .delete(owner, id.ok_or_else(missing)?.id);
        match deleted.await.map_err(ApiError::unavailable)? {
            Deletion::Done => Ok(()),
            Deletion::NotThere => Err(missing()),
            Deletion::InUse => Err(ApiError::new(
                Code::Conflict,
                "an import that has not ended needs this file",
            )),
        }
    }
}

/// The body of a form with a file is not the file but holds it: read as a table it would be nonsense. Any other type is taken
/// (curl's own is that of a form without one), since the content decides.
fn refuse_forms(headers: &HeaderMap) -> Result<(), ApiError> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    if kind.starts_with("multipart/") {
        let message = "send the file itself as the body, for example as application/octet-stream";
        return Err(ApiError::new(Code::UnsupportedMediaType, message));
    }
    Ok(())
}

/// The name in the URL: data, and nothing else.
fn name_in(parts: &request::Parts) -> Result<String, ApiError> {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
        .map_err(|_unreadable| ApiError::bad_request("the URL's parameters cannot be read"))?;
    let given = pairs.0.into_iter().find(|(key, _)| key == "name");
    let name = given.map_or_else(|| NAMELESS.to_owned(), |(_, name)| name);
    let line =
        Line::parse(&name).map_err(|wrong| ApiError::bad_user_input("name", wrong.to_string()))?;
    Ok(line.as_str().to_owned())
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// Reads what is still on its way of a refused body.
async fn hear_out(mut body: BodyDataStream) {
    let (time, mut left) = HEARD_OUT;
    let reading = async {
        while let Some(Ok(part)) = body.next().await {
            left = left.saturating_sub(part.len());
            if left == 0 {
                break;
            }
        }
    };
    // Whoever is still writing then has had its chance.
    let _elapsed = tokio::time::timeout(time, reading).await;
}
