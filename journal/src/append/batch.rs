//! What goes into one call of the append function: each stream, receipt, claim and checkpoint at most once, so that every
//! append's verdict stands on its own.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::Prepared;
use super::queue::{Limits, Request};

/// What only one append of a batch may touch, by its hash: a collision makes an append wait for the next call, no more.
struct Keys(RandomState);

impl Keys {
    fn of<'a>(&'a self, prepared: &'a Prepared) -> impl Iterator<Item = u64> + 'a {
        let state = &self.0;
        let claims = prepared.claims.iter().chain(&prepared.releases);
        let claims = claims.map(|claim| state.hash_one(("claim", claim.scope, claim.token)));
        let streams = prepared
            .streams
            .iter()
            .map(|stream| state.hash_one(("stream", stream.aggregate_type, stream.aggregate_id)));
        let receipt = prepared
            .receipt
            .iter()
            .map(|receipt| state.hash_one(("receipt", receipt.actor.as_str(), receipt.command_id)));
        let checkpoint = prepared
            .checkpoint
            .iter()
            .map(|checkpoint| state.hash_one(("checkpoint", checkpoint.name.as_str())));
        let outbox = prepared
            .outbox
            .iter()
            .map(|row| state.hash_one(("outbox", row.id)));
        // Two appends that mint a key for one person must not do it at once.
        let minted = prepared
            .minted
            .iter()
            .map(|key| state.hash_one(("subject", key.subject)));
        streams
            .chain(receipt)
            .chain(claims)
            .chain(checkpoint)
            .chain(outbox)
            .chain(minted)
    }
}

/// A batch in the making.
pub(super) struct Batch {
    limits: Limits,
    requests: Vec<Request>,
    events: usize,
    keys: Keys,
    touched: HashSet<u64>,
}

impl Batch {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            requests: Vec::new(),
            events: 0,
            keys: Keys(RandomState::new()),
            touched: HashSet::new(),
        }
    }

    /// Takes the append in, or gives it back when it must wait for the next batch. What waits keeps its keys, so that
    /// nothing overtakes it.
    pub(super) fn offer(&mut self, request: Request) -> Option<Request> {
        let fits = self.requests.is_empty()
            || self.events + request.prepared.events.len() <= self.limits.events;
        let keys: Vec<u64> = self.keys.of(&request.prepared).collect();
        let alone = !keys.iter().any(|key| self.touched.contains(key));
        self.touched.extend(keys);
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
