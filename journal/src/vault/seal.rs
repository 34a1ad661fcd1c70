//! The walk over a payload that seals what is marked personal and opens what is sealed, at any depth.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cartera_domain::ids::SubjectId;
use serde_json::{Value, json};

use super::cipher::{NONCE_LENGTH, Secret, decrypt, encrypt, length_prefixed};
use super::{SubjectKeys, VaultError};
use crate::canonical::descend;

const PERSONAL: &str = "$personal";
const SEALED: &str = "$sealed";
const ERASED: &str = "$erased";

/// Where an event's payload lies; bound to every seal in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) aggregate_type: &'a str,
    pub(crate) aggregate_id: &'a str,
    pub(crate) sequence: i64,
    pub(crate) event_type: &'a str,
    pub(crate) event_version: &'a str,
}

impl Place<'_> {
    fn bind(&self, pointer: &str) -> Vec<u8> {
        let sequence = self.sequence.to_string();
        let fields = [
            self.aggregate_type,
            self.aggregate_id,
            &sequence,
            self.event_type,
            self.event_version,
            pointer,
        ];
        fields
            .into_iter()
            .flat_map(|field| length_prefixed(field.as_bytes()))
            .collect()
    }
}

/// A payload's marked values that could not be read as marks.
fn broken(pointer: &str) -> VaultError {
    VaultError::Broken(pointer.to_owned())
}

/// The mark that this object is, if it is one.
fn mark<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    value
        .as_object()
        .filter(|fields| fields.len() == 1)
        .and_then(|fields| fields.get(name))
}

fn subject_of(mark: &Value) -> Option<SubjectId> {
    mark.get("subject")
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok())
}

/// The subjects of all marked values.
pub(crate) fn personal_subjects(payload: &Value) -> BTreeSet<SubjectId> {
    let mut subjects = BTreeSet::new();
    collect(payload, PERSONAL, &mut subjects);
    subjects
}

/// The subjects of all sealed values.
pub(crate) fn sealed_subjects(payload: &Value, subjects: &mut BTreeSet<SubjectId>) {
    collect(payload, SEALED, subjects);
}

fn collect(value: &Value, name: &str, subjects: &mut BTreeSet<SubjectId>) {
    if let Some(marked) = mark(value, name) {
        subjects.extend(subject_of(marked));
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, name, subjects)),
        Value::Object(fields) => fields
            .values()
            .for_each(|field| collect(field, name, subjects)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Replaces every marked value by its seal.
pub(crate) fn seal(
    payload: &mut Value,
    place: &Place<'_>,
    keys: &SubjectKeys,
) -> Result<(), VaultError> {
    walk(
        payload,
        &mut String::new(),
        &|value, pointer| match mark(value, PERSONAL) {
            None => Ok(None),
            Some(marked) => {
                let subject = subject_of(marked).ok_or_else(|| broken(pointer))?;
                let key = keys.get(subject).ok_or(VaultError::NoActiveKey(subject))?;
                seal_one(
                    subject,
                    marked.get("value").unwrap_or(&Value::Null),
                    key,
                    &place.bind(pointer),
                )
                .map(Some)
            }
        },
    )
}

fn seal_one(
    subject: SubjectId,
    value: &Value,
    key: &Secret,
    bound: &[u8],
) -> Result<Value, VaultError> {
    let sealed = encrypt(key, value.to_string().as_bytes(), bound)?;
    Ok(json!({ SEALED: {
        "subject": subject,
        "nonce": STANDARD.encode(sealed.nonce),
        "text": STANDARD.encode(sealed.text),
    } }))
}

/// Replaces every seal by its marked value, or by the mark of an erased one where the subject has no active key.
pub(crate) fn open(
    payload: &mut Value,
    place: &Place<'_>,
    keys: &SubjectKeys,
) -> Result<(), VaultError> {
    walk(
        payload,
        &mut String::new(),
        &|value, pointer| match mark(value, SEALED) {
            None => Ok(None),
            Some(sealed) => {
                let subject = subject_of(sealed).ok_or_else(|| broken(pointer))?;
                Ok(Some(match keys.get(subject) {
                    None => json!({ ERASED: { "subject": subject } }),
                    Some(key) => {
                        let value = open_one(sealed, key, &place.bind(pointer))
                            .ok_or_else(|| broken(pointer))?;
                        json!({ PERSONAL: { "subject": subject, "value": value } })
                    }
                }))
            }
        },
    )
}

fn open_one(sealed: &Value, key: &Secret, bound: &[u8]) -> Option<Value> {
    let nonce = STANDARD.decode(sealed.get("nonce")?.as_str()?).ok()?;
    let nonce = <[u8; NONCE_LENGTH]>::try_from(nonce.as_slice()).ok()?;
    let text = STANDARD.decode(sealed.get("text")?.as_str()?).ok()?;
    serde_json::from_slice(&decrypt(key, nonce, &text, bound)?).ok()
}

type Replace<'a> = dyn Fn(&Value, &str) -> Result<Option<Value>, VaultError> + 'a;

fn walk(value: &mut Value, pointer: &mut String, replace: &Replace<'_>) -> Result<(), VaultError> {
    if let Some(replacement) = replace(value, pointer)? {
        *value = replacement;
        return Ok(());
    }
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                descend(pointer, &index.to_string(), |pointer| {
                    walk(item, pointer, replace)
                })?;
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                descend(pointer, name, |pointer| walk(field, pointer, replace))?;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    Ok(())
}
