//! Timelines in pages, newest first, and what the entries tell.

use std::collections::{BTreeSet, HashMap, HashSet};

use cartera_domain::Viewer;
use cartera_domain::permission::Reach;
use cartera_journal::{Journal, JournalError, Recorded};
use sqlx::{Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use super::{SubjectKind, Timeline, TimelineEntry};
use crate::page::{MAX_PAGE, ReadError, retried};
use crate::projector::Projector;
use crate::read_pool::ReadPool;
use crate::scope::Scope;
use crate::table::{self, Row, Stored as _};

/// Which part of whose timeline is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineRequest {
    /// Of these together: a client with its opportunities, say.
    pub subjects: Vec<(SubjectKind, Uuid)>,
    /// Only what lies before this position in the log; the newest when nothing is said.
    pub before: Option<i64>,
    /// Most entries, up to [`MAX_PAGE`].
    pub size: u16,
}

/// A part of a timeline, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelinePage {
    /// The entries; an event that concerns several of the subjects is there once.
    pub entries: Vec<TimelineEntry>,
    /// Whether there are older ones.
    pub has_older: bool,
    /// Position up to which the timeline had been read, in the same snapshot.
    pub as_of_position: i64,
}

/// An entry with what happened, read from the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct HappenedEntry {
    /// What the event's own stream is.
    pub kind: SubjectKind,
    /// The event as it reads today: what was erased is gone.
    pub recorded: Recorded,
}

/// A page of a timeline, as far as the viewer sees both the subjects and the streams of the events.
///
/// # Errors
/// [`ReadError::Database`].
pub async fn page(
    pool: &ReadPool,
    viewer: &Viewer,
    request: &TimelineRequest,
) -> Result<TimelinePage, ReadError> {
    let size = request.size.min(MAX_PAGE);
    let rows = retried(|| async move {
        let mut sql = statement(viewer, request, i64::from(size) + 1);
        sql.build().fetch_all(pool.pool()).await
    })
    .await?;
    let as_of_position = match rows.first() {
        Some(row) => row.try_get("as_of_position")?,
        None => 0,
    };
    let mut entries = vec![];
    for row in &rows {
        if row.try_get::<Option<Uuid>, _>("subject")?.is_some() {
            entries.push(TimelineEntry::read(row)?);
        }
    }
    let has_older = entries.len() > usize::from(size);
    entries.truncate(usize::from(size));
    Ok(TimelinePage {
        entries,
        has_older,
        as_of_position,
    })
}

fn statement<'a>(
    viewer: &Viewer,
    request: &TimelineRequest,
    limit: i64,
) -> QueryBuilder<'a, Postgres> {
    let mut sql = QueryBuilder::new(
        "SELECT as_of.at AS as_of_position, found.* FROM (SELECT coalesce((SELECT position FROM followers WHERE live AND name = ",
    );
    sql.push_bind(Timeline::NAME)
        .push("), 0) AS at) AS as_of LEFT JOIN (SELECT DISTINCT ON (position) ")
        .push(table::columns::<TimelineEntry>())
        .push(" FROM timeline WHERE subject = ANY(");
    let subjects: Vec<Uuid> = request.subjects.iter().map(|(_, id)| *id).collect();
    sql.push_bind(subjects).push(")");
    if let Some(before) = request.before {
        sql.push(" AND position < ").push_bind(before);
    }
    push_seen(&mut sql, viewer, "subject_kind", "subject");
    push_seen(&mut sql, viewer, "aggregate_type", "aggregate_id");
    sql.push(" ORDER BY position DESC LIMIT ").push_bind(limit);
    sql.push(") AS found ON true ORDER BY found.position DESC");
    sql
}

/// ` AND` the viewer sees the lead, client or opportunity; the other kinds belong to the company.
pub(super) fn push_seen(
    sql: &mut QueryBuilder<'_, Postgres>,
    viewer: &Viewer,
    kind: &'static str,
    id: &'static str,
) {
    if viewer.reach() == Reach::Company {
        return;
    }
    let scope = Scope::from(viewer);
    sql.push(format_args!(" AND CASE {kind}"));
    for (named, list) in [
        ("lead", "lead_list"),
        ("client", "client_list"),
        ("opportunity", "opportunity_list"),
    ] {
        sql.push(format_args!(
            " WHEN '{named}' THEN EXISTS (SELECT FROM {list} WHERE {list}.id = timeline.{id} AND "
        ));
        scope.push_predicate(sql, "owner");
        sql.push(")");
    }
    sql.push(" ELSE true END");
}

/// Which of these subjects the viewer sees: for telling news of them to those alone who may see it.
///
/// # Errors
/// [`ReadError::Database`].
pub async fn seen(
    pool: &ReadPool,
    viewer: &Viewer,
    subjects: &[(SubjectKind, Uuid)],
) -> Result<HashSet<Uuid>, ReadError> {
    let kinds: Vec<String> = subjects.iter().map(|(kind, _)| kind.store()).collect();
    let ids: Vec<Uuid> = subjects.iter().map(|(_, id)| *id).collect();
    let (kinds, ids) = (kinds.as_slice(), ids.as_slice());
    let seen: Vec<Uuid> = retried(|| async move {
        let mut sql = QueryBuilder::new("SELECT timeline.id FROM unnest(");
        sql.push_bind(kinds).push("::text[], ");
        sql.push_bind(ids)
            .push("::uuid[]) AS timeline (kind, id) WHERE true");
        push_seen(&mut sql, viewer, "kind", "id");
        sql.build_query_scalar().fetch_all(pool.pool()).await
    })
    .await?;
    Ok(seen.into_iter().collect())
}

/// Reads what happened from the journal, a stream at a time. The entries come from [`page`], so the viewer sees them.
///
/// # Errors
/// When the journal does not answer, or an event does not read.
pub async fn happened(
    journal: &Journal,
    entries: Vec<TimelineEntry>,
) -> Result<Vec<HappenedEntry>, JournalError> {
    let streams: BTreeSet<(&'static str, Uuid)> = entries
        .iter()
        .map(|entry| (entry.aggregate_type.into(), entry.aggregate_id))
        .collect();
    let mut events: HashMap<i64, Recorded> = HashMap::new();
    for (aggregate_type, id) in streams {
        let stream = journal.read_stream(aggregate_type, id).await?;
        events.extend(stream.into_iter().map(|event| (event.position, event)));
    }
    let told = entries.into_iter().filter_map(|entry| {
        let recorded = events.remove(&entry.position)?;
        let kind = entry.aggregate_type;
        Some(HappenedEntry { kind, recorded })
    });
    Ok(told.collect())
}
