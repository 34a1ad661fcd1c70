use super::*;

fn link() -> Link {
    Link {
        position: 1,
        aggregate_type: "lead".to_owned(),
        aggregate_id: "00000000-0000-0000-0000-000000000001".to_owned(),
        sequence: 1,
        event_type: "lead_contacted".to_owned(),
        event_version: "1.0".to_owned(),
        payload: r#"{"b": 1, "a": "ñ"}"#.to_owned(),
        metadata: "{}".to_owned(),
        recorded_at: DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap(),
        hash: Vec::new(),
    }
}

/// Form 1, frozen: computed with Python's hashlib.
#[test]
fn the_form_of_leaf_and_chain_never_changes() {
    let chain = Chain::genesis(Uuid::from_u128(7)).with(&link()).unwrap();
    assert_eq!(Hex(&link().leaf().unwrap()).to_string(), LEAF);
    assert_eq!(Hex(chain.as_bytes()).to_string(), CHAIN);
}
const LEAF: &str = "8781b36010fd5038c08ee5123555af989481e8ce75cdcb07e1d382fd79356356";
const CHAIN: &str = "9280673eb59b2e7318b5b8c20572d99f9521e0e48ac66ef783162667cc87cbbb";

#[test]
fn the_writing_of_json_does_not_matter() {
    let other = Link {
        payload: r#"{"a":"\u00f1","b":1}"#.to_owned(),
        ..link()
    };
    assert_eq!(other.leaf(), link().leaf());
}

#[test]
fn every_field_matters() {
    let changes: [fn(&mut Link); 9] = [
        |link| link.aggregate_type.push('x'),
        |link| link.aggregate_id.push('x'),
        |link| link.sequence += 1,
        |link| link.event_type.push('x'),
        |link| link.event_version.push('1'),
        |link| link.payload = "{}".to_owned(),
        |link| link.metadata = r#"{"actor":"system"}"#.to_owned(),
        |link| link.recorded_at += chrono::TimeDelta::microseconds(1),
        |link| link.position += 1,
    ];
    let genesis = Chain::genesis(Uuid::nil());
    for (index, change) in changes.into_iter().enumerate() {
        let mut other = link();
        change(&mut other);
        assert!(
            genesis.with(&other) != genesis.with(&link()),
            "change {index}"
        );
    }
    assert!(
        Chain::genesis(Uuid::from_u128(1)).with(&link()) != genesis.with(&link()),
        "another journal"
    );
}

#[test]
fn text_does_not_slide_from_one_field_to_the_next() {
    let mut slid = link();
    (slid.aggregate_type, slid.aggregate_id) = (
        "lead0".to_owned(),
        slid.aggregate_id.chars().skip(1).collect(),
    );
    assert_ne!(slid.leaf(), link().leaf());
}

#[test]
fn what_nobody_can_have_stored_has_no_leaf() {
    assert_eq!(
        Link {
            payload: "{".to_owned(),
            ..link()
        }
        .leaf(),
        None
    );
}

#[test]
fn a_checkpoint_travels_as_json() {
    let checkpoint = Checkpoint {
        journal: Uuid::from_u128(7),
        position: 3,
        hash: [0xab; 32],
        signed_at: DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap(),
        public_key: [1; 32],
        signature: [2; 64],
    };
    let json = serde_json::to_string(&checkpoint).unwrap();
    assert!(json.contains(&"ab".repeat(32)), "{json}");
    assert_eq!(
        serde_json::from_str::<Checkpoint>(&json).unwrap(),
        checkpoint
    );
    let cut = json.replace(&"ab".repeat(32), &"ab".repeat(31));
    assert!(serde_json::from_str::<Checkpoint>(&cut).is_err());
}
