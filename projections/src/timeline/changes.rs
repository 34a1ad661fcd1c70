//! What changed after a position, as far as the viewer sees it: for live updates.

use cartera_domain::Viewer;
use chrono::{DateTime, Utc};
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::SubjectKind;
use super::finders::push_seen;
use crate::clients::client_list::ClientList;
use crate::leads::lead_list::LeadList;
use crate::opportunities::opportunity_list::OpportunityList;
use crate::page::{ReadError, retried};
use crate::projector::Projector;
use crate::read_pool::ReadPool;
use crate::table::Stored;

/// Most events that are looked at together.
const LOOKED_AT: i64 = 500;
/// The read models that say who sees what, and that callers ask again.
const AWAITED: [&str; 3] = [LeadList::NAME, ClientList::NAME, OpportunityList::NAME];

/// An event of something that the viewer sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedEntry {
    /// Where it lies in the log.
    pub position: i64,
    /// What it happened to.
    pub kind: SubjectKind,
    /// The stream's id.
    pub subject: Uuid,
    /// Its stored type.
    pub event_type: String,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
}

/// What changed after a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangesPage {
    /// What the viewer sees, in order.
    pub entries: Vec<ChangedEntry>,
    /// Up to where the log was looked through: read on from here.
    pub read_to: i64,
}

/// The next changes after a position, no further than the read models are; of these kinds, of all when empty.
///
/// # Errors
/// [`ReadError::Database`].
pub async fn changes_after(
    pool: &ReadPool,
    viewer: &Viewer,
    after: i64,
    kinds: &[SubjectKind],
) -> Result<ChangesPage, ReadError> {
    let rows = retried(|| async move {
        let mut sql = statement(viewer, after, kinds);
        sql.build().fetch_all(pool.pool()).await
    })
    .await?;
    let read_to = match rows.first() {
        Some(row) => row.try_get("read_to")?,
        None => after,
    };
    let mut entries = vec![];
    for row in &rows {
        if row.try_get::<Option<i64>, _>("position")?.is_some() {
            entries.push(read(row)?);
        }
    }
    Ok(ChangesPage { entries, read_to })
}

fn read(row: &PgRow) -> Result<ChangedEntry, sqlx::Error> {
    let kind: String = row.try_get("aggregate_type")?;
    Ok(ChangedEntry {
        position: row.try_get("position")?,
        kind: SubjectKind::restore(kind).map_err(sqlx::Error::Decode)?,
        subject: row.try_get("aggregate_id")?,
        event_type: row.try_get("event_type")?,
        recorded_at: row.try_get("recorded_at")?,
    })
}

fn statement<'a>(viewer: &Viewer, after: i64, kinds: &[SubjectKind]) -> QueryBuilder<'a, Postgres> {
    let mut sql = QueryBuilder::new("SELECT upto.position AS read_to, found.* FROM (SELECT least(");
    sql.push_bind(after + LOOKED_AT)
        .push(", coalesce(min(position), 0)) AS position FROM followers WHERE live AND name = ANY(")
        .push_bind(AWAITED.map(str::to_owned).to_vec())
        .push(
            ")) AS upto LEFT JOIN LATERAL (SELECT position, aggregate_type, aggregate_id, event_type, recorded_at FROM
             (SELECT position, aggregate_type, aggregate_id::uuid AS aggregate_id, event_type, recorded_at FROM events
              WHERE position > ",
        )
        .push_bind(after)
        .push(" AND events.position <= upto.position) AS timeline WHERE true");
    if !kinds.is_empty() {
        let stored: Vec<String> = kinds.iter().map(Stored::store).collect();
        sql.push(" AND aggregate_type = ANY(")
            .push_bind(stored)
            .push(")");
    }
    push_seen(&mut sql, viewer, "aggregate_type", "aggregate_id");
    sql.push(") AS found ON true ORDER BY found.position");
    sql
}
