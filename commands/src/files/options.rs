//! What may be said about a file beforehand; what is not said is found out.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::limits::Limits;

/// How to read a file. [`TableOptions::default`] finds everything out.
#[derive(Debug, Clone, Default)]
pub struct TableOptions {
    /// Name of the encoding (`utf-8`, `windows-1252`, `utf-16le`, …), for text.
    pub encoding: Option<String>,
    /// Separator between cells, for text.
    pub separator: Option<char>,
    /// Where the header is.
    pub header: HeaderChoice,
    /// Which sheet, for workbooks.
    pub sheet: SheetChoice,
    /// How much is too much.
    pub limits: Limits,
    /// The program that reads workbooks.
    pub worker: WorkerProgram,
    /// Raised by whoever wants the reading to end early.
    pub stop: StopSign,
}

/// Ends what it was given to, wherever that runs: once raised it stays so. Clones are the same sign.
#[derive(Debug, Clone, Default)]
pub struct StopSign(Arc<AtomicBool>);

impl StopSign {
    /// Asks to stop.
    pub fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked to stop.
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Where the header is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HeaderChoice {
    /// Found out: the first row that looks like one, below title rows.
    #[default]
    Detect,
    /// On this line of the file, from 1.
    Line(u64),
    /// There is none; columns have numbers only.
    Absent,
}

/// Which sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum SheetChoice {
    /// The first visible worksheet that holds anything; else the first that does.
    #[default]
    FirstFilled,
    /// The one of this name, hidden or not; upper and lower case count.
    Named(String),
    /// The one at this place, from 1, hidden ones counted.
    Numbered(usize),
}

/// The program that reads workbooks, and its first arguments; the request comes after them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum WorkerProgram {
    /// This very program with the argument `import-worker`, which its `main` passes to [`super::run_worker`].
    #[default]
    ThisProgram,
    /// Another one.
    Other {
        /// Path of the program.
        program: PathBuf,
        /// Arguments before the request.
        arguments: Vec<OsString>,
    },
}
