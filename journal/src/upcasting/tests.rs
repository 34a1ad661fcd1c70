use serde_json::json;

use super::*;

/// Version 1 had one field for the whole name.
#[expect(clippy::needless_pass_by_value, reason = "the form of an upcaster")]
fn split_name(payload: Value) -> Value {
    let name = payload
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let (first, last) = name.split_once(' ').unwrap_or((name, ""));
    json!({ "first": first, "last": last })
}

/// Version 2 had no list of names.
#[expect(clippy::needless_pass_by_value, reason = "the form of an upcaster")]
fn list_names(payload: Value) -> Value {
    json!({ "names": [payload.get("first"), payload.get("last")] })
}

fn upcasters() -> Upcasters {
    Upcasters::none()
        .current("contact_named", 3)
        .edge("contact_named", 1, 2, split_name)
        .edge("contact_named", 2, 3, list_names)
}

#[test]
fn an_old_event_goes_through_every_step() {
    let today = upcasters().upcast("contact_named", "1.4", json!({ "name": "Ada Lovelace" }));
    assert_eq!(today, Ok(json!({ "names": ["Ada", "Lovelace"] })));
}

#[test]
fn today_s_event_stays_as_it_is() {
    let payload = json!({ "names": ["Ada"] });
    assert_eq!(
        upcasters().upcast("contact_named", "3.0", payload.clone()),
        Ok(payload.clone())
    );
    assert_eq!(
        upcasters().upcast("never_changed", "1.0", payload.clone()),
        Ok(payload)
    );
}

#[test]
fn a_missing_step_is_found_at_start() {
    assert_eq!(upcasters().check(), Ok(()));
    let gap = Upcasters::none()
        .current("contact_named", 3)
        .edge("contact_named", 1, 2, split_name);
    assert_eq!(
        gap.check(),
        Err(UpcastError::Missing {
            event_type: "contact_named".to_owned(),
            from: 2,
            to: 3
        })
    );
}

#[test]
fn a_version_from_the_future_is_refused() {
    let future = upcasters().upcast("contact_named", "4.0", json!({}));
    assert_eq!(
        future,
        Err(UpcastError::Missing {
            event_type: "contact_named".to_owned(),
            from: 4,
            to: 3
        })
    );
}

#[test]
fn a_version_that_is_none_is_refused() {
    for version in ["", "1", "one.0", "1.x"] {
        assert!(
            matches!(
                upcasters().upcast("contact_named", version, json!({})),
                Err(UpcastError::Version { .. })
            ),
            "{version}"
        );
    }
}
