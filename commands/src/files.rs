//! Reading of tabular files that nobody here wrote: what a file is, which rows it has, and what its cells mean.
//!
//! [`TableReader`] opens a path and tells the format by the content, never by the name: delimited text in any usual
//! encoding and with any usual separator, or a workbook (XLSX, XLSM, XLSB, XLS, ODS). It finds the header below title rows
//! and then yields one [`Row`] after the other, each with its physical line, in bounded memory. What cannot be read is
//! refused with a [`FileRefusal`] or, where only a row is to blame, a [`RowRefusal`]; the rest goes on.
//!
//! In reading order:
//! - [`cell`]: what a row and a cell are;
//! - [`table`]: the reader; [`options`]: what may be said about a file beforehand; [`limits`]: how much is too much;
//! - [`signature`]: what a file is, by its first bytes;
//! - [`text`]: encodings, dialects and records of delimited text;
//! - [`workbook`]: workbooks, read in a child process;
//! - [`layout`]: title rows, header, columns;
//! - [`values`]: from a cell to a number, a date, a truth value;
//! - [`formula`], [`refused_rows`]: what goes out again to a spreadsheet;
//! - [`refusal`]: why a file or a row is refused.
//!
//! Nothing here knows the domain, the journal or the database; nothing is asynchronous. Call it where blocking is allowed.

pub mod cell;
pub mod formula;
pub mod layout;
pub mod limits;
pub mod options;
pub mod refusal;
pub mod refused_rows;
pub mod signature;
pub mod table;
pub mod text;
pub mod values;
pub mod workbook;

pub use cell::{Cell, Fit, Row};
pub use layout::Column;
pub use limits::Limits;
pub use options::{HeaderChoice, SheetChoice, StopSign, TableOptions, WorkerProgram};
pub use refusal::{FileRefusal, ReadError, RowFault, RowRefusal};
pub use refused_rows::{RefusedCell, RefusedRows};
pub use table::{TableFormat, TableReader};
pub use text::{Dialect, Encoding, TextFormat};
pub use workbook::{DateSystem, WorkbookFormat, run_worker};
