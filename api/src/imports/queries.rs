//! What can be asked about imports.

use async_graphql::connection::PageInfo;
use async_graphql::{Context, ID, Object};
use cartera_domain::Permission;
use uuid::Uuid;

use super::job::Whose;
use super::refused::Stretch;
use super::store::ImportStore;
use super::types::{
    ImportJob, ImportJobConnection, ImportJobEdge, RefusedRow, RefusedRowConnection, RefusedRowEdge,
};
use crate::asking::Asking;
use crate::error::ApiError;
use crate::payload::Shown;
use crate::scalars::AnyGlobalId;

/// The queries of imports.
#[derive(Debug, Default)]
pub struct ImportsQuery;

#[Object]
impl ImportsQuery {
    /// An import: one's own, and for administrators everybody's.
    async fn import_job(
        &self,
        context: &Context<'_>,
        id: ID,
    ) -> Result<Option<ImportJob>, ApiError> {
        job(context, &id).await.map(Some)
    }

    /// One's own imports, and for administrators everybody's, the newest first.
    async fn import_jobs(
        &self,
        context: &Context<'_>,
        #[graphql(default = 50, validator(minimum = 1, maximum = 200))] first: i32,
        after: Option<String>,
    ) -> Result<ImportJobConnection, ApiError> {
        let whose = Whose::seen_by(context.viewer(Permission::Import)?);
        let before = after.as_deref().map(number).transpose()?;
        let size = i64::from(first);
        // One more than asked for tells whether there are more.
        let jobs = store(context)?.page(whose, before, size + 1).await;
        let mut jobs = jobs.map_err(ApiError::unavailable)?;
        let wanted = usize::try_from(first).unwrap_or(1);
        let more = jobs.len() > wanted;
        jobs.truncate(wanted);
        let edges: Vec<ImportJobEdge> = jobs
            .into_iter()
            .map(|job| ImportJobEdge {
                cursor: job.number.to_string(),
                node: ImportJob(job),
            })
            .collect();
        let cursor = |edge: &ImportJobEdge| edge.cursor.clone();
        let ends = (edges.first().map(cursor), edges.last().map(cursor));
        Ok(ImportJobConnection {
            edges,
            page_info: PageInfo {
                has_previous_page: before.is_some(),
                has_next_page: more,
                start_cursor: ends.0,
                end_cursor: ends.1,
            },
        })
    }
}

/// The job of a global id, if the caller sees it.
pub(super) async fn job(context: &Context<'_>, id: &ID) -> Result<ImportJob, ApiError> {
    let missing = || ApiError::not_found("import job");
    context.viewer(Permission::Import)?;
    let id = AnyGlobalId::parse(id)
        .ok()
        .filter(|id| id.kind == "ImportJob");
    let found = ImportJob::find(context, id.ok_or_else(missing)?.id).await?;
    found.ok_or_else(missing)
}

/// Where jobs are kept.
pub(super) fn store<'a>(context: &'a Context<'_>) -> Result<&'a ImportStore, ApiError> {
    Ok(context.services()?.imports.store())
}

/// A page of what a job refused. Whoever has the job may read it: it was found as its viewer.
pub(super) async fn refused_rows(
    context: &Context<'_>,
    job: Uuid,
    first: i32,
    after: Option<&str>,
) -> Result<RefusedRowConnection, ApiError> {
    let wanted = usize::try_from(first).unwrap_or(1);
    let begin = after.map(place).transpose()?.unwrap_or((0, 0));
    let (store, mut from) = (store(context)?, begin.0);
    let mut edges: Vec<RefusedRowEdge> = Vec::with_capacity(wanted);
    let mut more = false;
    while !more {
        let stretch = store.refused_from(job, from.max(1)).await;
        let Some(stretch) = stretch.map_err(ApiError::unavailable)? else {
            break;
        };
        let amount = i64::try_from(stretch.records.len()).unwrap_or(1).max(1);
        from = stretch.first + amount;
        for edge in entries(stretch).filter(|entry| entry.0 > begin).map(edge) {
            more = edges.len() == wanted;
            if more {
                break;
            }
            edges.push(edge);
        }
    }
    let cursor = |edge: &RefusedRowEdge| edge.cursor.clone();
    let ends = (edges.first().map(cursor), edges.last().map(cursor));
    Ok(RefusedRowConnection {
        edges,
        page_info: PageInfo {
            has_previous_page: after.is_some(),
            has_next_page: more,
            start_cursor: ends.0,
            end_cursor: ends.1,
        },
    })
}

/// Number of a record and of the reason in it, both from 1.
type Place = (i64, usize);

/// The reasons of a stretch, each with its place.
fn entries(stretch: Stretch) -> impl Iterator<Item = (Place, RefusedRow)> {
    (stretch.first..)
        .zip(stretch.records)
        .flat_map(|(number, record)| {
            let line = i64::try_from(record.line).unwrap_or(i64::MAX);
            (1..).zip(record.reasons).map(move |(index, reason)| {
                let row = RefusedRow {
                    line,
                    column: reason.column,
                    value: reason.value,
                    code: reason.code,
                    reason: reason.reason,
                };
                ((number, index), row)
            })
        })
}

fn edge(((record, reason), node): (Place, RefusedRow)) -> RefusedRowEdge {
    RefusedRowEdge {
        cursor: format!("{record}.{reason}"),
        node,
    }
}

fn number(cursor: &str) -> Result<i64, ApiError> {
    cursor
        .parse()
        .map_err(|_no_number| ApiError::bad_user_input("after", "not a cursor of this list"))
}

fn place(cursor: &str) -> Result<Place, ApiError> {
    let parts = cursor.split_once('.');
    let read =
        parts.and_then(|(record, reason)| Some((record.parse().ok()?, reason.parse().ok()?)));
    read.ok_or_else(|| ApiError::bad_user_input("after", "not a cursor of this list"))
}
