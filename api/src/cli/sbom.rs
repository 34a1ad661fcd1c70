//! `cartera sbom`

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{CliError, tell};

/// What this very program was built from.
const LOCK: &str = include_str!("../../../Cargo.lock");
/// The crates of the workspace in it, whose `[dependencies]` tell what is linked apart from what only tests need.
const MANIFESTS: [&str; 6] = [
    include_str!("../../Cargo.toml"),
    include_str!("../../embedded/Cargo.toml"),
    include_str!("../../../commands/Cargo.toml"),
    include_str!("../../../domain/Cargo.toml"),
    include_str!("../../../journal/Cargo.toml"),
    include_str!("../../../projections/Cargo.toml"),
];
/// The program's own package.
const PROGRAM: &str = env!("CARGO_PKG_NAME");

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

#[derive(Deserialize)]
struct Manifest {
    package: Name,
    dependencies: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
struct Name {
    name: String,
}

/// Prints the crates in this program, as a `CycloneDX` list (version 1.5).
///
/// # Errors
/// When nobody can be told.
pub(super) fn run() -> Result<ExitCode, CliError> {
    let list = bill().map_err(|error| CliError::System {
        act: "the list of crates in this program does not read",
        source: std::io::Error::other(error),
    })?;
    tell(&format!("{list:#}"))?;
    Ok(ExitCode::SUCCESS)
}

/// The list of materials. Crates for other systems than this one are on it too: the lock file does not tell them apart.
fn bill() -> Result<Value, toml::de::Error> {
    let lock: Lock = toml::from_str(LOCK)?;
    let manifests: Vec<Manifest> = MANIFESTS
        .iter()
        .map(|text| toml::from_str(text))
        .collect::<Result<_, _>>()?;
    let linked = linked(&lock, &manifests);
    let others = linked.iter().filter(|package| package.name != PROGRAM);
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": {
            "type": "application", "name": PROGRAM, "version": env!("CARGO_PKG_VERSION"),
        } },
        "components": others.map(|package| component(package)).collect::<Vec<_>>(),
    }))
}

fn component(package: &Package) -> Value {
    let Package {
        name,
        version,
        checksum,
        dependencies: _,
    } = package;
    let mut component = json!({ "type": "library", "name": name, "version": version });
    // A crate of the workspace comes from nowhere else and has none.
    if let (Some(checksum), Some(fields)) = (checksum, component.as_object_mut()) {
        let package_url = format!("pkg:cargo/{name}@{version}");
        fields.insert("purl".to_owned(), package_url.into());
        let hashes = json!([{ "alg": "SHA-256", "content": checksum }]);
        fields.insert("hashes".to_owned(), hashes);
    }
    component
}

/// All that is reached from the program, by what the workspace's crates name for use outside of tests.
fn linked<'a>(lock: &'a Lock, manifests: &[Manifest]) -> Vec<&'a Package> {
    let (mut seen, mut found) = (BTreeSet::new(), vec![]);
    let mut next: Vec<&str> = vec![PROGRAM];
    while let Some(wanted) = next.pop() {
        let package = lock.package.iter().find(|package| is(package, wanted));
        let Some(package) = package.filter(|_| seen.insert(wanted)) else {
            continue;
        };
        let own = manifests
            .iter()
            .find(|manifest| manifest.package.name == package.name);
        next.extend(
            package
                .dependencies
                .iter()
                .map(String::as_str)
                .filter(|name| {
                    let plain = name.split(' ').next().unwrap_or(name);
                    own.is_none_or(|manifest| manifest.dependencies.contains_key(plain))
                }),
        );
        found.push(package);
    }
    found.sort_by_key(|package| (&package.name, &package.version));
    found.dedup_by_key(|package| (&package.name, &package.version));
    found
}

/// Whether this is the package that the lock file names so: `name`, or `name version` where there are several.
fn is(package: &Package, wanted: &str) -> bool {
    let mut parts = wanted.split(' ');
    parts.next() == Some(&package.name)
        && parts
            .next()
            .is_none_or(|version| version == package.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        let bill = bill().unwrap();
        let components = bill["components"].as_array().unwrap();
        let names = components
            .iter()
            .map(|component| component["name"].as_str().unwrap().to_owned());
        names.collect()
    }

    #[test]
    fn what_is_linked_is_on_the_list_and_what_only_tests_need_is_not() {
        let names = names();
        for linked in ["cartera-domain", "sqlx-postgres", "cqrs-es", "ring"] {
            assert!(names.iter().any(|name| name == linked), "{linked}");
        }
        for only_tested_with in ["proptest", "insta", "cartera-tests"] {
            assert!(
                !names.iter().any(|name| name == only_tested_with),
                "{only_tested_with}"
            );
        }
    }

    #[test]
    fn what_comes_from_the_registry_has_its_hash() {
        let bill = bill().unwrap();
        for component in bill["components"].as_array().unwrap() {
            let name = component["name"].as_str().unwrap();
            let hash = component["hashes"][0]["content"].as_str();
            assert_eq!(
                hash.map(str::len),
                (!name.starts_with("cartera")).then_some(64),
                "{name}"
            );
        }
    }
}
