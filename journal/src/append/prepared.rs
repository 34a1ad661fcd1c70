//! An append as the database takes it: checked, sealed, rendered.

use std::collections::BTreeSet;

use cartera_domain::ids::SubjectId;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Append, AppendError, CheckpointMove, Claim, OutboxRow, Refusal, StreamAppend};
use crate::canonical;
use crate::metadata::Context;
use crate::vault::{MintedKey, Place, SubjectKeys, VaultError, seal};

/// An append as the database takes it.
pub(crate) struct Prepared {
    pub(crate) streams: Vec<PreparedStream>,
    pub(crate) events: Vec<PreparedEvent>,
    pub(crate) receipt: Option<PreparedReceipt>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) releases: Vec<Claim>,
    pub(crate) checkpoint: Option<CheckpointMove>,
    pub(crate) outbox: Vec<OutboxRow>,
    /// Whose values it carries.
    pub(crate) subjects: BTreeSet<SubjectId>,
    /// Keys that must be stored before it.
    pub(crate) minted: Vec<MintedKey>,
}

pub(crate) struct PreparedStream {
    pub(crate) aggregate_type: &'static str,
    pub(crate) aggregate_id: Uuid,
    pub(crate) id_text: String,
    pub(crate) expected: i64,
    pub(crate) version: u64,
}

pub(crate) struct PreparedEvent {
    /// Index in `streams`.
    pub(crate) stream: usize,
    pub(crate) sequence: i64,
    pub(crate) event_type: &'static str,
    pub(crate) event_version: &'static str,
    pub(crate) payload: String,
    pub(crate) metadata: String,
    pub(crate) zone: Option<&'static str>,
}

pub(crate) struct PreparedReceipt {
    pub(crate) actor: String,
    pub(crate) command_id: Uuid,
    pub(crate) fingerprint: [u8; 32],
    pub(crate) versions: String,
}

/// The payloads of an append before sealing, in order, and whose values they carry.
pub(crate) struct Encoded {
    pub(crate) payloads: Vec<EncodedEvent>,
    pub(crate) subjects: BTreeSet<SubjectId>,
}

pub(crate) struct EncodedEvent {
    event_type: &'static str,
    event_version: &'static str,
    payload: Value,
}

/// Encodes and checks the payloads of an append.
pub(crate) fn encode(append: &Append) -> Result<Encoded, Refusal> {
    let mut encoded = Encoded {
        payloads: Vec::new(),
        subjects: BTreeSet::new(),
    };
    for new in append.streams.iter().flat_map(|stream| &stream.events) {
        let event = new
            .event
            .encode()
            .map_err(|error| Refusal::Form(error.to_string()))?;
        canonical::check(&event.payload)?;
        encoded
            .subjects
            .extend(crate::vault::personal_subjects(&event.payload));
        encoded.payloads.push(EncodedEvent {
            event_type: event.event_type,
            event_version: event.event_version,
            payload: event.payload,
        });
    }
    Ok(encoded)
}

/// Seals and renders an encoded append.
pub(crate) fn prepare(
    append: &Append,
    encoded: &Encoded,
    keys: &SubjectKeys,
    minted: Vec<MintedKey>,
) -> Result<Prepared, AppendError> {
    refuse_twice(append)?;
    let streams = append
        .streams
        .iter()
        .map(prepare_stream)
        .collect::<Result<Vec<_>, _>>()?;
    let mut events = Vec::with_capacity(encoded.payloads.len());
    let mut payloads = encoded.payloads.iter();
    for (index, (stream, prepared)) in append.streams.iter().zip(&streams).enumerate() {
        for (new, (event, sequence)) in stream
            .events
            .iter()
            .zip(payloads.by_ref().zip(prepared.expected.saturating_add(1)..))
        {
            let rendered = append
                .context
                .render(new.occurred)
                .map_err(|error| Refusal::Form(error.to_string()))?;
            events.push(PreparedEvent {
                stream: index,
                sequence,
                event_type: event.event_type,
                event_version: event.event_version,
                payload: sealed_text(event, prepared, sequence, keys)?,
                metadata: rendered.text,
                zone: rendered.zone,
            });
        }
    }
    Ok(Prepared {
        receipt: receipt(append, &streams),
        streams,
        events,
        claims: append.claims.clone(),
        releases: append.releases.clone(),
        checkpoint: append.checkpoint.clone(),
        outbox: append.outbox.clone(),
        subjects: encoded.subjects.clone(),
        minted,
    })
}

fn prepare_stream(stream: &StreamAppend) -> Result<PreparedStream, AppendError> {
    let events = u64::try_from(stream.events.len()).map_err(|_beyond| out_of_range())?;
    let version = stream
        .expected_version
        .checked_add(events)
        .ok_or_else(out_of_range)?;
    let _representable = i64::try_from(version).map_err(|_beyond| out_of_range())?;
    Ok(PreparedStream {
        aggregate_type: stream.aggregate_type,
        aggregate_id: stream.aggregate_id,
        id_text: stream.aggregate_id.to_string(),
        expected: i64::try_from(stream.expected_version).map_err(|_beyond| out_of_range())?,
        version,
    })
}

fn out_of_range() -> AppendError {
    Refusal::Form("a version beyond 2^63".to_owned()).into()
}

fn sealed_text(
    event: &EncodedEvent,
    stream: &PreparedStream,
    sequence: i64,
    keys: &SubjectKeys,
) -> Result<String, AppendError> {
    let mut payload = event.payload.clone();
    let place = Place {
        aggregate_type: stream.aggregate_type,
        aggregate_id: &stream.id_text,
        sequence,
        event_type: event.event_type,
        event_version: event.event_version,
    };
    seal(&mut payload, &place, keys).map_err(|error| {
        if let VaultError::NoActiveKey(subject) = error {
            return Refusal::SubjectErased(subject).into();
        }
        AppendError::Unavailable(error.to_string())
    })?;
    Ok(canonical::text(&payload)?)
}

fn receipt(append: &Append, streams: &[PreparedStream]) -> Option<PreparedReceipt> {
    let Context {
        actor, command_id, ..
    } = &append.context;
    append.receipt.map(|receipt| PreparedReceipt {
        actor: actor.to_string(),
        command_id: *command_id,
        fingerprint: receipt.fingerprint,
        versions: Value::Array(
            streams
                .iter()
                .map(|stream| json!([stream.aggregate_id, stream.version]))
                .collect(),
        )
        .to_string(),
    })
}

/// The database gives each append one verdict, so an append must not contradict itself.
fn refuse_twice(append: &Append) -> Result<(), Refusal> {
    let mut streams = BTreeSet::new();
    for stream in &append.streams {
        if !streams.insert((stream.aggregate_type, stream.aggregate_id)) {
            return Err(Refusal::Twice(format!(
                "{}/{}",
                stream.aggregate_type, stream.aggregate_id
            )));
        }
    }
    for rows in [&append.claims, &append.releases] {
        let mut tokens = BTreeSet::new();
        for claim in rows {
            if !tokens.insert((claim.scope, claim.token)) {
                return Err(Refusal::Twice(claim.scope.to_owned()));
            }
        }
    }
    Ok(())
}
