//! GraphQL over HTTP, as the specification of that name says it.
//!
//! POST carries `application/json` and nothing else, so no page of another site can send one without being asked by the
//! browser first. GET carries queries, and only with an `Authorization` header. Batches are not taken.

mod accept;
mod body;
mod reply;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_graphql::Executor;
use async_graphql::parser::types::OperationType;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{ConnectInfo, FromRequestParts, Query, Request, State};
use axum::http::{Extensions, HeaderMap, header, request};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use self::accept::MediaType;
pub(super) use self::reply::refuse_plainly;
use super::identify::{Credentials, Identify};
use super::operation::{Asker, Operation, wrong_transport};
use super::parameters::Parameters;
use super::request_id::RequestId;
use super::{Client, Edge, websocket};
use crate::error::{Answer, ApiError, Code};

/// Answers a POST.
pub(super) async fn post<S: Executor, I: Identify>(
    State(edge): State<Arc<Edge<S, I>>>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let id = id_of(&parts.extensions);
    let media = match accept::negotiate(&parts.headers) {
        Ok(media) => media,
        Err(error) => return reply::refuse(&error, MediaType::Json, id),
    };
    let asked = async {
        body::is_json(&parts.headers)?;
        check_origin(&edge, &parts.headers)?;
        let limits = &edge.settings.limits;
        let body = body::read(&parts.headers, body, limits.body_bytes, limits.body_time).await?;
        let parameters = Parameters::from_json(&body)?;
        admitted(&edge, &parts, parameters).await
    };
    match asked.await {
        Ok(operation) => answer(&edge, operation, media).await,
        Err(error) => reply::refuse(&error, media, id),
    }
}

/// Answers a GET: a query, or the beginning of a socket.
pub(super) async fn get<S: Executor, I: Identify>(
    State(edge): State<Arc<Edge<S, I>>>,
    request: Request,
) -> Response {
    let (mut parts, _) = request.into_parts();
    let id = id_of(&parts.extensions);
    if let Ok(upgrade) = WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
        return match edge.settings.origins.check(&parts.headers) {
            Ok(()) => {
                let client = client(&parts);
                websocket::accept(Edge::clone(&edge), upgrade, parts.headers, client)
            }
            Err(error) => reply::refuse(&error, MediaType::Json, id),
        };
    }
    let media = match accept::negotiate(&parts.headers) {
        Ok(media) => media,
        Err(error) => return reply::refuse(&error, MediaType::Json, id),
    };
    let asked = async {
        if !parts.headers.contains_key(header::AUTHORIZATION) {
            return Err(ApiError::new(
                Code::Unauthenticated,
                "GET needs an Authorization header; use POST otherwise",
            ));
        }
        let operation = admitted(&edge, &parts, parameters_of_url(&parts)?).await?;
        match operation.kind {
            OperationType::Query => Ok(operation),
            OperationType::Mutation | OperationType::Subscription => Err(ApiError::new(
                Code::MethodNotAllowed,
                "GET carries queries only; use POST",
            )),
        }
    };
    match asked.await {
        Ok(operation) => answer(&edge, operation, media).await,
        Err(error) => reply::refuse(&error, media, id),
    }
}

/// Answers any other method.
pub(super) async fn other_method(request: Request) -> Response {
    let error = ApiError::new(Code::MethodNotAllowed, "use POST");
    reply::refuse(&error, MediaType::Json, id_of(request.extensions()))
}

async fn answer<S: Executor, I: Identify>(
    edge: &Edge<S, I>,
    operation: Operation,
    media: MediaType,
) -> Response {
    let id = operation.id();
    let answer = match operation.kind {
        OperationType::Query | OperationType::Mutation => {
            let within = edge.settings.limits.execution_time;
            edge.engine.run(operation, within).await
        }
        OperationType::Subscription => Answer::refused(&wrong_transport(), id),
    };
    reply::Reply { answer, media }.into_response()
}

/// A request that a browser may have made on its own needs the right origin; one with a token does not.
fn check_origin<S, I>(edge: &Edge<S, I>, headers: &HeaderMap) -> Result<(), ApiError> {
    if headers.contains_key(header::AUTHORIZATION) {
        return Ok(());
    }
    edge.settings.origins.check(headers)
}

async fn admitted<S: Executor, I: Identify>(
    edge: &Edge<S, I>,
    parts: &request::Parts,
    parameters: Parameters,
) -> Result<Operation, ApiError> {
    let client = client(parts);
    let credentials = Credentials::new(&parts.headers, client.peer);
    let identified = edge.identify.identify(&credentials);
    let limit = edge.settings.limits.execution_time;
    let caller = tokio::time::timeout(limit, identified)
        .await
        .map_err(|_elapsed| ApiError::timeout())??;
    let asker = Asker {
        caller,
        client,
        id: id_of(&parts.extensions),
    };
    edge.admit(asker, parameters)
}

/// The parameters in a URL: strings, of which two hold JSON.
fn parameters_of_url(parts: &request::Parts) -> Result<Parameters, ApiError> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
        .map_err(|_unreadable| ApiError::bad_request("the URL's parameters cannot be read"))?;
    let mut map = Map::new();
    for (name, text) in pairs {
        let value = match name.as_str() {
            "variables" | "extensions" => serde_json::from_str(&text).map_err(|_unreadable| {
                ApiError::bad_request(format!("`{name}` must be a JSON object"))
            })?,
            "operationName" if text.is_empty() => Value::Null,
            _ => Value::String(text),
        };
        map.insert(name, value);
    }
    Parameters::from_map(map)
}

fn client(parts: &request::Parts) -> Client {
    let agent = parts
        .headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    Client {
        peer: peer(&parts.extensions),
        user_agent: agent.map(|agent| agent.chars().take(200).collect()),
    }
}

/// Where a request comes from, where the server knows it.
pub(super) fn peer(extensions: &Extensions) -> Option<IpAddr> {
    let ConnectInfo(address) = extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(address.ip())
}

/// The request's name.
pub(super) fn id_of(extensions: &Extensions) -> RequestId {
    extensions.get().copied().unwrap_or_else(RequestId::fresh)
}
