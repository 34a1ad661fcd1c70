//! The appends that wait for the writer. A person's command goes before a file's rows.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, oneshot};

use super::batch::Batch;
use super::{AppendError, Appended, Prepared};

/// Who is waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// Somebody.
    Interactive,
    /// A file.
    Bulk,
}

/// How the writer answers.
pub(crate) enum Outcome {
    /// The append has its verdict.
    Done(Result<Appended, AppendError>),
    /// A key that it was sealed with lost the race for its row: seal it again.
    SealAgain,
}

/// An append that waits, and who waits for it.
pub(crate) struct Request {
    pub(crate) prepared: Prepared,
    pub(crate) answer: oneshot::Sender<Outcome>,
}

/// The appends that wait.
#[derive(Default)]
pub(crate) struct Queue {
    lanes: Mutex<Lanes>,
    arrived: Notify,
}

#[derive(Default)]
struct Lanes {
    interactive: VecDeque<Request>,
    bulk: VecDeque<Request>,
    closed: bool,
}

/// Most of what one call may carry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) appends: usize,
    pub(crate) events: usize,
}

impl Queue {
    /// Lets an append wait; its outcome comes through the receiver.
    pub(crate) fn push(&self, lane: Lane, prepared: Prepared) -> oneshot::Receiver<Outcome> {
        let (answer, outcome) = oneshot::channel();
        let mut lanes = self.lanes();
        // Once closed nobody writes any more: the dropped sender tells.
        if !lanes.closed {
            let request = Request { prepared, answer };
            match lane {
                Lane::Interactive => lanes.interactive.push_back(request),
                Lane::Bulk => lanes.bulk.push_back(request),
            }
        }
        drop(lanes);
        self.arrived.notify_one();
        outcome
    }

    /// The next batch: everything that waits, as far as it fits and does not meet itself. Nothing once closed and empty.
    pub(crate) async fn next(&self, limits: Limits) -> Option<Vec<Request>> {
        loop {
            let arrived = self.arrived.notified();
            let (batch, closed) = self.lanes().take(limits);
            if closed || !batch.is_empty() {
                return (!batch.is_empty()).then_some(batch);
            }
            arrived.await;
        }
    }

    /// Takes no more; what waits is still written.
    pub(crate) fn close(&self) {
        self.lanes().closed = true;
        self.arrived.notify_one();
    }

    fn lanes(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lanes {
    /// The next batch, and whether no more will come.
    fn take(&mut self, limits: Limits) -> (Vec<Request>, bool) {
        let mut batch = Batch::new(limits);
        fill(&mut batch, &mut self.interactive);
        fill(&mut batch, &mut self.bulk);
        (batch.into_requests(), self.closed)
    }
}

fn fill(batch: &mut Batch, lane: &mut VecDeque<Request>) {
    let mut later = VecDeque::new();
    while let Some(request) = (!batch.is_full()).then(|| lane.pop_front()).flatten() {
        later.extend(batch.offer(request));
    }
    later.append(lane);
    *lane = later;
}
