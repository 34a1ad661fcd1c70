use proptest::prelude::*;
use serde_json::json;

use super::*;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Correction {
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    field: Patch<u8>,
}

#[test]
fn a_missing_key_keeps_null_clears_and_a_value_sets() {
    for (json, patch) in [
        (json!({}), Patch::Keep),
        (json!({ "field": null }), Patch::Clear),
        (json!({ "field": 7 }), Patch::Set(7)),
    ] {
        let correction = Correction { field: patch };
        assert_eq!(serde_json::to_value(&correction).unwrap(), json);
        assert_eq!(
            serde_json::from_value::<Correction>(json).unwrap(),
            correction
        );
    }
}

fn any_patch() -> impl Strategy<Value = Patch<u8>> {
    prop_oneof![
        Just(Patch::Keep),
        Just(Patch::Clear),
        (0_u8..4).prop_map(Patch::Set)
    ]
}

proptest! {
    #[test]
    fn the_part_that_changes_something_has_the_whole_effect(field in prop::option::of(0_u8..4), patch in any_patch()) {
        let (mut whole, mut part) = (field, field);
        let changes = patch.against(field.as_ref());
        patch.apply(&mut whole);
        changes.apply(&mut part);
        prop_assert_eq!(part, whole);
        prop_assert_eq!(changes.is_keep(), whole == field);
    }

    #[test]
    fn a_correction_said_twice_says_nothing_new(field in prop::option::of(0_u8..4), patch in any_patch()) {
        let mut corrected = field;
        patch.apply(&mut corrected);
        prop_assert!(patch.against(corrected.as_ref()).is_keep());
    }
}
