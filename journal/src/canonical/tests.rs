use serde_json::json;

use super::*;

#[test]
fn integers_up_to_two_to_the_53_pass() {
    let limit = 9_007_199_254_740_991_i64;
    assert_eq!(check(&json!({ "a": [0, limit, -limit] })), Ok(()));
    for beyond in [
        json!(limit + 1),
        json!(-limit - 1),
        json!(u64::MAX),
        json!(i64::MIN),
        json!(0.5),
        json!(1e3),
    ] {
        let refused = check(&json!({ "a": [beyond] }));
        assert_eq!(
            refused,
            Err(Refusal::Number {
                pointer: "/a/0".to_owned()
            })
        );
    }
}

#[test]
fn the_character_nul_is_refused_in_values_and_names() {
    assert_eq!(
        check(&json!({ "a/b": "x\0" })),
        Err(Refusal::Nul {
            pointer: "/a~1b".to_owned()
        })
    );
    assert!(check(&json!({ "a\0": 1 })).is_err());
}

#[test]
fn only_the_marks_of_personal_values_may_begin_with_a_dollar() {
    assert_eq!(
        check(&json!({ "name": { "$personal": { "subject": "s", "value": "v" } } })),
        Ok(())
    );
    assert_eq!(
        check(&json!({ "name": { "$erased": { "subject": "s" } } })),
        Ok(())
    );
    for reserved in [
        json!({ "$sealed": {} }),
        json!({ "$personal": {}, "x": 1 }),
        json!({ "$x": 1 }),
    ] {
        assert!(
            matches!(check(&reserved), Err(Refusal::ReservedName { .. })),
            "{reserved}"
        );
    }
}

#[test]
fn text_is_that_of_rfc_8785() {
    let value = json!({ "\u{20ac}": "Euro", "\r": "CR", "1": [true, null, -7], "\u{1f600}": "\u{0f}\n\"\\", "\u{fb33}": "x" });
    // Names sort by UTF-16 code units, so the emoji (D83D …) comes before U+FB33.
    let expected = "{\"\\r\":\"CR\",\"1\":[true,null,-7],\"€\":\"Euro\",\"😀\":\"\\u000f\\n\\\"\\\\\",\"\u{fb33}\":\"x\"}";
    assert_eq!(text(&value).unwrap(), expected);
}

proptest::proptest! {
    #[test]
    fn what_the_database_gives_back_has_the_same_text(value in crate::vault::tests::payload()) {
        let first = text(&value).unwrap();
        let again: Value = serde_json::from_str(&first).unwrap();
        proptest::prop_assert_eq!(text(&again).unwrap(), first);
    }
}
