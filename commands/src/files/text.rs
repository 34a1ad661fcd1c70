//! Delimited text: its encoding, its dialect, its records.
//!
//! The reader is our own and not the `csv` crate's, because it must tell the physical line of every record (also where
//! lines end in CR alone), survive a quotation mark that is never closed by losing one line and not the rest of the file,
//! and keep a record's memory bounded.

mod decoder;
mod dialect;
mod encoding;
mod records;
mod scanner;
mod shape;

use std::fs::File;
use std::io::{Seek, SeekFrom};

pub use dialect::Dialect;
pub use encoding::Encoding;
pub(super) use encoding::is_wide;
pub(super) use shape::{Shape, shape};

use self::decoder::{Decoder, Supply};
use self::records::Records;
use super::cell::Row;
use super::options::TableOptions;
use super::refusal::{FileRefusal, ReadError};

/// How much decoded text is looked at to find the dialect, in bytes.
const SAMPLE_BYTES: usize = 128 << 10;

/// What was found out about a delimited text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextFormat {
    /// Its encoding.
    pub encoding: Encoding,
    /// How cells and records are told apart.
    pub dialect: Dialect,
}

/// The rows of a delimited text.
#[derive(Debug)]
pub(super) struct TextReader {
    format: TextFormat,
    records: Records<File>,
}

impl TextReader {
    /// Finds encoding and dialect.
    pub(super) fn open(mut file: File, options: &TableOptions) -> Result<Self, FileRefusal> {
        let found = match &options.encoding {
            Some(label) => encoding::declared(label, &mut file)?,
            None => encoding::detect(&mut file).map_err(|error| failed(&error))?,
        };
        file.seek(SeekFrom::Start(found.mark_bytes))
            .map_err(|error| failed(&error))?;
        let mut decoder = Decoder::new(file, found.encoding);
        let mut sample = String::new();
        let mut supply = Supply::Open;
        while supply == Supply::Open && sample.len() < SAMPLE_BYTES {
            supply = decoder
                .fill(&mut sample, SAMPLE_BYTES)
                .map_err(|error| failed(&error))?;
        }
        let (dialect, start) = dialect::detect(&sample, supply, options.separator);
        let format = TextFormat {
            encoding: found.encoding,
            dialect: dialect.clone(),
        };
        let records = Records::new(decoder, sample, supply, dialect, options.limits);
        Ok(Self {
            format,
            records: records.skipping(start).trusting(found.soundness),
        })
    }

    pub(super) fn format(&self) -> &TextFormat {
        &self.format
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.records.bytes_read()
    }

    pub(super) fn next_row(&mut self) -> Option<Result<Row, ReadError>> {
        self.records.next_row()
    }
}

fn failed(error: &std::io::Error) -> FileRefusal {
    FileRefusal::FileReadingFailed {
        detail: error.to_string(),
    }
}
