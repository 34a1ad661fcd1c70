//! What holds of every pair of details and their correction.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Checks the laws on details and a correction that are put together, field by field, from two filled-in samples:
/// `choice` says for each field whether it is empty or which sample's, and whether the correction keeps, clears or sets it.
#[track_caller]
pub(crate) fn corrections_hold<D, P>(
    samples: [&D; 2],
    choice: &[u8],
    correct: fn(&mut D, P),
    changes: fn(&D, P) -> P,
) where
    D: Serialize + DeserializeOwned + PartialEq + Debug + Clone,
    P: Serialize + DeserializeOwned + PartialEq + Debug + Clone + Default,
{
    let [one, other] = samples.map(fields);
    assert_eq!(
        read::<P>(one.clone()).map(|all| fields(&all)),
        Some(one.clone())
    );
    let (mut details, mut patch) = (Map::new(), Map::new());
    for (key, choice) in one.keys().zip(choice) {
        let of_sample = |number| match number {
            1 => one[key].clone(),
            2 => other[key].clone(),
            _ => Value::Null,
        };
        if choice % 3 > 0 {
            details.insert(key.clone(), of_sample(choice % 3));
        }
        if choice / 3 % 4 > 0 {
            patch.insert(key.clone(), of_sample(choice / 3 % 4));
        }
    }
    let (details, patch): (D, P) = (read(details).unwrap(), read(patch).unwrap());
    let (mut whole, mut part) = (details.clone(), details.clone());
    let change = changes(&details, patch.clone());
    correct(&mut whole, patch.clone());
    correct(&mut part, change.clone());
    assert_eq!(
        part, whole,
        "the part that changes something has the whole effect"
    );
    assert_eq!(
        change == P::default(),
        whole == details,
        "no part that changes nothing is kept"
    );
    assert_eq!(
        changes(&whole, patch),
        P::default(),
        "said twice it says nothing new"
    );
}

fn fields(value: &impl Serialize) -> Map<String, Value> {
    let value = serde_json::to_value(value).unwrap();
    value.as_object().unwrap().clone()
}

fn read<T: DeserializeOwned>(fields: Map<String, Value>) -> Option<T> {
    serde_json::from_value(Value::Object(fields)).ok()
}
