use serde_json::json;
use uuid::Uuid;

use super::*;

fn subject(number: u128) -> SubjectId {
    SubjectId::new(Uuid::from_u128(number))
}

#[test]
fn equal_values_are_equal_and_what_is_erased_equals_nothing() {
    let anna = Personal::new(subject(1), "Anna");
    assert_eq!(anna, Personal::new(subject(2), "Anna"));
    assert_ne!(anna, Personal::new(subject(1), "Joana"));
    let erased = Personal::Erased {
        subject: subject(1),
    };
    assert_ne!(anna, erased);
    assert_ne!(erased, erased.clone());
}

#[test]
fn the_marked_form_names_the_subject() {
    let known = json!({ "$personal": { "subject": subject(1), "value": "Anna" } });
    let erased = json!({ "$erased": { "subject": subject(1) } });
    let read: Personal<String> = serde_json::from_value(known.clone()).unwrap();
    assert_eq!(read.reveal().map(String::as_str), Some("Anna"));
    assert_eq!(serde_json::to_value(&read).unwrap(), known);
    let read: Personal<String> = serde_json::from_value(erased.clone()).unwrap();
    assert_eq!((read.reveal(), read.subject()), (None, subject(1)));
    assert_eq!(serde_json::to_value(&read).unwrap(), erased);
}

#[test]
fn a_debug_print_never_shows_the_value() {
    assert_eq!(
        format!("{:?}", Personal::new(subject(1), "Anna")),
        "Personal(…)"
    );
}
