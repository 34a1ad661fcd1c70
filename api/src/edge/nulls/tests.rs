use async_graphql::{PathSegment, Response, ServerError, Value};
use serde_json::json;

use super::{Types, mend};

const SDL: &str = "
    schema { query: Query }
    type Query { maybe: Node must: Node! list: [Node] strict: [Node!]! rows: [[Int]!] named: Named either: Either }
    type Node { id: ID! name: String inner: Node next: Node! }
    interface Named { name: String! }
    union Either = Node
";

fn path(text: &str) -> Vec<PathSegment> {
    text.split('.')
        .map(|part| match part.parse() {
            Ok(index) => PathSegment::Index(index),
            Err(_) => PathSegment::Field(part.to_owned()),
        })
        .collect()
}

#[track_caller]
fn assert_mended(
    document: &str,
    broken: serde_json::Value,
    failed: &[&str],
    expected: impl Into<serde_json::Value>,
) {
    let mut response = Response::new(Value::from_json(broken).unwrap());
    response.errors = failed
        .iter()
        .map(|failed| ServerError::new("x", None).with_path(path(failed)))
        .collect();
    mend(&mut response, &Types::of(SDL), document, None);
    assert_eq!(
        response.data.into_json().unwrap(),
        expected.into(),
        "{document}"
    );
}

#[test]
fn a_failed_field_that_may_be_null_is_null() {
    assert_mended(
        "{maybe{name id}}",
        json!({"maybe": {"id": 1}}),
        &["maybe.name"],
        json!({"maybe": {"id": 1, "name": null}}),
    );
    assert_mended("{x: maybe{id}}", json!(null), &["x"], json!({"x": null}));
}

#[test]
fn a_failed_field_that_may_not_be_null_takes_what_is_around_it() {
    assert_mended(
        "{maybe{name id}}",
        json!({"maybe": {"name": "n"}}),
        &["maybe.id"],
        json!({"maybe": null}),
    );
    assert_mended(
        "{must{name id}}",
        json!({"must": {"name": "n"}}),
        &["must.id"],
        json!(null),
    );
    assert_mended(
        "{maybe{inner{next{next{id}}}}}",
        json!({"maybe": {"inner": {"next": {"next": null}}}}),
        &["maybe.inner.next.next.id"],
        json!({"maybe": {"inner": null}}),
    );
}

#[test]
fn an_object_of_which_all_fields_failed_is_an_object_of_nulls() {
    assert_mended(
        "{maybe{name inner{name}}}",
        json!({"maybe": null}),
        &["maybe.name", "maybe.inner"],
        json!({"maybe": {"name": null, "inner": null}}),
    );
    // … unless one of them takes it along, whichever comes first.
    for failed in [["maybe.name", "maybe.id"], ["maybe.id", "maybe.name"]] {
        assert_mended(
            "{maybe{name id}}",
            json!({"maybe": null}),
            &failed,
            json!({"maybe": null}),
        );
    }
}

#[test]
fn lists_are_as_strict_as_their_types() {
    let rows = || json!([{"name": "a"}, {"id": 1, "name": "b"}]);
    assert_mended(
        "{list{id name}}",
        json!({"list": rows()}),
        &["list.0.id"],
        json!({"list": [null, {"id": 1, "name": "b"}]}),
    );
    assert_mended(
        "{strict{id name}}",
        json!({"strict": rows()}),
        &["strict.0.id"],
        json!(null),
    );
    assert_mended("{rows}", json!({}), &["rows.1.0"], json!({"rows": null}));
    assert_mended(
        "{rows}",
        json!({"rows": [[1], [2]]}),
        &["rows.1.0"],
        json!({"rows": [[1], [null]]}),
    );
    assert_mended(
        "{rows}",
        json!({"rows": [[1], [2]]}),
        &["rows.1"],
        json!({"rows": null}),
    );
}

#[test]
fn types_are_found_through_fragments_and_interfaces() {
    let document = "{...F maybe{...on Node{inner{id}}}} fragment F on Query{maybe{inner{name}}}";
    assert_mended(
        document,
        json!({"maybe": {"inner": {"name": "n"}}}),
        &["maybe.inner.id"],
        json!({"maybe": {"inner": null}}),
    );
    assert_mended(
        "{named{name ...on Node{id}}}",
        json!({"named": {"id": 1}}),
        &["named.name"],
        json!({"named": null}),
    );
    assert_mended(
        "{either{...on Node{id name}}}",
        json!({"either": {"name": "n"}}),
        &["either.id"],
        json!({"either": null}),
    );
}

#[test]
fn without_errors_of_fields_nothing_is_touched() {
    assert_mended("{maybe{id}}", json!({}), &[], json!({}));
}

#[test]
fn a_type_that_is_not_known_is_null_in_its_place() {
    assert_mended(
        "{gone{id}}",
        json!({}),
        &["gone.id"],
        json!({"gone": {"id": null}}),
    );
}
