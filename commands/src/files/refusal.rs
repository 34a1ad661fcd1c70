//! Why a file, or one of its rows, cannot be read.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// Why a whole file is refused. Each has a stable code; details meant for a log are in fields that the sentence leaves out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, IntoStaticStr, Serialize, Deserialize)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum FileRefusal {
    /// The system does not give it: no such file, a directory, no right to read it.
    #[error("the file cannot be opened: {reason}")]
    FileNotOpened {
        /// What the system says.
        reason: String,
    },
    /// There is not one cell in it.
    #[error("the file holds no table: it is empty")]
    FileEmpty,
    /// More bytes than allowed.
    #[error("the file has {bytes} bytes, at most {limit} are allowed")]
    FileTooLarge {
        /// Bytes found.
        bytes: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// Something else than a table.
    #[error("the file is not a table but {kind}")]
    FileNotATable {
        /// What it is, with its article.
        kind: String,
    },
    /// Encrypted.
    #[error("the workbook is protected by a password: save it without one")]
    FilePasswordProtected,
    /// It ends too early.
    #[error("the file is incomplete: its end is missing")]
    FileTruncated,
    /// Its structure is broken, or of a kind that cannot be read.
    #[error(
        "the file is damaged, or of a kind that cannot be read: open it in a spreadsheet program and save it again"
    )]
    FileDamaged {
        /// What the reading library says, for the log.
        detail: String,
    },
    /// Unpacked, the workbook would be larger than allowed.
    #[error("the workbook unpacks to more than is allowed ({what}: {found}, at most {limit})")]
    FileUnpacksTooLarge {
        /// What is too much: entries, bytes, ratio.
        what: String,
        /// How much there is.
        found: u64,
        /// How much is allowed.
        limit: u64,
    },
    /// Reading the workbook takes more memory than allowed.
    #[error("reading the workbook takes more than {limit} bytes of memory: save the sheet as CSV")]
    FileNeedsTooMuchMemory {
        /// Bytes allowed.
        limit: u64,
    },
    /// Reading the workbook takes longer than allowed.
    #[error("reading the workbook takes too long: save the sheet as CSV")]
    FileTakesTooLong,
    /// The sheet asked for does not exist.
    #[error("the workbook has no sheet {name:?}")]
    FileSheetNotFound {
        /// Name or number asked for.
        name: String,
    },
    /// The header has more columns than allowed.
    #[error("the table has {columns} columns, at most {limit} are allowed")]
    FileTooManyColumns {
        /// Columns found.
        columns: usize,
        /// Columns allowed.
        limit: usize,
    },
    /// The header's line has no record.
    #[error("the file has no record on line {line}, where its header should be")]
    FileHeaderNotFound {
        /// Line asked for.
        line: u64,
    },
    /// The encoding asked for is not known.
    #[error("unknown encoding {label:?}")]
    FileEncodingUnknown {
        /// Name asked for.
        label: String,
    },
    /// Reading stopped for a reason that is not the file's.
    #[error("the file could not be read: try again")]
    FileReadingFailed {
        /// What happened, for the log.
        detail: String,
    },
}

impl FileRefusal {
    /// Stable code, such as `FILE_PASSWORD_PROTECTED`.
    pub fn code(&self) -> &'static str {
        self.into()
    }

    /// Somebody asked to stop.
    pub(super) fn stopped() -> Self {
        Self::FileReadingFailed {
            detail: "stopped".to_owned(),
        }
    }

    /// What the log should say beyond the sentence.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::FileDamaged { detail } | Self::FileReadingFailed { detail } => Some(detail),
            Self::FileNotOpened { .. }
            | Self::FileEmpty
            | Self::FileTooLarge { .. }
            | Self::FileNotATable { .. }
            | Self::FilePasswordProtected
            | Self::FileTruncated
            | Self::FileUnpacksTooLarge { .. }
            | Self::FileNeedsTooMuchMemory { .. }
            | Self::FileTakesTooLong
            | Self::FileSheetNotFound { .. }
            | Self::FileTooManyColumns { .. }
            | Self::FileHeaderNotFound { .. }
            | Self::FileEncodingUnknown { .. } => None,
        }
    }
}

/// Why a row cannot be read.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, IntoStaticStr, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum RowFault {
    /// A cell is longer than allowed.
    #[error("a cell has more than {limit} bytes")]
    RowCellTooLong {
        /// Bytes allowed.
        limit: usize,
    },
    /// The record as a whole is longer than allowed.
    #[error("the record has more than {limit} bytes")]
    RowTooLong {
        /// Bytes allowed.
        limit: usize,
    },
    /// More cells than allowed.
    #[error("the record has more than {limit} cells")]
    RowTooWide {
        /// Cells allowed.
        limit: usize,
    },
    /// A quotation mark opens a cell and is never closed.
    #[error("a quotation mark is opened and never closed")]
    RowQuoteNotClosed,
    /// Bytes that are no text in the file's encoding.
    #[error("the record has bytes that are no text in the file's encoding")]
    RowNotDecodable,
}

/// A row that cannot be read; the following ones can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("line {line}: {fault}")]
pub struct RowRefusal {
    /// Line of the file on which the record begins, from 1.
    pub line: u64,
    /// Why.
    #[source]
    pub fault: RowFault,
}

impl RowRefusal {
    /// Stable code, such as `ROW_QUOTE_NOT_CLOSED`.
    pub fn code(&self) -> &'static str {
        self.fault.into()
    }
}

/// What reading the next row can end in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// This row alone is lost; ask for the next.
    #[error(transparent)]
    Row(#[from] RowRefusal),
    /// The file cannot be read any further; there is no next row.
    #[error(transparent)]
    File(#[from] FileRefusal),
}
