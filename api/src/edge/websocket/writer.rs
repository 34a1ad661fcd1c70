//! The one task that writes to a socket.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use futures_util::SinkExt;
use futures_util::stream::SplitSink;
use tokio::sync::{mpsc, oneshot};

use super::Close;
use super::operations::{Operations, Ticket};

/// What is to be written.
#[derive(Debug)]
pub(super) enum Outgoing {
    /// A message that belongs to no running operation.
    Control(Message),
    /// An event of an operation that goes on.
    Event(Ticket, String),
    /// The last message of an operation.
    Last(Ticket, String),
}

/// Time that a client is given to take the close frame; with the poll for revocations it stays below a second.
const CLOSE_TIME: Duration = Duration::from_millis(300);

/// Writes what comes through its queue.
pub(super) struct Writer<P> {
    pub(super) sink: SplitSink<WebSocket, Message>,
    pub(super) queue: mpsc::Receiver<Outgoing>,
    pub(super) operations: Operations,
    pub(super) write_time: Duration,
    /// Asked before each event; when it says no, nothing more is written and the socket is closed.
    pub(super) permission: P,
}

impl<P: Permission> Writer<P> {
    /// Writes until the queue ends, the client stops taking, or `closing` says how to close.
    ///
    /// True when the client was told why the socket closes.
    pub(super) async fn run(mut self, mut closing: oneshot::Receiver<Close>) -> bool {
        let reason = loop {
            let step = tokio::select! {
                biased;
                close = &mut closing => close.map_or(Step::Gone, Step::Close),
                step = self.step() => step,
            };
            match step {
                Step::Done => {}
                Step::Gone => return false,
                Step::Close(reason) => break reason,
            }
        };
        let frame = self.sink.send(Message::Close(Some(reason.into())));
        let sent = tokio::time::timeout(CLOSE_TIME, frame).await;
        sent.is_ok_and(|sent| sent.is_ok())
    }

    async fn step(&mut self) -> Step {
        let Some(outgoing) = self.queue.recv().await else {
            return Step::Gone;
        };
        let message = match outgoing {
            Outgoing::Control(message) => message,
            Outgoing::Event(ticket, _) | Outgoing::Last(ticket, _)
                if !self.operations.runs(&ticket) =>
            {
                return Step::Done;
            }
            Outgoing::Event(..) | Outgoing::Last(..) if !self.permission.still_given().await => {
                return Step::Close(Close::Unauthorized);
            }
            Outgoing::Event(_, text) => Message::text(text),
            Outgoing::Last(ticket, text) => {
                if !self.operations.end(&ticket) {
                    return Step::Done;
                }
                Message::text(text)
            }
        };
        match tokio::time::timeout(self.write_time, self.sink.send(message)).await {
            Ok(Ok(())) => Step::Done,
            Ok(Err(_)) | Err(_) => Step::Gone,
        }
    }
}

/// Whether the caller may still be told anything.
pub(super) trait Permission: Send {
    fn still_given(&self) -> impl Future<Output = bool> + Send;
}

enum Step {
    Done,
    /// The client does not take messages any more, or the reader has gone.
    Gone,
    Close(Close),
}
