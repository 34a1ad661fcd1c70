//! Names that say nothing are refused.

use super::repository::files;

/// Names of files that do not say what is in them.
const EMPTY_NAMES: [&str; 13] = [
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "misc",
    "shared",
    "manager",
    "service",
    "processor",
    "dto",
    "stuff",
    "mod",
];

#[test]
fn every_rust_file_is_named_after_what_is_in_it() {
    let wrong: Vec<_> = files(".rs")
        .into_iter()
        .filter(|path| {
            path.iter()
                .any(|part| EMPTY_NAMES.contains(&part.to_string_lossy().trim_end_matches(".rs")))
        })
        .collect();
    assert!(
        wrong.is_empty(),
        "a type needs a home with a noun: {wrong:?}"
    );
}

#[test]
fn migrations_are_named_by_time_and_act() {
    for path in files(".sql")
        .into_iter()
        .filter(|path| path.starts_with("migrations"))
    {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let (time, act) = name
            .split_once('_')
            .unwrap_or_else(|| panic!("{name} has no act"));
        assert!(
            time.len() == 14 && time.bytes().all(|byte| byte.is_ascii_digit()),
            "{name} does not begin with YYYYMMDDHHMMSS"
        );
        assert!(act.split('_').count() >= 2, "{name} is not <verb>_<object>");
    }
}
