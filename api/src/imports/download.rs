//! `GET /imports/{id}/refused.csv`: what an import refused, to be corrected and imported again.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{header, request};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cartera_commands::files::{Column, RefusedRows};
use cartera_domain::Permission;
use futures_util::stream::{self, Stream};
use uuid::Uuid;

use super::job::Whose;
use super::refused::RefusedRecord;
use super::store::ImportStore;
use crate::auth::Identity;
use crate::edge::door::{Door, name_of, refuse};
use crate::error::ApiError;
use crate::scalars::AnyGlobalId;

/// Headers of a file that no browser may show or run.
const HEADERS: [(header::HeaderName, &str); 4] = [
    (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
    (
        header::CONTENT_DISPOSITION,
        "attachment; filename=\"refused.csv\"",
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        "sandbox; default-src 'none'",
    ),
    (header::CACHE_CONTROL, "no-store"),
];

#[derive(Debug, Clone)]
struct Downloads {
    door: Door<Identity>,
    store: ImportStore,
}

/// The routes of imports.
pub fn routes(door: Door<Identity>, store: ImportStore) -> Router {
    Router::new()
        .route("/imports/{id}/refused.csv", get(refused))
        .with_state(Downloads { door, store })
}

/// Where the refused rows of a job are.
pub(super) fn path_of(job: Uuid) -> String {
    let id = AnyGlobalId::render("ImportJob", job);
    format!("/imports/{id}/refused.csv")
}

async fn refused(
    State(downloads): State<Downloads>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    match downloads.open(&parts, &id).await {
        Ok(file) => (HEADERS, Body::from_stream(file)).into_response(),
        Err(error) => refuse(&error, name_of(&parts)),
    }
}

impl Downloads {
    /// The file, if the caller sees the job and it has ended.
    async fn open(
        &self,
        parts: &request::Parts,
        id: &str,
    ) -> Result<impl Stream<Item = io::Result<Bytes>> + use<>, ApiError> {
        let caller = self.door.admit(parts).await?;
        let whose = Whose::seen_by(caller.viewer(Permission::Import)?);
        let missing = || ApiError::not_found("file of refused rows");
        let id = AnyGlobalId::parse(id)
            .ok()
            .filter(|id| id.kind == "ImportJob")
            .ok_or_else(missing)?
            .id;
        let job = self
            .store
            .find(whose, id)
            .await
            .map_err(ApiError::unavailable)?;
        job.filter(|job| job.state.has_ended())
            .ok_or_else(missing)?;
        let names = self
            .store
            .columns(id)
            .await
            .map_err(ApiError::unavailable)?;
        let file = Writing::begin(&names).map_err(ApiError::internal)?;
        Ok(lines(self.store.clone(), id, file))
    }
}

/// The file in parts, one stretch of refused records after the other.
fn lines(
    store: ImportStore,
    job: Uuid,
    file: Writing,
) -> impl Stream<Item = io::Result<Bytes>> + use<> {
    stream::try_unfold(Some((file, 0)), move |open| {
        let store = store.clone();
        async move {
            let Some((mut file, after)) = open else {
                return Ok(None);
            };
            let stretch = store.refused_from(job, after + 1).await;
            match stretch.map_err(io::Error::other)? {
                Some(stretch) => {
                    stretch
                        .records
                        .iter()
                        .try_for_each(|record| file.add(record))?;
                    let amount = i64::try_from(stretch.records.len()).unwrap_or_default();
                    let last = stretch.first + amount.max(1) - 1;
                    Ok(Some((file.taken(), Some((file, last)))))
                }
                None => Ok(Some((file.end()?, None))),
            }
        }
    })
}

/// A file of refused rows as it is written, taken away part by part.
struct Writing {
    rows: RefusedRows<Shared>,
    written: Shared,
}

#[derive(Debug, Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn take(&self) -> Vec<u8> {
        std::mem::take(
            &mut *self
                .0
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        )
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Writing {
    fn begin(names: &[String]) -> io::Result<Self> {
        let columns: Vec<Column> = names
            .iter()
            .enumerate()
            .map(|(index, name)| Column {
                index,
                name: name.clone(),
                key: name.clone(),
            })
            .collect();
        let written = Shared::default();
        Ok(Self {
            rows: RefusedRows::new(written.clone(), &columns)?,
            written,
        })
    }

    fn add(&mut self, record: &RefusedRecord) -> io::Result<()> {
        let row = record.row();
        self.rows
            .refuse(record.line, row.as_ref(), &record.cells_refused())
    }

    fn taken(&self) -> Bytes {
        self.written.take().into()
    }

    fn end(self) -> io::Result<Bytes> {
        self.rows.finish()?;
        Ok(self.written.take().into())
    }
}
