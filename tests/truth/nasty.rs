//! Files that were made to break importers, through the real program: each loads or is refused with a reason that is explained,
//! never with a crash, a hang, or more than 512 MiB.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use cartera_commands::files::{Cell, TableOptions, TableReader};
use cartera_tests::TestDatabase;

use crate::company::{root, shared, worker};

mod judging;

use judging::{Judge, Judged, Outcome};

#[tokio::test]
async fn text_files_made_to_break_importers_load_or_are_refused_with_a_reason() {
    let files = [
        "18_csv_nasty",
        "12_salesforce_dataloader",
        "20_formula_injection",
    ];
    let Some(judged) = judge_all(&files).await else {
        return;
    };
    assert!(judged.loaded >= 260, "{judged:?}");
    let kinds: BTreeSet<&str> = judged.refused_files.keys().map(String::as_str).collect();
    assert_eq!(
        kinds,
        ["FILE_EMPTY", "FILE_NOT_A_TABLE"].into(),
        "{judged:?}"
    );
}

#[tokio::test]
async fn workbooks_made_to_break_importers_load_or_are_refused_with_a_reason() {
    let Some(judged) = judge_all(&["19_xlsx_nasty"]).await else {
        return;
    };
    assert!(judged.loaded >= 100, "{judged:?}");
    for (code, files) in [
        ("FILE_PASSWORD_PROTECTED", 4),
        ("FILE_UNPACKS_TOO_LARGE", 1),
        ("FILE_DAMAGED", 2),
    ] {
        assert_eq!(judged.refused_files.get(code), Some(&files), "{judged:?}");
    }
}

/// What became of a corpus.
#[derive(Debug, Default)]
struct Corpus {
    /// Files of which the records were judged.
    loaded: usize,
    /// Files refused as a whole, by code.
    refused_files: BTreeMap<String, usize>,
    /// Most memory that one import held, its reader of workbooks included, in KiB.
    peak_kib: u64,
}

/// Judges every file of the folders, two at a time.
async fn judge_all(folders: &[&str]) -> Option<Corpus> {
    let shared = shared()?;
    let files: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| files_below(&shared.join(folder)))
        .collect();
    let database = TestDatabase::create().await;
    let judge = Judge::over(&database).await;
    let mut corpus = Corpus::default();
    for pair in files.chunks(2) {
        let judged = pair.iter().map(|file| judge.judge(file, profile_for(file)));
        for (file, judged) in pair
            .iter()
            .zip(futures_util::future::join_all(judged).await)
        {
            corpus.note(file, judged);
        }
    }
    Some(corpus)
}

impl Corpus {
    fn note(&mut self, file: &Path, judged: Judged) {
        let file = file.display();
        assert!(
            judged.peak_kib < 512 << 10,
            "{file}: {} KiB",
            judged.peak_kib
        );
        self.peak_kib = self.peak_kib.max(judged.peak_kib);
        let explained = std::fs::read_to_string(root().join("docs/errors.md")).unwrap();
        let is_explained = |code: &String| explained.contains(&format!("| `{code}` |"));
        match judged.outcome {
            Outcome::Records { reasons, accounted } => {
                assert!(accounted, "{file}: every row has a verdict");
                let unexplained: Vec<_> =
                    reasons.iter().filter(|code| !is_explained(code)).collect();
                assert!(unexplained.is_empty(), "{file}: {unexplained:?}");
                self.loaded += 1;
            }
            Outcome::Refused { code } => {
                assert!(is_explained(&code), "{file}: {code}");
                *self.refused_files.entry(code).or_default() += 1;
            }
        }
    }
}

/// A profile by which every cell of the file is read: its key is the column that tells most rows apart.
fn profile_for(file: &Path) -> String {
    let options = TableOptions {
        worker: worker(),
        ..TableOptions::default()
    };
    let reader = TableReader::open(file, &options).ok();
    let width = reader.as_ref().map_or(1, |reader| reader.columns().len());
    let mut distinct = vec![BTreeSet::new(); width];
    for row in reader.into_iter().flatten().flatten() {
        for (values, cell) in distinct.iter_mut().zip(&row.cells) {
            values.extend((!matches!(cell, Cell::Empty)).then(|| cell.as_text().into_owned()));
        }
    }
    let count = |column: &usize| distinct[*column].len();
    let key = (0..width).rev().max_by_key(count).unwrap_or_default() + 1;
    let columns: Vec<String> = (1..=width)
        .map(|place| format!("\"column {place}\""))
        .collect();
    format!(
        "name = \"nasty\"\nsource = \"nasty\"\nrecord = \"lead\"\nkey = [\"column {key}\"]\n\
         [fields]\ncompany_name = \"column {key}\"\nnotes = {{ columns = [{}] }}\n",
        columns.join(", ")
    )
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
