//! One operation, from its parameters to its answer: the path that HTTP and the socket share.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use async_graphql::{Executor, Request, Response, Variables};
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};
use tracing::Instrument;

use super::documents::Documents;
use super::identify::Identify;
use super::nulls::{self, Types};
use super::parameters::Parameters;
use super::precheck::{self, Checked, DocumentLimits};
use super::request_id::RequestId;
use super::settings::Introspection;
use super::{Client, Edge};
use crate::error::{Answer, ApiError, Code};

/// Longest name of an operation, in bytes, that is shown in traces and the log.
const LONGEST_NAME: usize = 80;

/// A schema that runs operations, and what is known of its types.
#[derive(Clone, Debug)]
pub(super) struct Engine<S> {
    executor: S,
    types: Arc<Types>,
    documents: Documents,
}

/// An operation that may run.
pub(super) struct Operation {
    request: Request,
    asked: Asked,
    /// Query, mutation or subscription.
    pub(super) kind: OperationType,
    span: tracing::Span,
}

/// What was asked, to tell from an answer what is wrong with it.
#[derive(Clone)]
struct Asked {
    document: Arc<str>,
    operation_name: Option<String>,
    id: RequestId,
}

impl Operation {
    /// The name of the request.
    pub(super) fn id(&self) -> RequestId {
        self.asked.id
    }
}

/// Who asks, and in which request.
pub(super) struct Asker<C> {
    pub(super) caller: Option<C>,
    pub(super) client: Client,
    pub(super) id: RequestId,
}

impl<S, I: Identify> Edge<S, I> {
    /// Decides whether an operation may run, from the cheapest question to the dearest.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` before the document is even parsed, what [`precheck`] refuses, and `FORBIDDEN` for reading
    /// the schema.
    pub(super) fn admit(
        &self,
        asker: Asker<I::Caller>,
        parameters: Parameters,
    ) -> Result<Operation, ApiError> {
        let Parameters {
            query,
            operation_name,
            variables,
        } = parameters;
        let free = self.settings.introspection == Introspection::Free;
        let public = self.settings.public_documents.contains(&query);
        if asker.caller.is_none() && !public && !free {
            return Err(ApiError::unauthenticated());
        }
        let document: Arc<str> = query.into();
        let checked = self.engine.documents.checked(&document)?;
        if asker.caller.is_none() && !public && !checked.only_introspects {
            return Err(ApiError::unauthenticated());
        }
        let permitted = asker
            .caller
            .as_ref()
            .is_some_and(|caller| self.identify.may_introspect(caller));
        if checked.introspects && !free && !permitted {
            return Err(ApiError::forbidden("introspection"));
        }
        let chosen = precheck::choose(&checked.document, operation_name.as_deref(), &variables)?;
        let cost = precheck::cost(&checked.document, chosen, &variables);
        precheck::bounded(
            "values in its answer",
            cost,
            self.settings.limits.document.cost,
        )?;
        let origin = Asked {
            document,
            operation_name,
            id: asker.id,
        };
        let kind = chosen.ty;
        // A caller can make a name as long as a document.
        let name = origin.operation_name.as_deref();
        let name = name.filter(|name| name.len() <= LONGEST_NAME);
        let span = tracing::info_span!(
            "graphql",
            otel.name = %kind,
            request_id = %origin.id,
            graphql.operation.name = name,
            graphql.operation.r#type = %kind,
            cost
        );
        let mut request = origin.request(&checked, variables).data(asker.client);
        if let Some(caller) = asker.caller {
            request = request.data(caller);
        }
        Ok(Operation {
            request,
            asked: origin,
            kind,
            span,
        })
    }
}

impl<S: Executor> Engine<S> {
    /// Makes a schema ready to run operations; `sdl` is its own text.
    pub(super) fn new(executor: S, sdl: &str, limits: DocumentLimits) -> Self {
        Self {
            executor,
            types: Arc::new(Types::of(sdl)),
            documents: Documents::new(limits),
        }
    }

    /// Runs a query or mutation; a panic and a late answer become errors of this one operation.
    pub(super) async fn run(&self, operation: Operation, within: Duration) -> Answer {
        let Operation {
            request,
            asked,
            kind: _,
            span,
        } = operation;
        let work = AssertUnwindSafe(self.executor.execute(request)).catch_unwind();
        match tokio::time::timeout(within, work).instrument(span).await {
            Ok(Ok(response)) => asked.answer(response, &self.types),
            Ok(Err(_told_where_it_was)) => asked.panicked(),
            Err(_elapsed) => Answer::refused(&ApiError::timeout(), asked.id),
        }
    }

    /// Runs a subscription: one answer per event, until it ends.
    pub(super) fn subscribe(&self, operation: Operation) -> BoxStream<'static, Answer> {
        let Operation {
            request,
            asked,
            kind: _,
            span,
        } = operation;
        let events = self.executor.execute_stream(request, None);
        let types = Arc::clone(&self.types);
        stream::unfold(Some(events), move |events| {
            let (asked, types, span) = (asked.clone(), Arc::clone(&types), span.clone());
            async move {
                let mut events = events?;
                let next = AssertUnwindSafe(events.next())
                    .catch_unwind()
                    .instrument(span)
                    .await;
                match next {
                    Ok(response) => Some((asked.answer(response?, &types), Some(events))),
                    Err(_told_where_it_was) => Some((asked.panicked(), None)),
                }
            }
        })
        .boxed()
    }
}

impl Asked {
    /// The request as async-graphql takes it, with the document parsed.
    fn request(&self, checked: &Checked, variables: Variables) -> Request {
        let mut request = Request::new(String::new())
            .variables(variables)
            .data(self.id);
        request.operation_name.clone_from(&self.operation_name);
        request.set_parsed_query(checked.document.clone());
        if checked.introspects {
            request
        } else {
            // What was not seen to ask for the schema does not get it either.
            request.disable_introspection()
        }
    }

    fn answer(&self, mut response: Response, types: &Types) -> Answer {
        nulls::mend(
            &mut response,
            types,
            &self.document,
            self.operation_name.as_deref(),
        );
        Answer::of(response, &self.document, self.id)
    }

    fn panicked(&self) -> Answer {
        Answer::refused(&panicked(self.id), self.id)
    }
}

/// Says which request a panic ended; where it was says [`crate::telemetry::panics`], and its text may hold somebody's data.
pub(super) fn panicked(id: RequestId) -> ApiError {
    tracing::error!(request_id = %id, "a panic was caught");
    ApiError::defect()
}

/// The refusal of a subscription that does not come over a socket.
pub(super) fn wrong_transport() -> ApiError {
    ApiError::new(
        Code::BadRequest,
        "subscriptions go over a WebSocket, by the protocol graphql-transport-ws",
    )
}
