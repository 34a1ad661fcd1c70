//! Every event ever released still reads: `tests/golden/events` holds one file per event type and version.

mod samples;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cartera_domain::Event;
use cartera_domain::event::VOCABULARY;
use serde_json::Value;

/// The folder of each aggregate type's context.
const CONTEXTS: [(&str, &str); 9] = [
    ("company", "settings"),
    ("catalogue", "settings"),
    ("pipeline", "settings"),
    ("team_tree", "users"),
    ("user", "users"),
    ("product", "products"),
    ("lead", "leads"),
    ("client", "clients"),
    ("opportunity", "opportunities"),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/events")
}

fn context_of(aggregate_type: &str) -> &'static str {
    CONTEXTS
        .iter()
        .find(|(known, _)| *known == aggregate_type)
        .map_or_else(
            || panic!("say in CONTEXTS which context {aggregate_type} belongs to"),
            |(_, context)| *context,
        )
}

fn file_of(aggregate_type: &str, event_type: &str, version: &str) -> PathBuf {
    folder()
        .join(context_of(aggregate_type))
        .join(format!("{event_type}.v{version}.json"))
}

fn read(path: &Path) -> Value {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_event_type_has_a_golden_file_and_every_file_an_event_type() {
    let expected: BTreeSet<PathBuf> = VOCABULARY
        .iter()
        .flat_map(|(aggregate_type, event_types)| {
            event_types
                .iter()
                .map(|event_type| file_of(aggregate_type, event_type, "1.0"))
        })
        .collect();
    let found: BTreeSet<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .flat_map(|context| fs::read_dir(context.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn every_golden_event_reads_and_is_written_as_it_was() {
    for (aggregate_type, event_types) in VOCABULARY {
        for event_type in event_types {
            let path = file_of(aggregate_type, event_type, "1.0");
            let golden = read(&path);
            let event = Event::decode(aggregate_type, event_type, golden.clone())
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let encoded = event.encode().unwrap();
            assert_eq!(encoded.payload, golden, "{}", path.display());
            assert_eq!(encoded.event_type, *event_type);
            assert_eq!(encoded.event_version, "1.0");
            assert_eq!(event.aggregate_type(), aggregate_type);
        }
    }
}

#[test]
fn every_sample_is_written_as_its_golden_file_says() {
    let mut samples: BTreeMap<(&str, &str), Event> = BTreeMap::new();
    for event in samples::all() {
        let encoded = event.encode().unwrap();
        let path = file_of(
            event.aggregate_type(),
            encoded.event_type,
            encoded.event_version,
        );
        let json = serde_json::to_string_pretty(&encoded.payload).unwrap();
        assert!(path.exists(), "save this as {}:\n{json}", path.display());
        assert_eq!(encoded.payload, read(&path), "{}", path.display());
        samples.insert((event.aggregate_type(), encoded.event_type), event);
    }
    for (aggregate_type, event_types) in VOCABULARY {
        for event_type in event_types {
            let has_sample = samples.contains_key(&(aggregate_type, *event_type));
            assert!(has_sample, "add a sample of {aggregate_type} {event_type}");
        }
    }
}

#[test]
fn payloads_hold_no_floats_and_no_integer_that_other_languages_lose() {
    const GREATEST: i64 = (1 << 53) - 1;
    fn check(value: &Value, path: &Path) {
        match value {
            Value::Number(number) => {
                let integer = number.as_i64();
                assert!(
                    integer.is_some_and(|n| n.abs() <= GREATEST),
                    "{}: {number}",
                    path.display()
                );
            }
            Value::Array(items) => items.iter().for_each(|item| check(item, path)),
            Value::Object(fields) => fields.values().for_each(|item| check(item, path)),
            Value::Null | Value::Bool(_) | Value::String(_) => {}
        }
    }
    for (aggregate_type, event_types) in VOCABULARY {
        for event_type in event_types {
            let path = file_of(aggregate_type, event_type, "1.0");
            check(&read(&path), &path);
        }
    }
}

#[test]
fn an_erased_value_reads_wherever_a_personal_one_stood() {
    fn erase(value: Value) -> Value {
        match value {
            Value::Object(mut fields) => match fields.remove("$personal") {
                Some(personal) => {
                    serde_json::json!({ "$erased": { "subject": personal["subject"] } })
                }
                None => fields
                    .into_iter()
                    .map(|(key, field)| (key, erase(field)))
                    .collect(),
            },
            Value::Array(items) => items.into_iter().map(erase).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
        }
    }
    for (aggregate_type, event_types) in VOCABULARY {
        for event_type in event_types {
            let erased = erase(read(&file_of(aggregate_type, event_type, "1.0")));
            let event = Event::decode(aggregate_type, event_type, erased.clone()).unwrap();
            assert_eq!(event.encode().unwrap().payload, erased);
        }
    }
}
