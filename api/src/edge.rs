//! The GraphQL edge: what stands between the network and the schema.
//!
//! async-graphql's own HTTP and WebSocket integrations are not used, for what they let through: mutations by GET and by
//! form, bodies without a limit, fragments that cost 2ⁿ, status codes and close codes of their own (RELIABILITY, facts
//! 1 to 6; `docs/adr/0011-own-graphql-edge.md`). This one works with any schema and any identity module.
//!
//! In reading order:
//! - [`settings`]: the limits, and what is free;
//! - [`identify`]: the trait by which the identity module says who asks;
//! - [`precheck`]: documents judged in linear time before anything runs;
//! - `documents`: those that were judged before;
//! - `operation`: the path of one operation, the same for both transports;
//! - `nulls`: the data of an answer with errors, mended;
//! - `http`: GraphQL over HTTP; `websocket`: graphql-transport-ws;
//! - [`door`]: requests that are not GraphQL;
//! - [`headers`]: security headers for the whole service; [`request_id`]: the name of each request.

pub mod door;
pub mod headers;
pub mod identify;
pub mod precheck;
pub mod request_id;
pub mod settings;

mod csp_reports;
mod documents;
mod http;
mod nulls;
mod operation;
mod origin;
mod parameters;
mod websocket;

use std::net::IpAddr;
use std::sync::Arc;

use async_graphql::{Context, Executor, ObjectType, Schema, SubscriptionType};
use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use prometheus_client::metrics::gauge::Gauge;
use tokio_util::sync::CancellationToken;

use self::operation::Engine;
use crate::error::ApiError;

pub use headers::secure;
pub use identify::{Credentials, Identify};
pub use origin::Origins;
pub use request_id::RequestId;
pub use settings::{Introspection, Limits, Settings, SocketLimits};

/// Where GraphQL is served.
pub const GRAPHQL_PATH: &str = "/graphql";

/// A schema, an identity module and their settings, made ready to be served.
#[derive(Debug)]
pub struct Edge<S, I> {
    engine: Engine<S>,
    identify: Arc<I>,
    settings: Arc<Settings>,
    shutdown: CancellationToken,
    open_sockets: Gauge,
}

/// A schema that can say itself as text.
pub trait Described: Executor {
    /// The schema in GraphQL's definition language.
    fn sdl(&self) -> String;
}

impl<Q, M, S> Described for Schema<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    fn sdl(&self) -> String {
        Self::sdl(self)
    }
}

impl<S: Described, I: Identify> Edge<S, I> {
    /// Puts the edge in front of a schema. When `shutdown` is cancelled, open sockets are closed.
    pub fn new(
        schema: S,
        identify: Arc<I>,
        settings: Settings,
        shutdown: CancellationToken,
    ) -> Self {
        let sdl = schema.sdl();
        Self {
            engine: Engine::new(schema, &sdl, settings.limits.document.clone()),
            identify,
            settings: Arc::new(settings),
            shutdown,
            open_sockets: Gauge::default(),
        }
    }

    /// How many sockets are open.
    pub fn open_sockets(&self) -> &Gauge {
        &self.open_sockets
    }
}

impl<S: Clone, I> Clone for Edge<S, I> {
    fn clone(&self) -> Self {
        Self {
            engine: self.engine.clone(),
            identify: Arc::clone(&self.identify),
            settings: Arc::clone(&self.settings),
            shutdown: self.shutdown.clone(),
            open_sockets: self.open_sockets.clone(),
        }
    }
}

/// Where a request comes from, in each request's data beside the caller and the [`RequestId`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The address of the connection, where the server knows it.
    pub peer: Option<IpAddr>,
    /// What the program calls itself, at most 200 characters.
    pub user_agent: Option<String>,
}

/// The caller of the running operation.
///
/// # Errors
/// `UNAUTHENTICATED` when the operation is a public one and nobody is signed in.
pub fn caller<'a, C: Send + Sync + 'static>(context: &Context<'a>) -> Result<&'a C, ApiError> {
    context
        .data_opt::<C>()
        .ok_or_else(ApiError::unauthenticated)
}

/// The routes of the edge: `/graphql` and the endpoint for reports of the content security policy.
///
/// Mount it in the service's router, and wrap that in [`secure`].
pub fn router<S: Executor, I: Identify>(edge: Edge<S, I>) -> Router {
    let graphql = get(http::get::<S, I>)
        .post(http::post::<S, I>)
        .fallback(http::other_method);
    Router::new()
        .route(GRAPHQL_PATH, graphql)
        // Every request gets the state several times over on its way through the router.
        .with_state(Arc::new(edge))
        .route(headers::CSP_REPORTS_PATH, csp_reports::route())
        .layer(from_fn(request_id::name_request))
}
