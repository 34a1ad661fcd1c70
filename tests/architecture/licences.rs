//! Every crate that goes into the program has a licence of the list in `deny.toml` and comes from crates.io: what
//! `cargo deny` checks, for machines without it. Advisories need its database and are left to it.

use std::collections::BTreeSet;

use cargo_metadata::{MetadataCommand, Package};

use super::repository::{root, text};

fn allowed() -> BTreeSet<String> {
    let settings: toml::Table = toml::from_str(&text("deny.toml".as_ref())).unwrap();
    let list = settings["licenses"]["allow"].as_array().unwrap();
    list.iter()
        .map(|licence| licence.as_str().unwrap().to_owned())
        .collect()
}

/// Whether an SPDX expression (specification 2.3, annex D) can be met; `/` is the old form of `OR`.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let words = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = words.split_whitespace().collect();
    let (met, rest) = either(&words, allowed);
    met && rest.is_empty()
}

fn either<'a, 'w>(words: &'a [&'w str], allowed: &BTreeSet<String>) -> (bool, &'a [&'w str]) {
    let (mut met, mut rest) = both(words, allowed);
    while let ["OR", right @ ..] = rest {
        let (also, after) = both(right, allowed);
        (met, rest) = (met || also, after);
    }
    (met, rest)
}

fn both<'a, 'w>(words: &'a [&'w str], allowed: &BTreeSet<String>) -> (bool, &'a [&'w str]) {
    let (mut met, mut rest) = one(words, allowed);
    while let ["AND", right @ ..] = rest {
        let (also, after) = one(right, allowed);
        (met, rest) = (met && also, after);
    }
    (met, rest)
}

fn one<'a, 'w>(words: &'a [&'w str], allowed: &BTreeSet<String>) -> (bool, &'a [&'w str]) {
    match words {
        ["(", inner @ ..] => {
            let (met, rest) = either(inner, allowed);
            (met, rest.strip_prefix(&[")"]).unwrap_or(rest))
        }
        [licence, "WITH", exception, rest @ ..] => (
            allowed.contains(&format!("{licence} WITH {exception}")) || allowed.contains(*licence),
            rest,
        ),
        [licence, rest @ ..] => (allowed.contains(*licence), rest),
        [] => (false, words),
    }
}

fn foreign_crates() -> Vec<Package> {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .exec()
        .unwrap();
    let ours: BTreeSet<_> = metadata.workspace_members.iter().cloned().collect();
    metadata
        .packages
        .into_iter()
        .filter(|package| !ours.contains(&package.id))
        .collect()
}

#[test]
fn every_crate_has_an_allowed_licence() {
    let allowed = allowed();
    let wrong: Vec<String> = foreign_crates()
        .into_iter()
        .filter(|package| {
            !package
                .license
                .as_ref()
                .is_some_and(|licence| is_met(licence, &allowed))
        })
        .map(|package| {
            format!(
                "{} {}: {:?}",
                package.name, package.version, package.license
            )
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "look at these licences, then at deny.toml: {wrong:#?}"
    );
}

#[test]
fn every_crate_comes_from_the_registry() {
    let wrong: Vec<String> = foreign_crates()
        .into_iter()
        .filter(|package| {
            !package
                .source
                .as_ref()
                .is_some_and(cargo_metadata::Source::is_crates_io)
        })
        .map(|package| package.name.to_string())
        .collect();
    assert!(wrong.is_empty(), "not from crates.io: {wrong:?}");
}

#[test]
fn expressions_are_judged_as_the_standard_reads_them() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "ISC".to_owned()]);
    for (expression, met) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("MIT AND GPL-3.0", false),
        ("GPL-3.0 AND MIT OR ISC", true),
        ("(GPL-3.0 OR MIT) AND ISC", true),
        ("(GPL-3.0 OR MIT) AND Zlib", false),
        ("MIT WITH exception", true),
    ] {
        assert_eq!(is_met(expression, &allowed), met, "{expression}");
    }
}
