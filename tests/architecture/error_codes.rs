//! Every code that a program may meet is unique and explained.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::repository::{files, text};

/// The codes in a file of errors: the texts in capitals to the right of an arrow.
fn codes(source: &str) -> Vec<&str> {
    let right_of_arrows = source
        .split("=> \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    let capitals = |code: &&str| {
        code.len() > 3
            && code
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    right_of_arrows.filter(capitals).collect()
}

/// The files whose `code` functions name the published codes.
fn sources() -> Vec<PathBuf> {
    let named = |path: &Path| {
        path.ends_with("error.rs")
            && (path.starts_with("domain/src") || path.starts_with("commands/src"))
    };
    files(".rs")
        .into_iter()
        .filter(|path| named(path))
        .collect()
}

#[test]
fn every_code_is_unique() {
    let mut places: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for path in sources() {
        for code in codes(&text(&path)) {
            places
                .entry(code.to_owned())
                .or_default()
                .push(path.clone());
        }
    }
    assert!(places.len() > 30, "the codes were not found: {places:?}");
    let twice: Vec<_> = places
        .iter()
        .filter(|(_, places)| places.len() > 1)
        .collect();
    assert!(twice.is_empty(), "one code, one meaning: {twice:#?}");
}

#[test]
fn every_code_is_explained() {
    let page = text("docs/errors.md".as_ref());
    let missing: Vec<String> = sources()
        .iter()
        .flat_map(|path| {
            codes(&text(path))
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .filter(|code| !page.contains(&format!("`{code}`")))
        .collect();
    assert!(
        missing.is_empty(),
        "docs/errors.md does not explain {missing:#?}"
    );
}
