//! Workbooks: XLSX, XLSM, XLSB, XLS, ODS.
//!
//! They are archives and binary structures that somebody else wrote, and the library that reads them may be made to ask
//! for any amount of memory, to take for ever, or to panic. So a child process of this very program reads them, under
//! limits on memory and processor time that the system enforces, with the file as its standard input and nothing else
//! open; it sends rows back as lines of JSON (see [`protocol`]). What happens to it ends in a [`FileRefusal`] here.
//!
//! - [`worker`]: the child's side; [`archive`]: the zip directory, checked before anything is unpacked;
//!   [`cells`]: from calamine's cells to ours;
//! - [`reader`]: the parent's side.
//!
//! A merged cell has its value in its first cell, as in Excel's own CSV; the others are empty. Hidden rows and columns are
//! read like any other. A formula has the value that was stored with it.
//!
//! [`FileRefusal`]: super::FileRefusal

mod archive;
mod cells;
mod protocol;
mod reader;
mod sheet;
mod worker;

pub use protocol::{DateSystem, Sheet, SheetVisibility, WorkbookFormat, WorkbookKind};
pub use reader::WorkbookReader;
pub use worker::run_worker;
