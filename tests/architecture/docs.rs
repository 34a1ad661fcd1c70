//! What the pages name is there.

use std::fs;
use std::path::{Path, PathBuf};

use super::repository::{files, root, text};

/// The paths that a page names: relative links, and inline code that looks like a path into the repository.
fn named_paths(page: &Path, text: &str) -> Vec<PathBuf> {
    let prose = without_code_blocks(text);
    let links = prose
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', '#']).next());
    let links = links
        .filter(|link| !link.is_empty() && !link.contains(':'))
        .map(|link| page.parent().unwrap().join(link));
    let spans = prose
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|span| is_path(span))
        .map(PathBuf::from);
    links.chain(spans).collect()
}

/// Blocks hold commands and examples, which other tests run.
fn without_code_blocks(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

fn is_path(span: &str) -> bool {
    let plain = span
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "/._-@*".contains(c));
    let inside = span
        .split('/')
        .next()
        .is_some_and(|first| !first.is_empty() && root().join(first).is_dir());
    plain && inside && span.contains('/')
}

/// Whether the path, whose last parts may hold `*`, is there.
fn exists(path: &Path) -> bool {
    let fixed: PathBuf = path
        .iter()
        .take_while(|part| !part.to_string_lossy().contains('*'))
        .collect();
    root().join(fixed).exists()
}

#[test]
fn every_path_that_a_page_names_exists() {
    let mut dead = Vec::new();
    for page in files(".md") {
        let paths = named_paths(&page, &text(&page));
        dead.extend(
            paths
                .into_iter()
                .filter(|path| !exists(path))
                .map(|path| (page.clone(), path)),
        );
    }
    assert!(
        dead.is_empty(),
        "these pages name paths that are not there: {dead:#?}"
    );
}

#[test]
fn a_dead_path_would_be_found() {
    let page = Path::new("docs/page.md");
    let paths = named_paths(
        page,
        "See `api/src/nowhere.rs`, `SELECT a/b`, [here](gone.md#part), [out](https://example.com/x).",
    );
    assert_eq!(
        paths,
        [Path::new("docs/gone.md"), Path::new("api/src/nowhere.rs")]
    );
    assert!(paths.iter().all(|path| !exists(path)));
    assert!(exists(Path::new("domain/src/*.rs")));
}

#[test]
fn every_decision_has_a_number_of_its_own() {
    let mut numbers: Vec<String> = fs::read_dir(root().join("docs/adr"))
        .unwrap()
        .map(|entry| {
            entry
                .unwrap()
                .file_name()
                .to_string_lossy()
                .chars()
                .take_while(char::is_ascii_digit)
                .collect()
        })
        .filter(|number: &String| !number.is_empty())
        .collect();
    numbers.sort();
    let twice: Vec<_> = numbers
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .collect();
    assert!(twice.is_empty(), "two decisions with one number: {twice:?}");
}
