//! Relay connections, made by one generic function for all lists.

use std::borrow::Cow;
use std::sync::Arc;

use async_graphql::connection::PageInfo;
use async_graphql::{Context, Object, OutputType, SimpleObject, TypeName};
use cartera_domain::ids::TypedId;
use cartera_domain::{Permission, Viewer};
use cartera_projections::page::{self, Direction, InvalidPage, List, Page, PageRequest};

use crate::asking::Asking;
use crate::error::ApiError;
use crate::loaders::{ById, Source, Sourced, unreadable};
use crate::scalars::Position;

/// Rows of a page when nobody says how many.
const DEFAULT_PAGE: u16 = 50;

/// A GraphQL object over the rows of a list.
pub trait Listed: OutputType + From<<Self::List as List>::Row> + 'static {
    /// The list.
    type List: List + 'static;
    /// The object's GraphQL type.
    const NAME: &'static str;
    /// What it is called in a sentence.
    const KIND: &'static str;
    /// What one needs to see it.
    const PERMISSION: Permission;
}

/// Relay's four arguments, and the position that the answer must have passed.
#[derive(Debug, Clone, Default)]
pub struct PageArguments {
    /// The first so many.
    pub first: Option<i32>,
    /// From after this row on.
    pub after: Option<String>,
    /// The last so many.
    pub last: Option<i32>,
    /// Up to before this row.
    pub before: Option<String>,
    /// Reads one's own writes.
    pub after_position: Option<Position>,
}

/// A page of a list, with how many rows there are in all.
pub struct Connection<N: Listed> {
    edges: Vec<Edge<N>>,
    page_info: PageInfo,
    as_of_position: i64,
    list: N::List,
    viewer: Arc<Viewer>,
}

/// A row in a page.
#[derive(SimpleObject)]
#[graphql(name_type)]
pub struct Edge<N: Listed> {
    /// Where to go on from this row.
    cursor: String,
    /// The row.
    node: N,
}

impl<N: Listed> TypeName for Connection<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", N::NAME).into()
    }
}

impl<N: Listed> TypeName for Edge<N> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", N::NAME).into()
    }
}

/// A page of a list, by Relay's connection specification.
#[Object(name_type)]
impl<N: Listed> Connection<N> {
    /// The rows of this page, in order.
    async fn edges(&self) -> &[Edge<N>] {
        &self.edges
    }

    /// Whether there are rows before and after, and where to go on.
    async fn page_info(&self) -> &PageInfo {
        &self.page_info
    }

    /// How many rows there are in all pages, under the same filter.
    async fn total_count(&self, context: &Context<'_>) -> Result<i64, ApiError> {
        let pool = &context.services()?.reads;
        page::count(pool, &self.viewer, &self.list)
            .await
            .map_err(unreadable)
    }

    /// How far into the journal the rows go, in the same snapshot.
    async fn as_of_position(&self) -> Position {
        Position(self.as_of_position)
    }
}

/// A page of what the viewer sees of a list.
///
/// # Errors
/// `BAD_USER_INPUT` for a page or cursor that means nothing; `UNAVAILABLE` when the read model does not answer.
pub async fn page<N: Listed>(
    context: &Context<'_>,
    list: N::List,
    order: (<N::List as List>::Order, Direction),
    arguments: PageArguments,
) -> Result<Connection<N>, ApiError> {
    let viewer = context.viewer(N::PERMISSION)?;
    let request = request_of(&arguments)?;
    let models = [<N::List as List>::READ_MODEL];
    context
        .await_position(&models, arguments.after_position)
        .await?;
    let pool = &context.services()?.reads;
    let page = page::page(pool, viewer, &list, order, &request)
        .await
        .map_err(unreadable)?;
    Ok(connection(page, list, Arc::clone(viewer)))
}

fn connection<N: Listed>(
    page: Page<<N::List as List>::Row>,
    list: N::List,
    viewer: Arc<Viewer>,
) -> Connection<N> {
    let edges: Vec<Edge<N>> = page
        .edges
        .into_iter()
        .map(|edge| Edge {
            cursor: edge.cursor.to_string(),
            node: N::from(edge.node),
        })
        .collect();
    let page_info = PageInfo {
        has_previous_page: page.has_previous_page,
        has_next_page: page.has_next_page,
        start_cursor: edges.first().map(|edge| edge.cursor.clone()),
        end_cursor: edges.last().map(|edge| edge.cursor.clone()),
    };
    Connection {
        edges,
        page_info,
        as_of_position: page.as_of_position,
        list,
        viewer,
    }
}

fn request_of(arguments: &PageArguments) -> Result<PageRequest, ApiError> {
    let cursor = |name: &str, text: &Option<String>| {
        text.as_deref()
            .map(str::parse)
            .transpose()
            .map_err(|wrong: page::InvalidCursor| ApiError::bad_user_input(name, wrong.to_string()))
    };
    let after = cursor("after", &arguments.after)?;
    let before = cursor("before", &arguments.before)?;
    PageRequest::from_relay(arguments.first, after, arguments.last, before, DEFAULT_PAGE)
        .map_err(|wrong: InvalidPage| ApiError::bad_user_input("first", wrong.to_string()))
}

/// The object of this id.
///
/// # Errors
/// `NOT_FOUND` for what is not there and for what the caller does not see alike; `FORBIDDEN`; `UNAVAILABLE`.
pub async fn one<N: Listed>(
    context: &Context<'_>,
    id: impl TypedId,
    after_position: Option<Position>,
) -> Result<Option<N>, ApiError>
where
    ById<N::List>: Sourced + Source<Value = <N::List as List>::Row>,
{
    context.viewer(N::PERMISSION)?;
    let models = [<N::List as List>::READ_MODEL];
    context.await_position(&models, after_position).await?;
    let found = context.related::<N>(Some(id)).await?;
    found.map(Some).ok_or_else(|| ApiError::not_found(N::KIND))
}
