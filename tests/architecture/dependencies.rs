//! Which crate may know which: the picture in ARCHITECTURE.md, checked on what cargo says.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// Each crate of the workspace with the others that it may stand on.
const ALLOWED: [(&str, &[&str]); 7] = [
    ("cartera-domain", &[]),
    ("cartera-journal", &["cartera-domain"]),
    ("cartera-commands", &["cartera-domain", "cartera-journal"]),
    (
        "cartera-projections",
        &["cartera-domain", "cartera-journal"],
    ),
    ("cartera-embedded", &[]),
    (
        "cartera",
        &[
            "cartera-domain",
            "cartera-journal",
            "cartera-commands",
            "cartera-projections",
            "cartera-embedded",
        ],
    ),
    (
        "cartera-tests",
        &[
            "cartera-domain",
            "cartera-journal",
            "cartera-commands",
            "cartera-projections",
            "cartera-embedded",
            "cartera",
        ],
    ),
];

/// All that the pure crate may use from outside; `async-graphql` behind a feature, for enums and scalars.
const DOMAIN_MAY_USE: [&str; 10] = [
    "async-graphql",
    "chrono",
    "chrono-tz",
    "cqrs-es",
    "rust_decimal",
    "serde",
    "serde_json",
    "strum",
    "thiserror",
    "uuid",
];

/// What no crate below the border to the network may use.
const ONLY_AT_THE_BORDER: [&str; 8] = [
    "async-graphql",
    "axum",
    "hyper",
    "hyper-util",
    "reqwest",
    "tower",
    "tower-http",
    "prometheus-client",
];

/// Crates whose enums the API shows as they are: behind their feature `graphql`, and for nothing else.
const NAMES_ENUMS: [&str; 2] = ["cartera-domain", "cartera-projections"];

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(super::repository::root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .unwrap()
}

fn used(package: &Package) -> BTreeSet<&str> {
    let normal = package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == DependencyKind::Normal);
    normal.map(|dependency| dependency.name.as_str()).collect()
}

fn package<'a>(metadata: &'a Metadata, name: &str) -> &'a Package {
    metadata
        .packages
        .iter()
        .find(|package| *package.name == name)
        .unwrap_or_else(|| panic!("no crate {name}"))
}

#[test]
fn every_crate_stands_only_on_those_below_it() {
    let metadata = metadata();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.into();
    let ours: BTreeSet<&str> = metadata
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    assert_eq!(
        ours,
        allowed.keys().copied().collect(),
        "a new crate needs its place in this list"
    );
    for package in &metadata.packages {
        let known: BTreeSet<&str> = used(package).intersection(&ours).copied().collect();
        let allowed: BTreeSet<&str> = allowed[package.name.as_str()].iter().copied().collect();
        assert!(
            known.is_subset(&allowed),
            "{} must not know {:?}",
            package.name,
            known.difference(&allowed)
        );
    }
}

#[test]
fn the_domain_uses_nothing_that_reads_a_clock_or_does_io() {
    let metadata = metadata();
    let domain = package(&metadata, "cartera-domain");
    let unknown: Vec<&str> = used(domain)
        .into_iter()
        .filter(|name| !DOMAIN_MAY_USE.contains(name))
        .collect();
    assert!(unknown.is_empty(), "the domain must not use {unknown:?}");
    let graphql = domain
        .dependencies
        .iter()
        .find(|dependency| dependency.name == "async-graphql");
    assert!(
        graphql.is_none_or(|dependency| dependency.optional),
        "GraphQL is behind a feature"
    );
}

#[test]
fn only_the_api_knows_the_network() {
    let metadata = metadata();
    for name in [
        "cartera-domain",
        "cartera-journal",
        "cartera-commands",
        "cartera-projections",
        "cartera-embedded",
    ] {
        let used = used(package(&metadata, name));
        let wrong: Vec<&str> = ONLY_AT_THE_BORDER
            .into_iter()
            .filter(|border| used.contains(border))
            .collect();
        assert!(
            wrong.is_empty() || NAMES_ENUMS.contains(&name) && wrong == ["async-graphql"],
            "{name} must not use {wrong:?}"
        );
    }
}

#[test]
fn the_api_holds_no_sql() {
    let macros = [
        "query!(",
        "query_as!(",
        "query_scalar!(",
        "query_file!(",
        "query_file_as!(",
    ]
    .map(|name| format!("sqlx::{name}"));
    let in_api = super::repository::files(".rs")
        .into_iter()
        .filter(|path| path.starts_with("api/src"));
    let with_sql: Vec<_> = in_api
        // Credentials and sessions, uploaded files and import jobs are no part of the log and have no other home.
        .filter(|path| {
            !["api/src/auth", "api/src/files", "api/src/imports"]
                .iter()
                .any(|home| path.starts_with(home))
        })
        .filter(|path| {
            macros
                .iter()
                .any(|sql| super::repository::text(path).contains(sql))
        })
        .collect();
    assert!(
        with_sql.is_empty(),
        "SQL belongs to journal, commands or projections: {with_sql:?}"
    );
}
