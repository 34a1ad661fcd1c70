//! The columns of one call of the append function. Every entry carries the number of its append in the batch, from 1.

use cartera_domain::ids::TypedId;
use uuid::Uuid;

use super::{Claim, Prepared};

/// Appends are numbered from 1.
fn numbered<'a>(batch: &'a [&'a Prepared]) -> impl Iterator<Item = (i32, &'a Prepared)> {
    (1..).zip(batch.iter().copied())
}

#[derive(Default)]
pub(super) struct Streams<'a> {
    pub(super) append: Vec<i32>,
    pub(super) aggregate_type: Vec<&'a str>,
    pub(super) id: Vec<&'a str>,
    pub(super) expected: Vec<i64>,
}

impl<'a> Streams<'a> {
    pub(super) fn of(batch: &'a [&'a Prepared]) -> Self {
        let mut columns = Self::default();
        for (number, append) in numbered(batch) {
            for stream in &append.streams {
                columns.append.push(number);
                columns.aggregate_type.push(stream.aggregate_type);
                columns.id.push(&stream.id_text);
                columns.expected.push(stream.expected);
            }
        }
        columns
    }
}

#[derive(Default)]
pub(super) struct Events<'a> {
    pub(super) append: Vec<i32>,
    pub(super) aggregate_type: Vec<&'a str>,
    pub(super) id: Vec<&'a str>,
    pub(super) sequence: Vec<i64>,
    pub(super) event_type: Vec<&'a str>,
    pub(super) event_version: Vec<&'a str>,
    pub(super) payload: Vec<&'a str>,
    pub(super) metadata: Vec<&'a str>,
    pub(super) zone: Vec<Option<&'a str>>,
}

impl<'a> Events<'a> {
    pub(super) fn of(batch: &'a [&'a Prepared]) -> Self {
        let mut columns = Self::default();
        for (number, append) in numbered(batch) {
            for (event, stream) in append
                .events
                .iter()
                .filter_map(|event| Some((event, append.streams.get(event.stream)?)))
            {
                columns.append.push(number);
                columns.aggregate_type.push(stream.aggregate_type);
                columns.id.push(&stream.id_text);
                columns.sequence.push(event.sequence);
                columns.event_type.push(event.event_type);
                columns.event_version.push(event.event_version);
                columns.payload.push(&event.payload);
                columns.metadata.push(&event.metadata);
                columns.zone.push(event.zone);
            }
        }
        columns
    }
}

#[derive(Default)]
pub(super) struct Receipts<'a> {
    pub(super) append: Vec<i32>,
    pub(super) actor: Vec<&'a str>,
    pub(super) command: Vec<Uuid>,
    pub(super) fingerprint: Vec<&'a [u8]>,
    pub(super) versions: Vec<&'a str>,
}

impl<'a> Receipts<'a> {
    pub(super) fn of(batch: &'a [&'a Prepared]) -> Self {
        let mut columns = Self::default();
        for (number, receipt) in
            numbered(batch).filter_map(|(number, append)| Some((number, append.receipt.as_ref()?)))
        {
            columns.append.push(number);
            columns.actor.push(&receipt.actor);
            columns.command.push(receipt.command_id);
            columns.fingerprint.push(&receipt.fingerprint);
            columns.versions.push(&receipt.versions);
        }
        columns
    }
}

#[derive(Default)]
pub(super) struct Claims<'a> {
    pub(super) append: Vec<i32>,
    pub(super) scope: Vec<&'a str>,
    pub(super) token: Vec<&'a [u8]>,
    pub(super) holder: Vec<Uuid>,
    pub(super) subject: Vec<Option<Uuid>>,
}

impl<'a> Claims<'a> {
    pub(super) fn of(
        batch: &'a [&'a Prepared],
        rows: impl Fn(&'a Prepared) -> &'a Vec<Claim>,
    ) -> Self {
        let mut columns = Self::default();
        for (number, append) in numbered(batch) {
            for claim in rows(append) {
                columns.append.push(number);
                columns.scope.push(claim.scope);
                columns.token.push(&claim.token);
                columns.holder.push(claim.holder);
                columns.subject.push(claim.subject.map(TypedId::as_uuid));
            }
        }
        columns
    }
}

/// Checkpoints, outbox rows, subjects.
#[derive(Default)]
pub(super) struct Side<'a> {
    pub(super) checkpoint_append: Vec<i32>,
    pub(super) name: Vec<&'a str>,
    pub(super) from: Vec<i64>,
    pub(super) to: Vec<i64>,
    pub(super) state: Vec<Option<String>>,
    pub(super) outbox_append: Vec<i32>,
    pub(super) id: Vec<Uuid>,
    pub(super) kind: Vec<&'a str>,
    pub(super) payload: Vec<String>,
    pub(super) subject_append: Vec<i32>,
    pub(super) subject: Vec<Uuid>,
}

impl<'a> Side<'a> {
    pub(super) fn of(batch: &'a [&'a Prepared]) -> Self {
        let mut columns = Self::default();
        for (number, append) in numbered(batch) {
            if let Some(checkpoint) = &append.checkpoint {
                columns.checkpoint_append.push(number);
                columns.name.push(&checkpoint.name);
                columns.from.push(checkpoint.from);
                columns.to.push(checkpoint.to);
                columns
                    .state
                    .push(checkpoint.state.as_ref().map(ToString::to_string));
            }
            for row in &append.outbox {
                columns.outbox_append.push(number);
                columns.id.push(row.id);
                columns.kind.push(&row.kind);
                columns.payload.push(row.payload.to_string());
            }
            for subject in &append.subjects {
                columns.subject_append.push(number);
                columns.subject.push(subject.as_uuid());
            }
        }
        columns
    }
}
