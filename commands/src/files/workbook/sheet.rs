//! A workbook of any kind, opened; and the rows of one of its sheets.

use std::fs::File;
use std::io::BufReader;

use calamine::{
    Data, Ods, OdsError, Range, Reader, SheetType, SheetVisible, Xls, XlsError, Xlsb, XlsbError,
    Xlsx, XlsxError,
};

use super::cells;
use super::protocol::{DateSystem, Sheet, SheetVisibility, WorkbookKind};
use crate::files::cell::{Cell, Row};
use crate::files::limits::Limits;
use crate::files::refusal::{FileRefusal, RowFault, RowRefusal};

type Input = BufReader<File>;

/// A workbook of any kind.
pub(super) enum Workbook {
    Xlsx(Box<Xlsx<Input>>),
    Xlsb(Box<Xlsb<Input>>),
    Xls(Box<Xls<Input>>),
    Ods(Box<Ods<Input>>),
}

/// Takes rows; tells whether it wants more.
pub(super) trait Taker {
    /// Takes the next row, in the order of the sheet.
    fn take(&mut self, row: Result<Row, RowRefusal>) -> bool;
}

impl Workbook {
    pub(super) fn open(kind: WorkbookKind, input: Input) -> Result<Self, FileRefusal> {
        Ok(match kind {
            WorkbookKind::Xlsx | WorkbookKind::Xlsm => {
                Self::Xlsx(Box::new(Xlsx::new(input).map_err(xlsx)?))
            }
            WorkbookKind::Xlsb => Self::Xlsb(Box::new(Xlsb::new(input).map_err(xlsb)?)),
            WorkbookKind::Xls => Self::Xls(Box::new(Xls::new(input).map_err(xls)?)),
            WorkbookKind::Ods => Self::Ods(Box::new(Ods::new(input).map_err(ods)?)),
        })
    }

    /// Its sheets of cells; charts, dialogues and macros left out.
    pub(super) fn sheets(&self) -> Vec<Sheet> {
        let sheets = match self {
            Self::Xlsx(workbook) => workbook.sheets_metadata(),
            Self::Xlsb(workbook) => workbook.sheets_metadata(),
            Self::Xls(workbook) => workbook.sheets_metadata(),
            Self::Ods(workbook) => workbook.sheets_metadata(),
        };
        let of_cells = sheets
            .iter()
            .filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let with_visibility = of_cells.map(|sheet| Sheet {
            name: sheet.name.clone(),
            visibility: match sheet.visible {
                SheetVisible::Visible => SheetVisibility::Visible,
                SheetVisible::Hidden => SheetVisibility::Hidden,
                SheetVisible::VeryHidden => SheetVisibility::VeryHidden,
            },
        });
        with_visibility.collect()
    }

    pub(super) fn date_system(&self) -> DateSystem {
        let from_1904 = match self {
            Self::Xlsx(workbook) => workbook.has_1904_epoch(),
            Self::Xlsb(workbook) => workbook.has_1904_epoch(),
            Self::Xls(workbook) => workbook.has_1904_epoch(),
            Self::Ods(_) => false,
        };
        if from_1904 {
            DateSystem::From1904
        } else {
            DateSystem::From1900
        }
    }

    /// Gives the rows of a sheet that hold anything, until the taker has enough.
    pub(super) fn rows(
        &mut self,
        sheet: &str,
        limits: &Limits,
        taker: &mut dyn Taker,
    ) -> Result<(), FileRefusal> {
        let mut rows = RowMaker::new(limits, taker);
        match self {
            Self::Xlsx(workbook) => {
                let mut cells = workbook.worksheet_cells_reader(sheet).map_err(xlsx)?;
                while let Some(cell) = cells.next_cell().map_err(xlsx)?
                    && rows.put(cell.get_position(), cells::convert(cell.get_value()))
                {
                }
            }
            Self::Xlsb(workbook) => {
                let mut cells = workbook.worksheet_cells_reader(sheet).map_err(xlsb)?;
                while let Some(cell) = cells.next_cell().map_err(xlsb)?
                    && rows.put(cell.get_position(), cells::convert(cell.get_value()))
                {
                }
            }
            Self::Xls(workbook) => rows.put_all(&workbook.worksheet_range(sheet).map_err(xls)?),
            Self::Ods(workbook) => rows.put_all(&workbook.worksheet_range(sheet).map_err(ods)?),
        }
        rows.finish();
        Ok(())
    }
}

/// Makes rows of cells that come in the order of the sheet.
struct RowMaker<'a> {
    limits: &'a Limits,
    taker: &'a mut dyn Taker,
    row: Row,
    bytes: usize,
    fault: Option<RowFault>,
    wanted: bool,
}

impl<'a> RowMaker<'a> {
    fn new(limits: &'a Limits, taker: &'a mut dyn Taker) -> Self {
        Self {
            limits,
            taker,
            row: Row {
                line: 0,
                cells: Vec::new(),
            },
            bytes: 0,
            fault: None,
            wanted: true,
        }
    }

    /// Puts a cell in its place and tells whether more is wanted.
    fn put(&mut self, (row, column): (u32, u32), cell: Cell) -> bool {
        if cell.is_empty() {
            return self.wanted;
        }
        let line = u64::from(row) + 1;
        if line != self.row.line {
            self.finish();
            self.row.line = line;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        let bytes = cell.as_text().len();
        self.bytes = self.bytes.saturating_add(bytes);
        if column >= self.limits.columns {
            self.fault = self.fault.or(Some(RowFault::RowTooWide {
                limit: self.limits.columns,
            }));
        } else if bytes > self.limits.field_bytes {
            self.fault = self.fault.or(Some(RowFault::RowCellTooLong {
                limit: self.limits.field_bytes,
            }));
        } else if self.bytes > self.limits.record_bytes {
            self.fault = self.fault.or(Some(RowFault::RowTooLong {
                limit: self.limits.record_bytes,
            }));
        } else {
            if self.row.cells.len() <= column {
                self.row.cells.resize(column + 1, Cell::Empty);
            }
            if let Some(place) = self.row.cells.get_mut(column) {
                *place = cell;
            }
        }
        self.wanted
    }

    fn put_all(&mut self, range: &Range<Data>) {
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let place = |first: u32, offset: usize| {
                first.saturating_add(u32::try_from(offset).unwrap_or(u32::MAX))
            };
            if !self.put(
                (place(first_row, row), place(first_column, column)),
                cells::convert_kept(value),
            ) {
                return;
            }
        }
    }

    /// Gives away the row that was begun.
    fn finish(&mut self) {
        let line = self.row.line;
        let cells = std::mem::take(&mut self.row.cells);
        let fault = self.fault.take();
        self.bytes = 0;
        self.row.line = 0;
        if !self.wanted {
            return;
        }
        match fault {
            Some(fault) => self.wanted = self.taker.take(Err(RowRefusal { line, fault })),
            None if cells.is_empty() => {}
            None => self.wanted = self.taker.take(Ok(Row { line, cells })),
        }
    }
}

fn damaged(error: &impl std::fmt::Display) -> FileRefusal {
    FileRefusal::FileDamaged {
        detail: error.to_string(),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a library's errors: only one of them says more than damage"
)]
fn xlsx(error: XlsxError) -> FileRefusal {
    match error {
        XlsxError::Password => FileRefusal::FilePasswordProtected,
        other => damaged(&other),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a library's errors: only one of them says more than damage"
)]
fn xlsb(error: XlsbError) -> FileRefusal {
    match error {
        XlsbError::Password => FileRefusal::FilePasswordProtected,
        other => damaged(&other),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a library's errors: only one of them says more than damage"
)]
fn xls(error: XlsError) -> FileRefusal {
    match error {
        XlsError::Password => FileRefusal::FilePasswordProtected,
        other => damaged(&other),
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a library's errors: only two of them say more than damage"
)]
fn ods(error: OdsError) -> FileRefusal {
    match error {
        OdsError::Password => FileRefusal::FilePasswordProtected,
        OdsError::CellLimitExceeded { requested, max } => FileRefusal::FileUnpacksTooLarge {
            what: "cells".to_owned(),
            found: u64::try_from(requested).unwrap_or(u64::MAX),
            limit: u64::try_from(max).unwrap_or(u64::MAX),
        },
        other => damaged(&other),
    }
}
