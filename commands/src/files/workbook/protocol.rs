//! What the two processes say to each other.
//!
//! The parent gives the request as the last argument, as JSON, and the file as standard input. The child answers with one
//! JSON message per line: `opened`, then `row` and `row_refused` in the order of the sheet, then `end`; or `refused`, at
//! any moment, as the last. An answer that breaks off without `end` or `refused` was cut by a limit.

use serde::{Deserialize, Serialize};

use crate::files::cell::Row;
use crate::files::limits::Limits;
use crate::files::options::SheetChoice;
use crate::files::refusal::{FileRefusal, RowRefusal};

/// What the parent asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) sheet: SheetChoice,
    pub(super) limits: Limits,
}

/// What the child answers, line by line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Message {
    Opened(WorkbookFormat),
    #[serde(rename = "r")]
    Row(Row),
    RowRefused(RowRefusal),
    Refused(FileRefusal),
    End {
        /// Most memory that the child had resident, in bytes; 0 where the system does not tell.
        peak_bytes: u64,
    },
}

/// What is known of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkbookFormat {
    /// Its kind.
    pub kind: WorkbookKind,
    /// Its worksheets, in its order.
    pub sheets: Vec<Sheet>,
    /// Name of the sheet that is read.
    pub sheet: String,
    /// From which day its dates count.
    pub date_system: DateSystem,
}

/// The kinds of workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, strum::Display)]
#[strum(serialize_all = "UPPERCASE")]
pub enum WorkbookKind {
    /// Office Open XML.
    Xlsx,
    /// Office Open XML with macros, which are never run.
    Xlsm,
    /// Office Open XML, its sheets in binary form.
    Xlsb,
    /// Excel 5 to 2003.
    Xls,
    /// Open document.
    Ods,
}

/// From which day a workbook's dates count. Cells that are dates are converted already; this is for numbers that stand in
/// a column of dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum DateSystem {
    /// 1 is 1900-01-01, and 60 the 29 February 1900 that never was.
    #[default]
    From1900,
    /// 0 is 1904-01-01.
    From1904,
}

/// One sheet of cells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether a person sees it.
    pub visibility: SheetVisibility,
}

/// Whether a person sees a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SheetVisibility {
    /// Yes.
    Visible,
    /// Not before choosing to show it.
    Hidden,
    /// Not by any means of the user interface.
    VeryHidden,
}
