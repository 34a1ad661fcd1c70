use std::collections::BTreeSet;

use cartera_domain::ids::{SubjectId, TypedId};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::cipher::{decrypt, encrypt, keyed_hash};
use super::*;

/// Payloads as the domain may make them, without marks.
pub(crate) fn payload() -> impl Strategy<Value = Value> {
    with_leaves(leaf().boxed())
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        "[^\0]*".prop_map(Value::from),
    ]
}

fn with_leaves(leaf: BoxedStrategy<Value>) -> impl Strategy<Value = Value> {
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[^\0$][^\0]*", inner, 0..4)
                .prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

fn person(n: u128) -> SubjectId {
    SubjectId::from_uuid(Uuid::from_u128(n))
}

/// Payloads in which some values, at any depth, are those of three persons.
fn personal_payload() -> impl Strategy<Value = Value> {
    let marked = (1..4_u128, payload()).prop_map(
        |(n, value)| json!({ "$personal": { "subject": person(n), "value": { "secret": value } } }),
    );
    with_leaves(prop_oneof![leaf(), marked].boxed())
}

fn keys(of: impl IntoIterator<Item = u128>) -> SubjectKeys {
    of.into_iter()
        .map(|n| {
            (
                person(n),
                keyed_hash(&secret(0), &[&n.to_be_bytes()]).into(),
            )
        })
        .collect()
}

fn secret(byte: u8) -> cipher::Secret {
    [byte; 32].into()
}

const PLACE: Place<'static> = Place {
    aggregate_type: "lead",
    aggregate_id: "1",
    sequence: 1,
    event_type: "lead_registered",
    event_version: "1.0",
};

fn sealed(payload: &Value) -> Value {
    let mut sealed = payload.clone();
    seal(&mut sealed, &PLACE, &keys(1..4)).unwrap();
    sealed
}

proptest! {
    #[test]
    fn what_is_sealed_opens_as_it_was(payload in personal_payload()) {
        let mut opened = sealed(&payload);
        prop_assert!(!opened.to_string().contains("secret"), "{}", opened);
        open(&mut opened, &PLACE, &keys(1..4)).unwrap();
        prop_assert_eq!(opened, payload);
    }

    #[test]
    fn an_erased_person_s_values_open_as_erased_and_nobody_else_s(payload in personal_payload()) {
        let mut opened = sealed(&payload);
        open(&mut opened, &PLACE, &keys(2..4)).unwrap();
        let mut expected = payload;
        erase(&mut expected, person(1));
        prop_assert_eq!(opened, expected);
    }

    #[test]
    fn both_walks_find_the_same_persons(payload in personal_payload()) {
        let mut found = BTreeSet::new();
        sealed_subjects(&sealed(&payload), &mut found);
        prop_assert_eq!(found, personal_subjects(&payload));
    }

    #[test]
    fn a_text_opens_only_with_what_it_was_bound_to(text: Vec<u8>, bound: Vec<u8>, other: Vec<u8>) {
        let sealed = encrypt(&secret(1), &text, &bound).unwrap();
        prop_assert_eq!(decrypt(&secret(1), sealed.nonce, &sealed.text, &bound).map(|text| text.to_vec()), Some(text));
        prop_assert!(decrypt(&secret(2), sealed.nonce, &sealed.text, &bound).is_none());
        prop_assert!(other == bound || decrypt(&secret(1), sealed.nonce, &sealed.text, &other).is_none());
    }
}

/// What erasing a person means, told without keys.
fn erase(value: &mut Value, who: SubjectId) {
    if value["$personal"]["subject"] == json!(who) {
        *value = json!({ "$erased": { "subject": who } });
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| erase(item, who)),
        Value::Object(fields) if !fields.contains_key("$personal") => {
            fields.values_mut().for_each(|field| erase(field, who));
        }
        Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn marked() -> Value {
    json!({ "a/b": [{ "$personal": { "subject": person(1), "value": "Montserrat" } }] })
}

#[test]
fn a_seal_is_bound_to_its_place() {
    let places = [
        Place {
            aggregate_type: "client",
            ..PLACE
        },
        Place {
            aggregate_id: "2",
            ..PLACE
        },
        Place {
            sequence: 2,
            ..PLACE
        },
        Place {
            event_type: "lead_discarded",
            ..PLACE
        },
        Place {
            event_version: "1.1",
            ..PLACE
        },
        // The same text, cut elsewhere.
        Place {
            aggregate_type: "lea",
            aggregate_id: "d1",
            ..PLACE
        },
    ];
    for place in places {
        let broken = open(&mut sealed(&marked()), &place, &keys([1]));
        assert!(
            matches!(&broken, Err(VaultError::Broken(pointer)) if pointer == "/a~1b/0"),
            "{place:?}: {broken:?}"
        );
    }
    let mut moved = json!({ "c": sealed(&marked())["a/b"].clone() });
    assert!(
        matches!(open(&mut moved, &PLACE, &keys([1])), Err(VaultError::Broken(pointer)) if pointer == "/c/0")
    );
}

#[test]
fn no_two_seals_are_alike() {
    assert_ne!(sealed(&marked()), sealed(&marked()));
}

#[test]
fn a_person_without_a_key_is_not_sealed() {
    let refused = seal(&mut marked(), &PLACE, &keys([2]));
    assert!(matches!(refused, Err(VaultError::NoActiveKey(of)) if of == person(1)));
}

#[test]
fn an_erased_value_stays_erased_on_its_way_through_the_log() {
    let erased = json!({ "name": { "$erased": { "subject": person(1) } } });
    assert_eq!(sealed(&erased), erased);
}
