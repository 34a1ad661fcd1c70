#![expect(clippy::format_collect, reason = "clearer than folding with write!")]

use async_graphql::Variables;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use proptest::prelude::*;
use serde_json::json;

use super::{DocumentLimits, Measure, check, choose, cost, measure};
use crate::error::Code;

/// `{...F0} fragment F0 on Q{...F1 ...F1} …`: 2^levels fields in about 37 bytes per level.
fn doubling(levels: usize) -> String {
    let chain: String = (0..levels)
        .map(|level| {
            format!(
                "fragment F{level} on Q{{...F{next} ...F{next}}}",
                next = level + 1
            )
        })
        .collect();
    format!("{{...F0}}{chain}fragment F{levels} on Q{{a}}")
}

fn refusal(source: &str) -> Option<Code> {
    check(source, &DocumentLimits::default())
        .err()
        .map(|error| error.code())
}

#[test]
fn the_document_of_801_bytes_is_refused() {
    let source = doubling(25);
    assert!((790..=810).contains(&source.len()), "{}", source.len());
    assert_eq!(refusal(&source), Some(Code::QueryTooComplex));
}

#[test]
fn measuring_looks_at_each_selection_of_an_exponential_document_once() {
    for levels in [20, 28, 500] {
        let document = parse_query(doubling(levels)).unwrap();
        let measured = measure(&document, 1_000).unwrap();
        // One spread in the operation, two in each fragment, one field in the last.
        let selections = 2 * u64::try_from(levels).unwrap() + 2;
        assert_eq!(measured.work, selections);
        assert_eq!(
            measured.whole.fields,
            1_u64
                .checked_shl(u32::try_from(levels).unwrap())
                .unwrap_or(u64::MAX)
        );
    }
}

#[test]
fn the_form_with_two_to_the_thirty_fields_is_refused() {
    assert_eq!(refusal(&doubling(28)), Some(Code::QueryTooComplex));
    assert_eq!(refusal(&doubling(30)), Some(Code::QueryTooComplex));
}

/// A limit's name, a document that reaches it, and the limit.
type Limit<'a> = (&'a str, &'a dyn Fn(usize) -> String, usize);

#[test]
fn every_limit_holds_exactly() {
    let depth = |levels: usize| format!("{}a{}", "{a".repeat(levels - 1) + "{", "}".repeat(levels));
    let aliases = |count: usize| {
        format!(
            "{{{}}}",
            (0..count).map(|n| format!("a{n}:b ")).collect::<String>()
        )
    };
    let fields = |count: usize| format!("{{{}}}", "a ".repeat(count));
    let nesting = |levels: usize| {
        format!(
            "{{{}a{}}}",
            "...{".repeat(levels - 1),
            "}".repeat(levels - 1)
        )
    };
    let tokens = |count: usize| format!("{{a(b:[{}])}}", "1 ".repeat(count - 9));
    let bytes = |count: usize| format!("{{a}}{}", " ".repeat(count - 3));
    let limits: [Limit<'_>; 6] = [
        ("depth", &depth, 15),
        ("aliases", &aliases, 30),
        ("fields", &fields, 1_000),
        ("nesting", &nesting, 30),
        ("tokens", &tokens, 5_000),
        ("bytes", &bytes, 64 * 1024),
    ];
    for (name, document, most) in limits {
        assert_eq!(refusal(&document(most)), None, "{name}");
        assert_eq!(
            refusal(&document(most + 1)),
            Some(Code::QueryTooComplex),
            "{name}"
        );
    }
}

#[test]
fn fragments_count_wherever_they_are_spread() {
    let aliases = format!(
        "{{a{{...F}} b{{...F}}}} fragment F on Q{{{}}}",
        "x:y ".repeat(16)
    );
    assert_eq!(refusal(&aliases), Some(Code::QueryTooComplex));
    let deep = format!(
        "{{{}...F{}}} fragment F on Q{{{}c{}}}",
        "a{".repeat(8),
        "}".repeat(8),
        "b{".repeat(7),
        "}".repeat(7)
    );
    assert_eq!(refusal(&deep), Some(Code::QueryTooComplex));
}

#[test]
fn deep_brackets_never_reach_the_parser() {
    assert_eq!(
        refusal(&format!("{{a(b:{}", "[".repeat(4_000))),
        Some(Code::QueryTooComplex)
    );
    assert_eq!(refusal(&"{a".repeat(2_000)), Some(Code::QueryTooComplex));
}

#[test]
fn fragments_in_a_circle_missing_or_unused_are_refused() {
    for source in [
        "{...A} fragment A on Q{...A}",
        "{...A} fragment A on Q{a{...B}} fragment B on Q{...on Q{...A}}",
        "{a} fragment A on Q{...B} fragment B on Q{...A}",
        "{...A}",
        "{a} fragment A on Q{a}",
    ] {
        assert_eq!(
            refusal(source),
            Some(Code::GraphqlValidationFailed),
            "{source}"
        );
    }
}

#[test]
fn what_is_not_graphql_is_refused_with_its_place() {
    for source in [
        "",
        "{",
        "}",
        "{a",
        "hello",
        "{a b: }",
        "fragment A on Q{a}",
        "{a} {b}",
        "query A{a} query A{b}",
        "{a(b: 1e999)}",
    ] {
        assert_eq!(refusal(source), Some(Code::GraphqlParseFailed), "{source}");
    }
    let error = check("{\n  a(\n}", &DocumentLimits::default()).unwrap_err();
    assert!(error.message().contains("line 3"), "{}", error.message());
}

#[test]
fn introspection_is_seen_wherever_it_hides() {
    let seen = |source: &str| {
        let checked = check(source, &DocumentLimits::default()).unwrap();
        (checked.introspects, checked.only_introspects)
    };
    assert_eq!(seen("{a __typename}"), (false, false));
    assert_eq!(seen("{__typename}"), (false, true));
    assert_eq!(
        seen("{__schema{types{name}} __type(name:\"a\"){name}}"),
        (true, true)
    );
    assert_eq!(seen("{x: __type(name:\"a\"){name} a}"), (true, false));
    assert_eq!(
        seen("query A{a} query B{...F} fragment F on Q{...on Q{__schema{types{name}}}}"),
        (true, false)
    );
    assert_eq!(seen("mutation{__typename}"), (false, false));
}

#[test]
fn an_operation_is_chosen_by_name_or_by_being_the_only_one() {
    let chosen = |source: &str, name: Option<&str>| {
        let document = parse_query(source).unwrap();
        choose(&document, name, &Variables::default())
            .map(|operation| operation.ty)
            .map_err(|error| error.code())
    };
    assert!(chosen("{a}", None).is_ok());
    assert!(chosen("query A{a}", None).is_ok());
    assert!(chosen("query A{a} mutation B{b}", Some("B")).is_ok());
    for (source, name) in [
        ("{a}", Some("A")),
        ("query A{a}", Some("B")),
        ("query A{a} query B{b}", None),
        ("query A{a}", Some("")),
    ] {
        assert_eq!(
            chosen(source, name),
            Err(Code::GraphqlValidationFailed),
            "{source} {name:?}"
        );
    }
}

#[test]
fn a_variable_that_must_not_be_null_must_be_there() {
    let given = |source: &str, variables: serde_json::Value| {
        let document = parse_query(source).unwrap();
        choose(&document, None, &Variables::from_json(variables))
            .map(drop)
            .map_err(|error| error.code())
    };
    let refused = Err(Code::BadUserInput);
    assert_eq!(given("query($a: ID!){x}", json!({})), refused);
    assert_eq!(given("query($a: ID!){x}", json!({"a": null})), refused);
    assert_eq!(given("query($a: ID! = 1){x}", json!({"a": null})), refused);
    assert_eq!(given("query($a: ID! = 1){x}", json!({})), Ok(()));
    assert_eq!(given("query($a: ID!){x}", json!({"a": "1"})), Ok(()));
    assert_eq!(given("query($a: ID){x}", json!({})), Ok(()));
}

#[track_caller]
fn assert_cost(source: &str, variables: serde_json::Value, expected: u64) {
    let document = parse_query(source).unwrap();
    let variables = Variables::from_json(variables);
    let operation = choose(&document, None, &variables).unwrap();
    assert_eq!(cost(&document, operation, &variables), expected, "{source}");
}

#[test]
fn what_is_on_a_page_costs_once_per_row() {
    assert_cost("{a b{c d}}", json!({}), 4);
    assert_cost("{a(first: 10){edges{node{x}}}}", json!({}), 1 + 10 * 3);
    assert_cost("{a(last: 7){nodes{x}}}", json!({}), 1 + 7 * 2);
    assert_cost("{a{nodes{x}}}", json!({}), 1 + 50 * 2);
    assert_cost(
        "query($n: Int){a(first: $n){nodes{x}}}",
        json!({"n": 20}),
        1 + 20 * 2,
    );
    assert_cost(
        "query($n: Int = 30){a(first: $n){nodes{x}}}",
        json!({}),
        1 + 30 * 2,
    );
    assert_cost(
        "{a(first: 10){nodes{b(first: 10){nodes{x}}}}}",
        json!({}),
        1 + 10 * (1 + 1 + 10 * 2),
    );
    assert_cost("{a(first: -1){x} b(first: \"9\"){x}}", json!({}), 4);
    assert_cost(
        "{a{...F} b{...F}} fragment F on Q{x(first: 3){y}}",
        json!({}),
        2 + 2 * 4,
    );
}

#[test]
fn a_cost_beyond_all_numbers_is_the_greatest() {
    let source = format!(
        "{{{}x{}}}",
        "a(first: 18446744073709551615){b ".repeat(3),
        "}".repeat(3)
    );
    assert_cost(&source, json!({}), u64::MAX);
}

/// The same as [`measure`], by expanding every spread: exponential, and plainly right.
fn expanded(document: &ExecutableDocument, set: &SelectionSet) -> Measure {
    let mut sum = Measure::default();
    for selection in &set.items {
        let one = match &selection.node {
            Selection::Field(field) => {
                let inside = expanded(document, &field.node.selection_set.node);
                Measure {
                    fields: inside.fields + 1,
                    aliases: inside.aliases + u64::from(field.node.alias.is_some()),
                    depth: inside.depth + 1,
                    nesting: inside.nesting + 1,
                }
            }
            Selection::InlineFragment(inline) => {
                one_deeper(expanded(document, &inline.node.selection_set.node))
            }
            Selection::FragmentSpread(spread) => {
                let fragment = &document.fragments[spread.node.fragment_name.node.as_str()];
                one_deeper(expanded(document, &fragment.node.selection_set.node))
            }
        };
        sum.fields += one.fields;
        sum.aliases += one.aliases;
        sum.depth = sum.depth.max(one.depth);
        sum.nesting = sum.nesting.max(one.nesting);
    }
    sum
}

fn one_deeper(measure: Measure) -> Measure {
    Measure {
        nesting: measure.nesting + 1,
        ..measure
    }
}

/// A selection set that spreads only fragments with a number from `first_fragment` on, so that there is no circle.
fn any_set(first_fragment: usize, fragments: usize) -> impl Strategy<Value = String> {
    let mut leaves = vec![
        Just("a".to_owned()).boxed(),
        Just("x: b".to_owned()).boxed(),
    ];
    if first_fragment < fragments {
        leaves.push(
            (first_fragment..fragments)
                .prop_map(|number| format!("...F{number}"))
                .boxed(),
        );
    }
    let leaf = proptest::strategy::Union::new(leaves);
    let selection = leaf.prop_recursive(3, 12, 3, |inner| {
        let inside = proptest::collection::vec(inner, 1..4).prop_map(|all| all.join(" "));
        (inside, 0..3).prop_map(|(inside, kind)| match kind {
            0 => format!("c{{{inside}}}"),
            1 => format!("y: d{{{inside}}}"),
            _ => format!("...on Q{{{inside}}}"),
        })
    });
    proptest::collection::vec(selection, 1..4).prop_map(|all| all.join(" "))
}

fn any_document() -> impl Strategy<Value = String> {
    const FRAGMENTS: usize = 4;
    let fragments: Vec<_> = (0..FRAGMENTS)
        .map(|number| any_set(number + 1, FRAGMENTS))
        .collect();
    (any_set(0, FRAGMENTS), fragments).prop_map(|(operation, fragments)| {
        // Every fragment is used at least once, by a field of its own.
        let used: String = (0..FRAGMENTS)
            .map(|number| format!(" u{{...F{number}}}"))
            .collect();
        let defined: String = fragments
            .iter()
            .enumerate()
            .map(|(number, set)| format!(" fragment F{number} on Q{{{set}}}"))
            .collect();
        format!("{{{operation}{used}}}{defined}")
    })
}

proptest! {
    #[test]
    fn the_memo_gives_what_plain_expansion_gives(source in any_document()) {
        let document = parse_query(&source).unwrap();
        let measured = measure(&document, 1_000).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        prop_assert_eq!(measured.whole, expanded(&document, &operation.node.selection_set.node));
        prop_assert!(measured.work <= u64::try_from(source.len()).unwrap());
    }

    #[test]
    fn no_text_makes_the_check_panic(source in "[{}()\\[\\]a-c:$!=@#\" .0-9\\\\\n\"]{0,60}") {
        let _ = check(&source, &DocumentLimits::default()).is_ok();
    }
}
