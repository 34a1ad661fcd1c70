//! One operation, from its parameters to its answer: the path that HTTP and the socket share.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{Executor, Request};
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};
use tracing::Instrument;

use super::identify::Identify;
use super::parameters::Parameters;
use super::request_id::RequestId;
use super::settings::{Introspection, Settings};
use super::{Client, precheck};
use crate::error::{Answer, ApiError, Code};

/// An operation that may run.
pub(super) struct Operation {
    request: Request,
    /// The caller's document, to point into when something in it is wrong.
    document: Arc<str>,
    /// The name of the request, for its errors.
    pub(super) id: RequestId,
    /// Query, mutation or subscription.
    pub(super) kind: OperationType,
    span: tracing::Span,
}

/// Who asks, and in which request.
pub(super) struct Asker<C> {
    pub(super) caller: Option<C>,
    pub(super) client: Client,
    pub(super) id: RequestId,
}

/// Decides whether an operation may run, from the cheapest question to the dearest.
///
/// # Errors
/// `UNAUTHENTICATED` before the document is even parsed, what [`precheck`] refuses, and `FORBIDDEN` for reading the
/// schema.
pub(super) fn admit<I: Identify>(
    settings: &Settings,
    identify: &I,
    asker: Asker<I::Caller>,
    parameters: Parameters,
) -> Result<Operation, ApiError> {
    let Parameters {
        query,
        operation_name,
        variables,
    } = parameters;
    let free = settings.introspection == Introspection::Free;
    let public = settings.public_documents.contains(&query);
    if asker.caller.is_none() && !public && !free {
        return Err(ApiError::unauthenticated());
    }
    let checked = precheck::check(&query, &settings.limits.document)?;
    if asker.caller.is_none() && !public && !checked.only_introspects {
        return Err(ApiError::unauthenticated());
    }
    let may_introspect = free
        || asker
            .caller
            .as_ref()
            .is_some_and(|caller| identify.may_introspect(caller));
    if checked.introspects && !may_introspect {
        return Err(ApiError::forbidden("introspection"));
    }
    let chosen = precheck::choose(&checked.document, operation_name.as_deref(), &variables)?;
    let cost = precheck::cost(&checked.document, chosen, &variables);
    precheck::bounded("values in its answer", cost, settings.limits.document.cost)?;
    let kind = chosen.ty;
    let span = tracing::info_span!("graphql", request_id = %asker.id, operation = operation_name.as_deref(), kind = %kind, cost);

    let document: Arc<str> = query.into();
    let mut request = Request::new(String::new())
        .variables(variables)
        .data(asker.id)
        .data(asker.client);
    request.operation_name = operation_name;
    request.set_parsed_query(checked.document);
    if let Some(caller) = asker.caller {
        request = request.data(caller);
    }
    if !may_introspect {
        request = request.disable_introspection();
    }
    Ok(Operation {
        request,
        document,
        id: asker.id,
        kind,
        span,
    })
}

/// Runs a query or mutation; a panic and a late answer become errors of this one operation.
pub(super) async fn run<S: Executor>(
    executor: &S,
    operation: Operation,
    within: Duration,
) -> Answer {
    let Operation {
        request,
        document,
        id,
        kind: _,
        span,
    } = operation;
    let work = AssertUnwindSafe(executor.execute(request)).catch_unwind();
    match tokio::time::timeout(within, work).instrument(span).await {
        Ok(Ok(response)) => Answer::of(response, &document, id),
        Ok(Err(panic)) => Answer::refused(&panicked(panic.as_ref(), id), id),
        Err(_elapsed) => Answer::refused(&ApiError::timeout(), id),
    }
}

/// Runs a subscription: one answer per event, until it ends.
pub(super) fn subscribe<S: Executor>(
    executor: &S,
    operation: Operation,
) -> BoxStream<'static, Answer> {
    let Operation {
        request,
        document,
        id,
        kind: _,
        span,
    } = operation;
    let events = executor.execute_stream(request, None);
    stream::unfold(Some(events), move |events| {
        let (document, span) = (Arc::clone(&document), span.clone());
        async move {
            let mut events = events?;
            let next = AssertUnwindSafe(events.next())
                .catch_unwind()
                .instrument(span)
                .await;
            match next {
                Ok(response) => Some((Answer::of(response?, &document, id), Some(events))),
                Err(panic) => Some((Answer::refused(&panicked(panic.as_ref(), id), id), None)),
            }
        }
    })
    .boxed()
}

/// Logs a panic. Only a literal text is shown: a formatted one may hold somebody's data.
pub(super) fn panicked(panic: &(dyn Any + Send), id: RequestId) -> ApiError {
    let text = panic.downcast_ref::<&'static str>().copied();
    tracing::error!(request_id = %id, text = text.unwrap_or("(formatted text withheld)"), "a panic was caught");
    ApiError::defect()
}

/// The refusal of a subscription that does not come over a socket.
pub(super) fn wrong_transport() -> ApiError {
    ApiError::new(
        Code::BadRequest,
        "subscriptions go over a WebSocket, by the protocol graphql-transport-ws",
    )
}
