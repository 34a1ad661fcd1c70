//! What goes into one call of the append function: each stream, receipt, claim and checkpoint at most once, so that every
//! append's verdict stands on its own.

use std::collections::HashSet;

use cartera_domain::ids::SubjectId;
use uuid::Uuid;

use super::Prepared;
use super::queue::{Limits, Request};

/// What only one append of a batch may touch.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Stream(&'static str, Uuid),
    Receipt(String, Uuid),
    Claim(&'static str, [u8; 32]),
    Checkpoint(String),
    Outbox(Uuid),
    /// Two appends that mint a key for one person must not do it at once.
    Subject(SubjectId),
}

/// A batch in the making.
pub(super) struct Batch {
    limits: Limits,
    requests: Vec<Request>,
    events: usize,
    keys: HashSet<Key>,
}

impl Batch {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            requests: Vec::new(),
            events: 0,
            keys: HashSet::new(),
        }
    }

    /// Takes the append in, or gives it back when it must wait for the next batch. What waits keeps its keys, so that
    /// nothing overtakes it.
    pub(super) fn offer(&mut self, request: Request) -> Option<Request> {
        let fits = self.requests.is_empty()
            || self.events + request.prepared.events.len() <= self.limits.events;
        let keys = keys(&request.prepared);
        let alone = self.keys.is_disjoint(&keys);
        self.keys.extend(keys);
        if !alone || !fits {
            return Some(request);
        }
        self.events += request.prepared.events.len();
        self.requests.push(request);
        None
    }

    pub(super) fn is_full(&self) -> bool {
        self.requests.len() >= self.limits.appends || self.events >= self.limits.events
    }

    pub(super) fn into_requests(self) -> Vec<Request> {
        self.requests
    }
}

fn keys(prepared: &Prepared) -> HashSet<Key> {
    let claims = prepared
        .claims
        .iter()
        .chain(&prepared.releases)
        .map(|claim| Key::Claim(claim.scope, claim.token));
    let streams = prepared
        .streams
        .iter()
        .map(|stream| Key::Stream(stream.aggregate_type, stream.aggregate_id));
    let receipt = prepared
        .receipt
        .iter()
        .map(|receipt| Key::Receipt(receipt.actor.clone(), receipt.command_id));
    let checkpoint = prepared
        .checkpoint
        .iter()
        .map(|checkpoint| Key::Checkpoint(checkpoint.name.clone()));
    let outbox = prepared.outbox.iter().map(|row| Key::Outbox(row.id));
    let minted = prepared.minted.iter().map(|key| Key::Subject(key.subject));
    streams
        .chain(receipt)
        .chain(claims)
        .chain(checkpoint)
        .chain(outbox)
        .chain(minted)
        .collect()
}
