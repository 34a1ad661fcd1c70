//! Where the data lie, and how the tests read tables.

use std::path::{Path, PathBuf};

use cartera_commands::files::{Cell, FileRefusal, Row, TableOptions, TableReader, WorkerProgram};

/// A file or folder of the shared data; none, and a line that says so, where the data are absent.
#[expect(
    clippy::disallowed_methods,
    reason = "tests may be told where the data lie"
)]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let base = std::env::var("CARTERA_SHARED_DATA").map_or_else(|_unset| beside(), PathBuf::from);
    let path = base.join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is absent", path.display());
    None
}

/// Options with the reader of workbooks that is built beside the tests.
pub(crate) fn options() -> TableOptions {
    let test = std::env::current_exe().expect("a test knows its own path");
    let built = test
        .parent()
        .and_then(Path::parent)
        .expect("tests lie in target/<profile>/deps");
    let program = built.join("examples/import_worker");
    assert!(
        program.exists(),
        "{} is not built: run `cargo test` or `cargo build --examples`",
        program.display()
    );
    TableOptions {
        worker: WorkerProgram::Other {
            program,
            arguments: Vec::new(),
        },
        ..TableOptions::default()
    }
}

/// A table with all its rows as text.
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    /// The header, where there is one, and the rows.
    pub(crate) fn with_header(self) -> Vec<Vec<String>> {
        let header = Some(self.header).filter(|header| header.iter().any(|name| !name.is_empty()));
        header.into_iter().chain(self.rows).collect()
    }
}

/// Reads a table; a row that cannot be read fails the test.
#[expect(
    clippy::panic_in_result_fn,
    reason = "a refused file is an outcome, a refused row a failure of the test"
)]
pub(crate) fn read(path: &Path) -> Result<Table, FileRefusal> {
    let reader = TableReader::open(path, &options())?;
    let header = reader
        .columns()
        .iter()
        .map(|column| column.name.clone())
        .collect();
    let rows = reader
        .map(|row| texts(&row.unwrap_or_else(|error| panic!("{}: {error}", path.display()))))
        .collect();
    Ok(Table { header, rows })
}

pub(crate) fn texts(row: &Row) -> Vec<String> {
    row.cells
        .iter()
        .map(Cell::as_text)
        .map(String::from)
        .collect()
}

/// Regular files below a folder, in a fixed order.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
