use proptest::prelude::*;
use serde_json::Value;

/// Payloads as the domain may make them, without marks.
pub(crate) fn payload() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        "[^\0]*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[^\0$][^\0]*", inner, 0..4)
                .prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}
