//! What can be asked about what happened.

#![expect(
    clippy::too_many_arguments,
    reason = "a field's arguments are GraphQL's own form"
)]

use async_graphql::connection::PageInfo;
use async_graphql::{Context, ID, Object};
use cartera_domain::Permission;
use cartera_projections::Projector;
use cartera_projections::timeline::{self, SubjectKind, Timeline, TimelineRequest};
use futures_util::future::try_join_all;
use uuid::Uuid;

use super::types::{TimelineConnection, TimelineEdge, TimelineEntry};
use crate::asking::Asking;
use crate::error::ApiError;
use crate::loaders::unreadable;
use crate::node::Node;
use crate::scalars::{AnyGlobalId, Position};

/// Entries of a page when nobody says how many.
const DEFAULT_PAGE: i32 = 50;
/// Most subjects of one timeline.
const MOST_SUBJECTS: usize = 50;

/// The query of timelines.
#[derive(Debug, Default)]
pub struct TimelineQuery;

#[Object]
impl TimelineQuery {
    /// What happened to these leads, clients, opportunities and so on, together, the newest first. One that the caller does
    /// not see is as good as none: `NOT_FOUND`.
    async fn timeline(
        &self,
        context: &Context<'_>,
        subject_ids: Vec<ID>,
        #[graphql(default_with = "DEFAULT_PAGE", validator(minimum = 1, maximum = 200))] first: i32,
        after: Option<String>,
        after_position: Option<Position>,
    ) -> Result<TimelineConnection, ApiError> {
        context
            .await_position(&[Timeline::NAME], after_position)
            .await?;
        let subjects = subjects(context, &subject_ids).await?;
        let size = u16::try_from(first).unwrap_or(1);
        let request = TimelineRequest {
            subjects,
            before: position(after.as_deref())?,
            size,
        };
        read(context, &request).await
    }
}

async fn read(
    context: &Context<'_>,
    request: &TimelineRequest,
) -> Result<TimelineConnection, ApiError> {
    let viewer = context.viewer(Permission::ReadSales)?;
    let services = context.services()?;
    let page = timeline::page(&services.reads, viewer, request)
        .await
        .map_err(unreadable)?;
    let (has_older, as_of_position) = (page.has_older, Position(page.as_of_position));
    let happened = timeline::happened(services.bus.journal(), page.entries).await;
    let edges: Vec<TimelineEdge> = happened
        .map_err(ApiError::unavailable)?
        .into_iter()
        .map(|entry| TimelineEdge {
            cursor: entry.recorded.position.to_string(),
            node: TimelineEntry(entry),
        })
        .collect();
    let page_info = PageInfo {
        has_previous_page: request.before.is_some(),
        has_next_page: has_older,
        start_cursor: edges.first().map(|edge| edge.cursor.clone()),
        end_cursor: edges.last().map(|edge| edge.cursor.clone()),
    };
    Ok(TimelineConnection {
        edges,
        page_info,
        as_of_position,
    })
}

/// The subjects of these ids, each seen by the caller.
async fn subjects(context: &Context<'_>, ids: &[ID]) -> Result<Vec<(SubjectKind, Uuid)>, ApiError> {
    if ids.is_empty() || ids.len() > MOST_SUBJECTS {
        let message = format!("a timeline is of 1 to {MOST_SUBJECTS} subjects");
        return Err(ApiError::bad_user_input("subjectIds", message));
    }
    // All at once, so that those of one kind are read together.
    try_join_all(ids.iter().map(|id| subject(context, id))).await
}

async fn subject(context: &Context<'_>, id: &ID) -> Result<(SubjectKind, Uuid), ApiError> {
    let missing = || ApiError::not_found("object");
    let AnyGlobalId { kind, id } = AnyGlobalId::parse(id).map_err(|_no_id| missing())?;
    let known = kind_of(&kind).ok_or_else(missing)?;
    let found = Node::find(context, &kind, id).await?;
    found.map(|_seen| (known, id)).ok_or_else(missing)
}

fn kind_of(name: &str) -> Option<SubjectKind> {
    match name {
        "Lead" => Some(SubjectKind::Lead),
        "Client" => Some(SubjectKind::Client),
        "Opportunity" => Some(SubjectKind::Opportunity),
        "Product" => Some(SubjectKind::Product),
        "User" => Some(SubjectKind::User),
        "Pipeline" => Some(SubjectKind::Pipeline),
        "Company" => Some(SubjectKind::Company),
        _ => None,
    }
}

fn position(cursor: Option<&str>) -> Result<Option<i64>, ApiError> {
    let read = cursor.map(str::parse).transpose();
    read.map_err(|_no_number| ApiError::bad_user_input("after", "not a cursor of a timeline"))
}
