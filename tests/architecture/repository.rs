//! The files of the repository, without what builds leave in it.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders of builds and tools.
const LEFT_OUT: [&str; 6] = [
    "target",
    "node_modules",
    ".git",
    ".sqlx",
    "dist",
    "test-results",
];

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Every file below the root with this ending, by its path from the root.
pub(crate) fn files(ending: &str) -> Vec<PathBuf> {
    let (root, mut found) = (root(), Vec::new());
    collect(&root, ending, &mut found);
    let mut found: Vec<PathBuf> = found
        .iter()
        .map(|path| path.strip_prefix(&root).unwrap().to_owned())
        .collect();
    found.sort();
    assert!(
        !found.is_empty(),
        "no file ends with {ending}: is the root right?"
    );
    found
}

/// The text of a file, by its path from the root.
pub(crate) fn text(path: &Path) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn collect(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !LEFT_OUT.contains(&name.as_str()) && !path.is_symlink() {
                collect(&path, ending, found);
            }
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
}
