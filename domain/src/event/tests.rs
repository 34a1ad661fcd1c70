use std::collections::BTreeSet;

use serde_json::json;

use super::*;
use crate::values::samples::id;

#[test]
fn no_two_events_share_a_stored_type() {
    let types: Vec<&str> = VOCABULARY
        .iter()
        .flat_map(|(_, event_types)| event_types.iter().copied())
        .collect();
    let unique: BTreeSet<&str> = types.iter().copied().collect();
    assert_eq!(unique.len(), types.len());
}

#[test]
fn a_payload_repeats_neither_type_nor_id() {
    let event = Event::from(LeadEvent::LeadChannelCorrected {
        channel: Some(id(1)),
    });
    let encoded = event.encode().unwrap();
    assert_eq!(encoded.event_type, "lead_channel_corrected");
    assert_eq!(encoded.event_version, "1.0");
    assert_eq!(
        encoded.payload,
        json!({ "channel": "00000000-0000-0000-0000-000000000001" })
    );
    let read = Event::decode("lead", encoded.event_type, encoded.payload).unwrap();
    assert_eq!(read, event);
}

#[test]
fn what_nobody_wrote_does_not_read() {
    let read = |aggregate_type, event_type, payload| {
        Event::decode(aggregate_type, event_type, payload).unwrap_err()
    };
    assert!(matches!(
        read("quote", "quote_issued", json!({})),
        DecodeError::UnknownAggregate(_)
    ));
    assert!(matches!(
        read("lead", "lead_sold", json!({})),
        DecodeError::Unreadable { .. }
    ));
    assert!(matches!(
        read("lead", "lead_converted", json!({})),
        DecodeError::Unreadable { .. }
    ));
    assert!(matches!(
        read("lead", "lead_qualified", json!(null)),
        DecodeError::Unreadable { .. }
    ));
}

#[test]
fn what_does_not_read_is_not_repeated() {
    let payload = json!({ "details": { "personName": "Jordi Puig" }, "channel": "Jordi Puig" });
    let said = Event::decode("lead", "lead_registered", payload).unwrap_err();
    assert!(!said.to_string().contains("Jordi"), "{said}");
    let said = Event::decode("lead", "lead_converted", json!({})).unwrap_err();
    assert!(said.to_string().contains("missing field"), "{said}");
}

#[test]
fn an_older_payload_reads_with_its_new_fields_empty() {
    let payload = json!({ "details": {}, "channel": null, "owner": null, "team": null });
    assert!(Event::decode("lead", "lead_registered", payload).is_ok());
}
