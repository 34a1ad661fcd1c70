//! Lists in pages, by key: the page after or before a row, in a stable order that the row's id ends.
//!
//! Page, count and by-id reads of every list are made here and nowhere else, so that each starts from the same predicate of
//! what the asking user sees. The SQL text is made of the program's own literals; every value is bound.

mod cursor;
mod request;

use cartera_domain::Viewer;
use rust_decimal::Decimal;
use sqlx::postgres::PgRow;
use sqlx::{Postgres, QueryBuilder, Row as _};
use uuid::Uuid;

use crate::read_pool::{ReadPool, swapped_meanwhile};
use crate::scope::Scope;
use crate::table::{self, Row};

pub use cursor::{Cursor, InvalidCursor, SortKind, SortValue};
pub use request::{InvalidPage, MAX_PAGE, PageRequest};

/// Why a list cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The cursor was not made by this list in this order.
    #[error(transparent)]
    Cursor(#[from] InvalidCursor),
    /// The database refused or did not answer.
    #[error("the rows could not be read: {0}")]
    Database(#[from] sqlx::Error),
}

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Smallest first; what has no value comes last.
    #[default]
    Ascending,
    /// Greatest first; what has no value comes last.
    Descending,
}

/// A column by which rows are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortColumn {
    name: &'static str,
    kind: SortKind,
    /// Rows without a value come last. Not said of columns that always have one, so that an index serves both directions.
    nullable: bool,
}

impl SortColumn {
    /// A column that always has a value.
    pub const fn required(name: &'static str, kind: SortKind) -> Self {
        Self {
            name,
            kind,
            nullable: false,
        }
    }

    /// A column that may have none.
    pub const fn optional(name: &'static str, kind: SortKind) -> Self {
        Self {
            name,
            kind,
            nullable: true,
        }
    }
}

/// The orders in which a list can be asked for.
pub trait Order: Copy + Send + Sync {
    /// The rows it orders.
    type Row: Row;
    /// The column.
    fn column(self) -> SortColumn;
    /// A row's value in that column.
    fn value(self, row: &Self::Row) -> SortValue;
}

/// What a list is asked for: its rows, its filter, its orders. The rows' table has a column `id`.
pub trait List: Send + Sync {
    /// Its rows.
    type Row: Row;
    /// Its orders.
    type Order: Order<Row = Self::Row>;
    /// The read model, for how far the answer is.
    const READ_MODEL: &'static str;
    /// The column with the owner; `None` where rows belong to the company.
    const OWNER: Option<&'static str>;
    /// The row's id.
    fn id(row: &Self::Row) -> Uuid;
    /// Writes ` AND …` for every part of the filter that is asked for.
    fn push_filter(&self, sql: &mut QueryBuilder<'_, Postgres>);
}

/// A row in a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Edge<R> {
    /// Where to go on from this row.
    pub cursor: Cursor,
    /// The row.
    pub node: R,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<R> {
    /// Its rows, in order.
    pub edges: Vec<Edge<R>>,
    /// Whether there are rows after these.
    pub has_next_page: bool,
    /// Whether there are rows before these.
    pub has_previous_page: bool,
    /// Position up to which the read model had read the journal, in the same snapshot as the rows.
    pub as_of_position: i64,
}

/// A page of what the viewer sees of a list.
///
/// # Errors
/// [`ReadError`].
pub async fn page<L: List>(
    pool: &ReadPool,
    viewer: &Viewer,
    list: &L,
    order: (L::Order, Direction),
    request: &PageRequest,
) -> Result<Page<L::Row>, ReadError> {
    let (by, direction) = order;
    let from = request
        .cursor()
        .map(|cursor| cursor.open(by.column(), direction))
        .transpose()?;
    let from = from.as_ref();
    let rows = retried(|| async move {
        let mut sql = page_statement(viewer, list, order, request, from);
        sql.build().fetch_all(pool.pool()).await
    })
    .await?;
    let as_of_position = match rows.first() {
        Some(row) => row.try_get("as_of_position")?,
        None => 0,
    };
    let mut found: Vec<L::Row> = rows
        .iter()
        .filter(|row| row_is_there(row))
        .map(L::Row::read)
        .collect::<Result<_, _>>()?;
    let more = found.len() > request.size();
    found.truncate(request.size());
    if request.is_backward() {
        found.reverse();
    }
    let edges = found
        .into_iter()
        .map(|node| Edge {
            cursor: Cursor::new(by.column().name, direction, &by.value(&node), L::id(&node)),
            node,
        })
        .collect();
    Ok(Page {
        edges,
        has_next_page: if request.is_backward() {
            from.is_some()
        } else {
            more
        },
        has_previous_page: if request.is_backward() {
            more
        } else {
            from.is_some()
        },
        as_of_position,
    })
}

/// How many rows of a list the viewer sees.
///
/// # Errors
/// [`ReadError::Database`].
pub async fn count<L: List>(pool: &ReadPool, viewer: &Viewer, list: &L) -> Result<i64, ReadError> {
    let count = retried(|| async move {
        let mut sql = QueryBuilder::new("SELECT count(*) FROM ");
        push_seen::<L>(&mut sql, viewer);
        list.push_filter(&mut sql);
        sql.build_query_scalar().fetch_one(pool.pool()).await
    })
    .await?;
    Ok(count)
}

/// How many rows of a list the viewer sees, and the sum of a numeric column of theirs.
///
/// # Errors
/// [`ReadError::Database`].
pub(crate) async fn count_and_sum<L: List>(
    pool: &ReadPool,
    viewer: &Viewer,
    list: &L,
    column: &'static str,
) -> Result<(i64, Decimal), ReadError> {
    let sums = retried(async || {
        let mut sql = QueryBuilder::new("SELECT count(*), coalesce(sum(");
        sql.push(column).push("), 0) FROM ");
        push_seen::<L>(&mut sql, viewer);
        list.push_filter(&mut sql);
        sql.build_query_as().fetch_one(pool.pool()).await
    })
    .await?;
    Ok(sums)
}

/// Those of these rows that the viewer sees, in no order.
///
/// # Errors
/// [`ReadError::Database`].
pub async fn by_ids<L: List>(
    pool: &ReadPool,
    viewer: &Viewer,
    ids: &[Uuid],
) -> Result<Vec<L::Row>, ReadError> {
    let rows = retried(|| async move {
        let mut sql = QueryBuilder::new("SELECT ");
        sql.push(table::columns::<L::Row>()).push(" FROM ");
        push_seen::<L>(&mut sql, viewer);
        sql.push(" AND id = ANY(").push_bind(ids).push(")");
        sql.build().fetch_all(pool.pool()).await
    })
    .await?;
    Ok(rows.iter().map(L::Row::read).collect::<Result<_, _>>()?)
}

/// All rows of a list that the viewer sees, by id: for exports, and for lists that are short by nature.
///
/// # Errors
/// [`ReadError::Database`].
pub async fn all<L: List>(
    pool: &ReadPool,
    viewer: &Viewer,
    list: &L,
) -> Result<Vec<L::Row>, ReadError> {
    let rows = retried(|| async move {
        let mut sql = QueryBuilder::new("SELECT ");
        sql.push(table::columns::<L::Row>()).push(" FROM ");
        push_seen::<L>(&mut sql, viewer);
        list.push_filter(&mut sql);
        sql.push(" ORDER BY id");
        sql.build().fetch_all(pool.pool()).await
    })
    .await?;
    Ok(rows.iter().map(L::Row::read).collect::<Result<_, _>>()?)
}

/// Asks once more when a generation was swapped meanwhile.
///
/// Not an `AsyncFn`: the futures of async closures cannot be shown to be `Send` for every lifetime, and GraphQL boxes them.
pub(crate) async fn retried<T, F>(ask: impl Fn() -> F) -> Result<T, sqlx::Error>
where
    F: Future<Output = Result<T, sqlx::Error>>,
{
    match ask().await {
        Err(error) if swapped_meanwhile(&error) => ask().await,
        answer => answer,
    }
}

/// `table WHERE` and what the viewer sees of it.
fn push_seen<L: List>(sql: &mut QueryBuilder<'_, Postgres>, viewer: &Viewer) {
    sql.push(L::Row::TABLE).push(" WHERE ");
    match L::OWNER {
        Some(owner) => Scope::from(viewer).push_predicate(sql, owner),
        None => {
            sql.push("(true)");
        }
    }
}

fn page_statement<'a, L: List>(
    viewer: &Viewer,
    list: &L,
    (order, direction): (L::Order, Direction),
    request: &PageRequest,
    from: Option<&(SortValue, Uuid)>,
) -> QueryBuilder<'a, Postgres> {
    let mut sql = QueryBuilder::new(
        "SELECT as_of.position AS as_of_position, found.* FROM (SELECT coalesce((SELECT position FROM followers WHERE live AND name = ",
    );
    sql.push_bind(L::READ_MODEL)
        .push("), 0) AS position) AS as_of LEFT JOIN (SELECT ")
        .push(table::columns::<L::Row>())
        .push(" FROM ");
    push_seen::<L>(&mut sql, viewer);
    list.push_filter(&mut sql);
    let way = Way::of(order.column(), direction, request);
    if let Some((value, id)) = from {
        way.push_beyond(&mut sql, value, *id);
    }
    sql.push(way.order_by()).push(" LIMIT ");
    sql.push_bind(request.limit());
    sql.push(") AS found ON true").push(way.order_by());
    sql
}

/// The way in which the database walks through a list: backward for the last rows of it.
struct Way {
    column: SortColumn,
    backward: bool,
    /// `>` when it walks from small to great.
    beyond: &'static str,
}

impl Way {
    fn of(column: SortColumn, direction: Direction, request: &PageRequest) -> Self {
        let backward = request.is_backward();
        let rising = (direction == Direction::Ascending) != backward;
        Self {
            column,
            backward,
            beyond: if rising { ">" } else { "<" },
        }
    }

    /// What has no value comes last in the list, so first when the walk is backward.
    fn order_by(&self) -> String {
        let way = if self.beyond == ">" { "ASC" } else { "DESC" };
        let nulls = match (self.column.nullable, self.backward) {
            (false, _) => "",
            (true, false) => " NULLS LAST",
            (true, true) => " NULLS FIRST",
        };
        format!(" ORDER BY {} {way}{nulls}, id {way}", self.column.name)
    }

    /// ` AND` the row lies beyond the one with this value and id.
    fn push_beyond(&self, sql: &mut QueryBuilder<'_, Postgres>, value: &SortValue, id: Uuid) {
        let SortColumn { name, nullable, .. } = self.column;
        let beyond = self.beyond;
        if *value == SortValue::Nothing {
            sql.push(format_args!(" AND (({name} IS NULL AND id {beyond} "));
            sql.push_bind(id).push(")");
            if self.backward {
                sql.push(format_args!(" OR {name} IS NOT NULL"));
            }
        } else {
            sql.push(format_args!(" AND (({name}, id) {beyond} ("));
            value.push(sql);
            sql.push(", ").push_bind(id).push(")");
            if nullable && !self.backward {
                sql.push(format_args!(" OR {name} IS NULL"));
            }
        }
        sql.push(")");
    }
}

fn row_is_there(row: &PgRow) -> bool {
    matches!(row.try_get::<Option<Uuid>, _>("id"), Ok(Some(_)))
}
