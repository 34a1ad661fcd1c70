//! What has landed in `migrations` is never edited: every database that ran it would refuse the other text.

use std::fmt::Write;

use cartera::database::migrations::MIGRATOR;

use super::repository::{files, root, text};

/// SHA-384 of each file, in the form of `sha384sum`.
const CHECKSUMS: &str = include_str!("../../migrations/CHECKSUMS");

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn file_of(version: i64) -> String {
    let files = files(".sql").into_iter();
    let mut names = files
        .filter(|file| file.starts_with("migrations"))
        .map(|file| file.file_name().unwrap().to_string_lossy().into_owned());
    names
        .find(|name| name.starts_with(&version.to_string()))
        .unwrap()
}

#[test]
fn no_migration_that_has_landed_is_edited() {
    for migration in MIGRATOR.iter() {
        let file = file_of(migration.version);
        let line = format!("{}  {file}", hex(&migration.checksum));
        let kept = CHECKSUMS.lines().find(|line| line.ends_with(&file));
        let kept = kept.unwrap_or_else(|| panic!("add this line to migrations/CHECKSUMS: {line}"));
        assert_eq!(
            kept, line,
            "{file} has landed and is history: put the change into a new migration"
        );
    }
}

#[test]
fn no_migration_that_has_landed_is_removed() {
    for line in CHECKSUMS.lines() {
        let (_, file) = line.split_once("  ").unwrap();
        assert!(
            root().join("migrations").join(file).exists(),
            "{file} has landed: databases out there have run it"
        );
    }
}

#[test]
fn no_migration_changes_an_event() {
    let files = files(".sql").into_iter();
    for file in files.filter(|file| file.starts_with("migrations")) {
        let text = text(&file).to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        for act in [
            &["update", "events"][..],
            &["delete", "from", "events"],
            &["truncate", "events"],
            &["drop", "trigger", "events_are_history"],
            &["disable", "trigger"],
        ] {
            assert!(
                !words.windows(act.len()).any(|window| window == act),
                "{}: {} is a change of history",
                file.display(),
                act.join(" ")
            );
        }
    }
}
