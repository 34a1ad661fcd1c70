//! The one door to tabular files.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use super::cell::{Cell, Row};
use super::layout::{self, Column, Layout};
use super::options::{HeaderChoice, StopSign, TableOptions};
use super::refusal::{FileRefusal, ReadError};
use super::signature::{self, Signature};
use super::text::{TextFormat, TextReader};
use super::workbook::{WorkbookFormat, WorkbookReader};

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableFormat {
    /// Delimited text.
    Text(TextFormat),
    /// A workbook.
    Workbook(WorkbookFormat),
}

/// A table: its columns at once, its rows one after the other.
///
/// As an iterator it yields the rows below the header. [`ReadError::Row`] loses that row alone; after
/// [`ReadError::File`] nothing follows. Rows without any character are left out; rows of empty cells are not.
#[derive(Debug)]
pub struct TableReader {
    format: TableFormat,
    columns: Vec<Column>,
    header_line: Option<u64>,
    titles: Vec<Row>,
    begun: VecDeque<Result<Row, ReadError>>,
    source: Source,
    stop: StopSign,
    ended: bool,
}

#[derive(Debug)]
enum Source {
    Text(Box<TextReader>),
    Workbook(Box<WorkbookReader>),
}

impl Source {
    fn next_row(&mut self) -> Option<Result<Row, ReadError>> {
        match self {
            Self::Text(reader) => reader.next_row(),
            Self::Workbook(reader) => reader.next_row(),
        }
    }
}

impl TableReader {
    /// Opens a file, finds out what it is and where its header is.
    ///
    /// # Errors
    /// When the file as a whole cannot be read; see [`FileRefusal`].
    pub fn open(path: &Path, options: &TableOptions) -> Result<Self, FileRefusal> {
        let file = open_file(path, options)?;
        let (format, source) = match sniff(&file, options)? {
            Signature::Text => {
                let reader = TextReader::open(file, options)?;
                (
                    TableFormat::Text(reader.format().clone()),
                    Source::Text(Box::new(reader)),
                )
            }
            Signature::Archive | Signature::CompoundFile => {
                let reader = WorkbookReader::open(file, options)?;
                (
                    TableFormat::Workbook(reader.format().clone()),
                    Source::Workbook(Box::new(reader)),
                )
            }
        };
        Self::lay_out(format, source, options)
    }

    /// Reads the first rows and finds titles, header and columns in them.
    fn lay_out(
        format: TableFormat,
        mut source: Source,
        options: &TableOptions,
    ) -> Result<Self, FileRefusal> {
        let wanted = match options.header {
            HeaderChoice::Line(line) => usize::try_from(line)
                .unwrap_or(usize::MAX)
                .saturating_add(1),
            HeaderChoice::Detect | HeaderChoice::Absent => layout::SEARCHED_ROWS,
        };
        let (mut rows, mut begun, mut lines) = (Vec::new(), VecDeque::new(), 0);
        while lines < wanted {
            lines += 1;
            match source.next_row() {
                None => break,
                Some(Err(ReadError::File(refusal))) => return Err(refusal),
                Some(Ok(row)) => rows.push(row),
                Some(Err(refused)) => begun.push_back(Err(refused)),
            }
        }
        if rows.iter().all(Row::is_blank) && begun.is_empty() {
            return Err(FileRefusal::FileEmpty);
        }
        let layout = choose(&rows, options.header)?;
        let mut records = rows.split_off(layout.first.min(rows.len()));
        let width = records.iter().map(Row::extent).max().unwrap_or(0);
        let header = layout.header.and_then(|index| rows.get(index));
        let columns = header.map_or_else(
            || layout::numbered(width),
            |header| layout::named(header, &records),
        );
        let limit = options.limits.columns;
        if columns.len() > limit {
            return Err(FileRefusal::FileTooManyColumns {
                columns: columns.len(),
                limit,
            });
        }
        let header_line = header.map(|header| header.line);
        rows.truncate(layout.header.unwrap_or(layout.first));
        begun.extend(records.drain(..).map(Ok));
        begun.make_contiguous().sort_by_key(line);
        Ok(Self {
            format,
            columns,
            header_line,
            titles: rows,
            begun,
            source,
            stop: options.stop.clone(),
            ended: false,
        })
    }

    /// What the file turned out to be.
    pub fn format(&self) -> &TableFormat {
        &self.format
    }

    /// The columns, from left to right.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Line of the header; none where the table has none.
    pub fn header_line(&self) -> Option<u64> {
        self.header_line
    }

    /// Rows above the header: titles, dates of making, blank ones.
    pub fn titles(&self) -> &[Row] {
        &self.titles
    }

    /// Bytes of the file read so far; not known of a workbook, whose rows do not lie in order.
    pub fn bytes_read(&self) -> Option<u64> {
        match &self.source {
            Source::Text(reader) => Some(reader.bytes_read()),
            Source::Workbook(_) => None,
        }
    }

    /// Most memory that the process which reads a workbook has used, in bytes; known at the end of the rows.
    pub fn worker_peak_bytes(&self) -> Option<u64> {
        match &self.source {
            Source::Text(_) => None,
            Source::Workbook(reader) => reader.peak_bytes(),
        }
    }
}

impl Iterator for TableReader {
    type Item = Result<Row, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = if self.stop.is_raised() {
            Some(Err(FileRefusal::stopped().into()))
        } else {
            self.begun.pop_front().or_else(|| self.source.next_row())
        };
        self.ended = matches!(next, None | Some(Err(ReadError::File(_))));
        match (next, &self.format) {
            (Some(Ok(mut row)), TableFormat::Workbook(_))
                if row.cells.len() < self.columns.len() =>
            {
                row.cells.resize(self.columns.len(), Cell::Empty);
                Some(Ok(row))
            }
            (next, _) => next,
        }
    }
}

fn line(row: &Result<Row, ReadError>) -> u64 {
    match row {
        Ok(row) => row.line,
        Err(ReadError::Row(refused)) => refused.line,
        Err(ReadError::File(_)) => u64::MAX,
    }
}

fn choose(rows: &[Row], header: HeaderChoice) -> Result<Layout, FileRefusal> {
    match header {
        HeaderChoice::Detect => Ok(layout::detect(rows)),
        HeaderChoice::Absent => Ok(Layout {
            header: None,
            first: 0,
        }),
        HeaderChoice::Line(line) => {
            let index = rows.iter().position(|row| row.line == line);
            let index = index.ok_or(FileRefusal::FileHeaderNotFound { line })?;
            Ok(Layout {
                header: Some(index),
                first: index + 1,
            })
        }
    }
}

fn open_file(path: &Path, options: &TableOptions) -> Result<File, FileRefusal> {
    let not_opened = |error: std::io::Error| FileRefusal::FileNotOpened {
        reason: error.to_string(),
    };
    let file = File::open(path).map_err(not_opened)?;
    let about = file.metadata().map_err(not_opened)?;
    if !about.is_file() {
        return Err(FileRefusal::FileNotOpened {
            reason: "it is not a file".to_owned(),
        });
    }
    let (bytes, limit) = (about.len(), options.limits.file_bytes);
    if bytes > limit {
        return Err(FileRefusal::FileTooLarge { bytes, limit });
    }
    Ok(file)
}

fn sniff(mut file: &File, options: &TableOptions) -> Result<Signature, FileRefusal> {
    let failed = |error: std::io::Error| FileRefusal::FileReadingFailed {
        detail: error.to_string(),
    };
    let mut head = Vec::new();
    let most = u64::try_from(signature::HEAD_BYTES).unwrap_or(u64::MAX);
    Read::by_ref(&mut file)
        .take(most)
        .read_to_end(&mut head)
        .map_err(failed)?;
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    let found = signature::recognise(&head)?;
    if found == Signature::Text && options.encoding.is_none() {
        signature::refuse_binary(&head)?;
    }
    Ok(found)
}
