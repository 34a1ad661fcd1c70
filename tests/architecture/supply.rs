//! What is built is what is in the repository: locked, without unsafe code (RELIABILITY 23).

use std::path::Path;

use super::repository::{files, root, text};

#[test]
fn no_crate_may_hold_unsafe_code() {
    let workspace: toml::Table = text(Path::new("Cargo.toml")).parse().unwrap();
    let lints = &workspace["workspace"]["lints"]["rust"];
    assert_eq!(lints["unsafe_code"].as_str(), Some("forbid"));
    for manifest in files("Cargo.toml") {
        let table: toml::Table = text(&manifest).parse().unwrap();
        if table.contains_key("package") {
            let inherits = &table["lints"]["workspace"];
            assert_eq!(inherits.as_bool(), Some(true), "{}", manifest.display());
        }
    }
}

#[test]
fn every_set_of_packages_is_locked() {
    assert!(root().join("Cargo.lock").exists());
    for manifest in files("package.json") {
        let lock = manifest.with_file_name("package-lock.json");
        assert!(root().join(&lock).exists(), "{} is missing", lock.display());
    }
}
