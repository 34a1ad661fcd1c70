//! Reading a file into records, where blocking is allowed.

use std::path::{Path, PathBuf};

use chrono_tz::Tz;

use crate::files::values::{DateEvidence, DateOrder, DecimalEvidence, DecimalMark, Verdict};
use crate::files::{
    Fit, HeaderChoice, ReadError, RefusedCell, Row, SheetChoice, StopSign, TableFormat,
    TableOptions, TableReader, WorkerProgram,
};
use crate::importing::profile::{Field, Profile, RowsPerRecord};
use crate::importing::record::{Layout, Record};

use super::ImportError;

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
    /// A row that cannot be read, or has no key.
    Unreadable(u64, RefusedCell),
}

const DATES: [Field; 7] = [
    Field::Since,
    Field::RegisteredOn,
    Field::ConvertedOn,
    Field::OpenedOn,
    Field::ClosedOn,
    Field::EnteredOn,
    Field::ExpectedClose,
];

const DECIMALS: [Field; 8] = [
    Field::Revenue,
    Field::ExpectedValue,
    Field::ListPrice,
    Field::Amount,
    Field::WonAmount,
    Field::Quantity,
    Field::UnitPrice,
    Field::LineAmount,
];

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
    let counted = settle(&mut layout, path, &options)?;
    if !send(Read::Layout(Box::new(layout.clone()), counted)) {
        return Ok(());
    }
    match profile.rows {
        RowsPerRecord::One => stream(&layout, &mut table, batch, send),
        RowsPerRecord::SameKey => gather(&layout, &mut table, batch, send),
    }
}

fn options(profile: &Profile, file: &Source) -> TableOptions {
    TableOptions {
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
        ..TableOptions::default()
    }
}

/// Finds out how dates and numbers are written, where the profile does not say, by reading the whole file once; tells how
/// many rows it has then.
fn settle(
    layout: &mut Layout,
    path: &Path,
    options: &TableOptions,
) -> Result<Option<u64>, ImportError> {
    let dates = if layout.dates.order.is_none() {
        layout.columns_of(&DATES)
    } else {
        Vec::new()
    };
    let decimals = if layout.decimals_stated {
        Vec::new()
    } else {
        layout.columns_of(&DECIMALS)
    };
    if dates.is_empty() && decimals.is_empty() {
        return Ok(None);
    }
    let (mut date, mut decimal) = (DateEvidence::default(), DecimalEvidence::default());
    let mut rows = 0;
    for row in TableReader::open(path, options)? {
        rows += 1;
        let Ok(row) = row else { continue };
        dates
            .iter()
            .filter_map(|column| row.cells.get(*column))
            .for_each(|cell| date.see(cell));
        decimals
            .iter()
            .filter_map(|column| row.cells.get(*column))
            .for_each(|cell| decimal.see(cell));
    }
    if !dates.is_empty() {
        layout.dates.order =
            Some(told(date.verdict(), DateOrder::DayFirst).ok_or(ImportError::Ambiguous("dates"))?);
    }
    if !decimals.is_empty() {
        layout.decimals =
            told(decimal.verdict(), DecimalMark::Point).ok_or(ImportError::Ambiguous("numbers"))?;
    }
    Ok(Some(rows))
}

/// What a column's cells prove; anything where it does not matter, nothing where it does and cannot be told.
fn told<T>(verdict: Verdict<T>, any: T) -> Option<T> {
    match verdict {
        Verdict::Proven(form) => Some(form),
        Verdict::Indifferent => Some(any),
        Verdict::Ambiguous | Verdict::Contradictory => None,
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
        rows += 1;
        match record(layout, read)? {
            Found::Nothing => {}
            Found::Record(record) => records.push(record),
            Found::Unreadable(line, cell) => {
                if !send(Read::Unreadable(line, cell)) {
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

fn gather(
    layout: &Layout,
    table: &mut TableReader,
    batch: usize,
    mut send: impl FnMut(Read) -> bool,
) -> Result<(), ImportError> {
    let mut places = std::collections::HashMap::<String, usize>::new();
    let mut records: Vec<Record> = Vec::new();
    for read in table.by_ref() {
        match record(layout, read)? {
            Found::Nothing => {}
            Found::Unreadable(line, cell) => {
                if !send(Read::Unreadable(line, cell)) {
                    return Ok(());
                }
            }
            Found::Record(found) => {
                if let Some(known) = places
                    .get(&found.key)
                    .and_then(|place| records.get_mut(*place))
                {
                    known.rows.extend(found.rows);
                } else {
                    places.insert(found.key.clone(), records.len());
                    records.push(found);
                }
            }
        }
    }
    let mut rest = records.into_iter().peekable();
    while rest.peek().is_some() {
        let records: Vec<Record> = rest.by_ref().take(batch).collect();
        let rows = records
            .iter()
            .map(|record| u64::try_from(record.rows.len()).unwrap_or(u64::MAX))
            .sum();
        let bytes = table.bytes_read();
        if !send(Read::Records {
            records,
            rows,
            bytes,
        }) {
            return Ok(());
        }
    }
    Ok(())
}

enum Found {
    Nothing,
    Record(Record),
    Unreadable(u64, RefusedCell),
}

fn record(layout: &Layout, read: Result<Row, ReadError>) -> Result<Found, ImportError> {
    let row = match read {
        Err(ReadError::File(refusal)) => return Err(refusal.into()),
        Err(ReadError::Row(refusal)) => {
            return Ok(Found::Unreadable(
                refusal.line,
                faulty("", "", refusal.code(), &refusal.fault.to_string()),
            ));
        }
        Ok(row) => row,
    };
    if row.is_blank() || !layout.admits(&row) {
        return Ok(Found::Nothing);
    }
    if let Fit::Long(surplus) = row.fit(layout.width()) {
        let reason = format!("the row has {surplus} cells more than the header");
        return Ok(Found::Unreadable(
            row.line,
            faulty("", "", "ROW_TOO_LONG", &reason),
        ));
    }
    Ok(match layout.key(&row) {
        Some(key) => Found::Record(Record {
            key,
            rows: vec![row],
        }),
        None => Found::Unreadable(
            row.line,
            faulty(&layout.key_name(), "", "KEY_MISSING", "the key is empty"),
        ),
    })
}

fn faulty(column: &str, value: &str, code: &str, reason: &str) -> RefusedCell {
    RefusedCell {
        column: column.to_owned(),
        value: value.to_owned(),
        code: code.to_owned(),
        reason: reason.to_owned(),
    }
}
