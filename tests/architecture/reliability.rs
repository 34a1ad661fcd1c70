//! What `docs/reliability.md` promises is tested where it says.

use std::collections::BTreeMap;
use std::path::Path;

use super::repository::{root, text};

const PAGE: &str = include_str!("../../docs/reliability.md");
/// The requirements that hold by now.
const REQUIREMENTS: [u32; 19] = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 18, 19, 20, 22, 23,
];

/// The tests of each requirement: those named in its rows as `path::name`.
fn named_tests() -> BTreeMap<u32, Vec<(&'static str, &'static str)>> {
    let mut named: BTreeMap<u32, Vec<_>> = BTreeMap::new();
    for line in PAGE.lines() {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let Some(number) = cells.next().and_then(|cell| cell.parse().ok()) else {
            continue;
        };
        let tests = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
        let tests = tests.filter_map(|span| span.split_once("::"));
        named.entry(number).or_default().extend(tests);
    }
    named
}

/// Whether the file has a test of this name.
fn has_test(text: &str, name: &str) -> bool {
    let signature = format!("fn {name}(");
    let befores: Vec<&str> = text.split(&signature).collect();
    let befores = befores
        .split_last()
        .map_or(&[][..], |(_after, befores)| befores);
    befores.iter().any(|before| {
        let before = before.trim_end_matches("async ").trim_end();
        let attributes = before.lines().rev().take(8);
        let attributes: Vec<&str> = attributes
            .take_while(|line| !line.trim().is_empty() && line.trim() != "}")
            .collect();
        attributes.iter().any(|line| {
            ["#[test]", "#[tokio::test"]
                .iter()
                .any(|test| line.contains(test))
        })
    })
}

#[test]
fn every_requirement_has_a_row_with_a_test() {
    let named = named_tests();
    for requirement in REQUIREMENTS {
        let tests = named.get(&requirement);
        assert!(
            tests.is_some_and(|tests| !tests.is_empty()),
            "requirement {requirement} has no test in docs/reliability.md"
        );
    }
}

#[test]
fn every_test_that_the_page_names_is_there() {
    let mut missing = vec![];
    for (requirement, tests) in named_tests() {
        for (path, name) in tests {
            let path = Path::new(path);
            if !root().join(path).is_file() || !has_test(&text(path), name) {
                missing.push(format!("{requirement}: {}::{name}", path.display()));
            }
        }
    }
    assert!(missing.is_empty(), "not there: {missing:#?}");
}

#[test]
fn a_function_that_is_no_test_is_told_apart() {
    let text = "#[tokio::test]\nasync fn it_holds() {\n}\n\nfn helper() {\n}\n";
    assert!(has_test(text, "it_holds"));
    assert!(!has_test(text, "helper"));
    assert!(!has_test(text, "it"));
}
