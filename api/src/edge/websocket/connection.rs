//! One socket, from the handshake to the close frame.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Executor;
use async_graphql::parser::types::OperationType;
use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket};
use axum::http::HeaderMap;
use futures_util::StreamExt;
use futures_util::stream::SplitStream;
use serde_json::{Map, Value};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until};

use super::operations::{NoTicket, Operations, Ticket};
use super::revocation::{Recheck, until_revoked};
use super::writer::{Outgoing, Writer};
use super::{Close, message, message::FromClient};
use crate::edge::identify::{Credentials, Identify};
use crate::edge::operation::{Asker, Engine, Operation};
use crate::edge::parameters::Parameters;
use crate::edge::{Client, Edge, RequestId};
use crate::error::{Answer, ApiError, Code};

/// Time that a client is given to answer the close frame before the connection is cut.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves a socket until either side closes it.
pub(super) async fn serve<S: Executor, I: Identify>(
    edge: Edge<S, I>,
    socket: WebSocket,
    headers: HeaderMap,
    client: Client,
) {
    let (sink, mut incoming) = socket.split();
    let (sender, queue) = mpsc::channel(edge.settings.limits.socket.queue.max(1));
    let (close, closing) = oneshot::channel();
    let operations = Operations::default();
    let (known, watched) = watch::channel(None);
    let mut connection = Connection {
        headers,
        client,
        sender,
        known,
        operations: operations.clone(),
        tasks: JoinSet::new(),
        begun: 0,
        edge,
    };
    let writer = Writer {
        sink,
        queue,
        operations,
        write_time: connection.edge.settings.limits.socket.write_time,
        permission: Recheck {
            identify: Arc::clone(&connection.edge.identify),
            known: watched.clone(),
        },
    };
    let mut writer = tokio::spawn(writer.run(closing));
    let identify = Arc::clone(&connection.edge.identify);
    let shutdown = connection.edge.shutdown.clone();
    let reason = tokio::select! {
        biased;
        () = shutdown.cancelled() => Some(Close::GoingAway),
        () = until_revoked(identify, watched) => Some(Close::Unauthorized),
        _ = &mut writer => None,
        reason = connection.read(&mut incoming) => reason,
    };
    connection.tasks.abort_all();
    let told = match reason {
        // Nothing comes after the close frame: the writer stops with it.
        Some(reason) => close.send(reason).is_ok() && writer.await.is_ok_and(|written| written),
        None => true,
    };
    if told {
        // Reading on until the client has answered keeps the kernel from throwing the frame away with unread input.
        let farewell = async { while let Some(Ok(_)) = incoming.next().await {} };
        drop(tokio::time::timeout(FAREWELL, farewell).await);
    }
}

struct Connection<S, I: Identify> {
    edge: Edge<S, I>,
    headers: HeaderMap,
    client: Client,
    sender: mpsc::Sender<Outgoing>,
    /// The caller, once `connection_init` was accepted.
    known: watch::Sender<Option<I::Caller>>,
    operations: Operations,
    tasks: JoinSet<()>,
    /// Operations begun so far, to number them.
    begun: u64,
}

impl<S: Executor, I: Identify> Connection<S, I> {
    /// Reads until there is a reason to close; `None` when the client has closed or vanished.
    async fn read(&mut self, incoming: &mut SplitStream<WebSocket>) -> Option<Close> {
        let limits = self.edge.settings.limits.socket.clone();
        let start = Instant::now();
        let mut silent_since = start;
        let mut pings = interval_at(start + limits.ping_every, limits.ping_every);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = sleep_until(start + limits.init_time), if self.known.borrow().is_none() => {
                    return Some(Close::InitialisationTimeout);
                }
                () = sleep_until(silent_since + limits.silence) => return Some(Close::GoingAway),
                _ = pings.tick() => self.control(Message::Ping(Bytes::new())).await?,
                Some(_) = self.tasks.join_next() => {}
                received = incoming.next() => {
                    silent_since = Instant::now();
                    if let Err(reason) = self.receive(received?).await {
                        return reason;
                    }
                }
            }
        }
    }

    fn caller(&self) -> Option<I::Caller> {
        self.known.borrow().clone()
    }

    /// Queues a message that belongs to no operation; `None` when the writer has gone.
    async fn control(&self, message: Message) -> Option<()> {
        self.sender.send(Outgoing::Control(message)).await.ok()
    }

    /// Acts on one message.
    ///
    /// # Errors
    /// Why to close; `None` when the client did so itself.
    async fn receive(
        &mut self,
        received: Result<Message, axum::Error>,
    ) -> Result<(), Option<Close>> {
        let text = match received {
            Ok(Message::Text(text)) => text,
            Ok(Message::Binary(_)) => return Err(Some(Close::BadRequest("Messages are text"))),
            Ok(Message::Ping(_) | Message::Pong(_)) => return Ok(()),
            Ok(Message::Close(_)) => return Err(None),
            Err(error) => return Err(too_long(&error)),
        };
        let reply = match FromClient::parse(text.as_str())? {
            FromClient::ConnectionInit { payload } => self.initialise(&payload).await?,
            FromClient::Ping { payload } => message::pong(payload.as_ref()),
            FromClient::Pong => return Ok(()),
            FromClient::Complete { id } => {
                self.operations.stop(&id);
                return Ok(());
            }
            FromClient::Subscribe { id, payload } => match self.begin(id, payload)? {
                Some(refusal) => refusal,
                None => return Ok(()),
            },
        };
        self.control(Message::text(reply)).await.ok_or(None)
    }

    /// Finds out who is there, once.
    async fn initialise(&mut self, payload: &Map<String, Value>) -> Result<String, Close> {
        if self.caller().is_some() {
            return Err(Close::TooManyInitialisations);
        }
        let token = ["Authorization", "authorization"]
            .into_iter()
            .find_map(|name| payload.get(name))
            .and_then(Value::as_str);
        let credentials =
            Credentials::new(&self.headers, self.client.peer).with_connection_token(token);
        let identified = self.edge.identify.identify(&credentials);
        let limit = self.edge.settings.limits.execution_time;
        match tokio::time::timeout(limit, identified).await {
            Ok(Ok(Some(caller))) => {
                self.known.send_replace(Some(caller));
                Ok(message::connection_ack())
            }
            Ok(Ok(None)) => Err(Close::Forbidden),
            Ok(Err(error)) if error.code() == Code::RateLimited => Err(Close::Forbidden),
            Ok(Err(_)) | Err(_) => Err(Close::TryAgainLater),
        }
    }

    /// Starts an operation, or says why not in an `error` message.
    fn begin(
        &mut self,
        id: String,
        payload: Result<Parameters, ApiError>,
    ) -> Result<Option<String>, Close> {
        let Some(caller) = self.caller() else {
            return Err(Close::Unauthorized);
        };
        self.begun = self.begun.saturating_add(1);
        let ticket = Ticket {
            id,
            number: self.begun,
        };
        let request = RequestId::fresh();
        let most = self.edge.settings.limits.socket.subscriptions;
        match self.operations.begin(&ticket, most) {
            Ok(()) => {}
            Err(NoTicket::Taken) => return Err(Close::SubscriberExists(ticket.id)),
            Err(NoTicket::Full) => {
                let error = ApiError::new(
                    Code::TooManySubscriptions,
                    "complete another operation first",
                );
                return Ok(Some(message::error(
                    &ticket.id,
                    &Answer::refused(&error, request),
                )));
            }
        }
        let asker = Asker {
            caller: Some(caller),
            client: self.client.clone(),
            id: request,
        };
        match payload.and_then(|asked| self.edge.admit(asker, asked)) {
            Ok(operation) => {
                self.spawn(&ticket, operation);
                Ok(None)
            }
            Err(error) => {
                self.operations.stop(&ticket.id);
                Ok(Some(message::error(
                    &ticket.id,
                    &Answer::refused(&error, request),
                )))
            }
        }
    }

    fn spawn(&mut self, ticket: &Ticket, operation: Operation) {
        let engine = self.edge.engine.clone();
        let within = self.edge.settings.limits.execution_time;
        let sender = self.sender.clone();
        let task = self
            .tasks
            .spawn(perform(engine, operation, within, ticket.clone(), sender));
        self.operations.runs_in(ticket, task);
    }
}

/// Runs an operation and queues its messages: `next` for each answer, then `complete`; `error` when it was refused.
async fn perform<S: Executor>(
    engine: Engine<S>,
    operation: Operation,
    within: Duration,
    ticket: Ticket,
    sender: mpsc::Sender<Outgoing>,
) {
    let mut answers = match operation.kind {
        OperationType::Subscription => engine.subscribe(operation),
        OperationType::Query | OperationType::Mutation => {
            futures_util::stream::once(async move { engine.run(operation, within).await }).boxed()
        }
    };
    let mut last = message::complete(&ticket.id);
    while let Some(answer) = answers.next().await {
        if answer.refusal().is_some() {
            last = message::error(&ticket.id, &answer);
            break;
        }
        let event = Outgoing::Event(ticket.clone(), message::next(&ticket.id, &answer));
        if sender.send(event).await.is_err() {
            return;
        }
    }
    drop(sender.send(Outgoing::Last(ticket, last)).await);
}

/// A frame that could not be read: too long, or the connection is broken, and then there is nobody to tell.
fn too_long(error: &axum::Error) -> Option<Close> {
    error
        .to_string()
        .contains("too long")
        .then_some(Close::TooLong)
}
