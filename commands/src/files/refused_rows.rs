//! The file of refused rows: what a person corrects and imports again.

use std::io::{self, Write};

use super::cell::{Cell, Row};
use super::formula::neutralise_for_csv;
use super::layout::Column;

/// Headers of the columns that tell why a row was refused; they come before the original ones.
const VERDICT: [&str; 5] = [
    "refused_line",
    "refused_column",
    "refused_value",
    "refused_code",
    "refused_reason",
];
/// Between several reasons of one row.
const BETWEEN: &str = " | ";

/// One reason why a row was refused.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RefusedCell {
    /// Key of the column; empty where the row as a whole is to blame.
    pub column: String,
    /// The value refused.
    pub value: String,
    /// Stable code, such as `CELL_NOT_A_DATE`.
    pub code: String,
    /// The reason, as a sentence for a person.
    pub reason: String,
}

/// Writes refused rows as CSV in UTF-8 with commas: line, column, value, code and reason, then the original cells.
/// Cells that a spreadsheet program would run as a formula are made harmless.
#[derive(Debug)]
pub struct RefusedRows<W: Write> {
    writer: csv::Writer<W>,
    written: u64,
}

impl<W: Write> RefusedRows<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn new(writer: W, columns: &[Column]) -> io::Result<Self> {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(writer);
        let originals = columns.iter().map(|column| {
            if column.name.is_empty() {
                &column.key
            } else {
                &column.name
            }
        });
        write(
            &mut writer,
            VERDICT.into_iter().chain(originals.map(String::as_str)),
        )?;
        Ok(Self { writer, written: 0 })
    }

    /// Writes one row with all the reasons why it was refused. Rows that could not be read have no cells.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn refuse(
        &mut self,
        line: u64,
        row: Option<&Row>,
        reasons: &[RefusedCell],
    ) -> io::Result<()> {
        let join = |part: fn(&RefusedCell) -> &str| {
            reasons.iter().map(part).collect::<Vec<_>>().join(BETWEEN)
        };
        let verdict = [
            line.to_string(),
            join(|cell| &cell.column),
            join(|cell| &cell.value),
            join(|cell| &cell.code),
            join(|cell| &cell.reason),
        ];
        let cells = row.map_or(&[][..], |row| &row.cells);
        let originals: Vec<_> = cells.iter().map(Cell::as_text).collect();
        write(
            &mut self.writer,
            verdict
                .iter()
                .map(String::as_str)
                .chain(originals.iter().map(AsRef::as_ref)),
        )?;
        self.written += 1;
        Ok(())
    }

    /// Number of rows written so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Writes out what is still held back, and gives the writer back.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(self) -> io::Result<W> {
        self.writer
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)
    }
}

fn write<'a, W: Write>(
    writer: &mut csv::Writer<W>,
    cells: impl Iterator<Item = &'a str>,
) -> io::Result<()> {
    for cell in cells {
        writer
            .write_field(neutralise_for_csv(cell).as_bytes())
            .map_err(io::Error::other)?;
    }
    writer.write_record(None::<&[u8]>).map_err(io::Error::other)
}
