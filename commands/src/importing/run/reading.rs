//! Reading a file into records, where blocking is allowed.

use std::path::PathBuf;

use chrono_tz::Tz;

use crate::files::{
    HeaderChoice, Limits, ReadError, RefusedCell, Row, SheetChoice, StopSign, TableFormat,
    TableOptions, TableReader, WorkerProgram,
};
use crate::importing::ImportError;
use crate::importing::layout::Layout;
use crate::importing::profile::{Profile, RowsPerRecord};
use crate::importing::record::Record;

mod evidence;
mod gathering;

/// Most bytes of a file whose records have several rows, since all of it is held in memory, several times as large.
const GATHERED_BYTES: u64 = 64 << 20;

/// What reading yields, in this order: the layout once, then the rest.
pub(super) enum Read {
    /// Where the fields lie, and how many rows there are where they were counted.
    Layout(Box<Layout>, Option<u64>),
    /// Records, with the number of rows that they were read from.
    Records {
        /// The records.
        records: Vec<Record>,
        /// Rows read.
        rows: u64,
        /// Bytes of the file read so far, where they can be told.
        bytes: Option<u64>,
    },
    /// A row that is no record.
    Refused(RefusedRow),
}

/// A row that cannot be read, is shifted, or has no key.
pub(super) struct RefusedRow {
    /// Line of the file.
    pub(super) line: u64,
    /// Its cells, as far as there are any.
    pub(super) row: Option<Row>,
    /// Why.
    pub(super) cell: RefusedCell,
}

/// The file, and the program that reads it if it is a workbook.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) worker: WorkerProgram,
    pub(super) stop: StopSign,
}

/// Reads a file; stops when `send` says that nobody waits any more.
pub(super) fn read(
    profile: &Profile,
    file: &Source,
    zone: Tz,
    batch: usize,
    mut send: impl FnMut(Read) -> bool,
) -> Result<(), ImportError> {
    let path = file.path.as_path();
    let options = options(profile, file);
    let mut table = TableReader::open(path, &options)?;
    let mut layout = Layout::find(profile, table.columns(), zone)?;
    if let TableFormat::Workbook(workbook) = table.format() {
        layout.dates.system = workbook.date_system;
    }
    let counted = evidence::settle(&mut layout, path, &options)?;
    if !send(Read::Layout(Box::new(layout.clone()), counted)) {
        return Ok(());
    }
    match profile.rows {
        RowsPerRecord::One => stream(&layout, &mut table, batch, send),
        RowsPerRecord::SameKey => gathering::gather(&layout, &mut table, batch, send),
    }
}

fn options(profile: &Profile, file: &Source) -> TableOptions {
    let mut limits = Limits::default();
    if profile.rows == RowsPerRecord::SameKey {
        limits.file_bytes = GATHERED_BYTES;
    }
    TableOptions {
        limits,
        encoding: profile.table.encoding.clone(),
        separator: profile.table.separator,
        header: profile
            .table
            .header
            .map_or(HeaderChoice::Detect, HeaderChoice::Line),
        sheet: profile
            .table
            .sheet
            .clone()
            .map_or_else(SheetChoice::default, SheetChoice::Named),
        worker: file.worker.clone(),
        stop: file.stop.clone(),
    }
}

fn stream(
    layout: &Layout,
    table: &mut TableReader,
    batch: usize,
    mut send: impl FnMut(Read) -> bool,
) -> Result<(), ImportError> {
    let (mut records, mut rows) = (Vec::with_capacity(batch), 0);
    while let Some(read) = table.next() {
        match found(layout, read)? {
            Found::Nothing => rows += 1,
            Found::Record(record) => {
                rows += 1;
                records.push(record);
            }
            Found::Refused(refused) => {
                if !send(Read::Refused(refused)) {
                    return Ok(());
                }
            }
        }
        if records.len() == batch
            && !send(Read::Records {
                records: std::mem::take(&mut records),
                rows: std::mem::take(&mut rows),
                bytes: table.bytes_read(),
            })
        {
            return Ok(());
        }
    }
    send(Read::Records {
        records,
        rows,
        bytes: table.bytes_read(),
    });
    Ok(())
}

enum Found {
    Nothing,
    Record(Record),
    Refused(RefusedRow),
}

fn found(layout: &Layout, read: Result<Row, ReadError>) -> Result<Found, ImportError> {
    let row = match read {
        Err(ReadError::File(refusal)) => return Err(refusal.into()),
        Err(ReadError::Row(refusal)) => {
            return Ok(Found::Refused(RefusedRow {
                line: refusal.line,
                row: None,
                cell: RefusedCell {
                    code: refusal.code().to_owned(),
                    reason: refusal.fault.to_string(),
                    ..RefusedCell::default()
                },
            }));
        }
        Ok(row) => row,
    };
    if row.is_blank() {
        return Ok(Found::Nothing);
    }
    // Asked before the filter, which would leave a shifted row out without a word.
    if let Err(cell) = layout.accepts(&row) {
        return Ok(Found::Refused(refused_row(row, cell)));
    }
    if !layout.admits(&row) {
        return Ok(Found::Nothing);
    }
    Ok(match layout.key(&row) {
        Ok(key) => Found::Record(Record {
            key,
            rows: vec![row],
        }),
        Err(cell) => Found::Refused(refused_row(row, cell)),
    })
}

fn refused_row(row: Row, cell: RefusedCell) -> RefusedRow {
    RefusedRow {
        line: row.line,
        row: Some(row),
        cell,
    }
}
