//! The records of a text, one after the other, in bounded memory.

use std::io::Read;

use super::decoder::{Decoder, Supply};
use super::dialect::Dialect;
use super::encoding::Soundness;
use super::scanner::{Scanner, Stop};
use crate::files::cell::{Cell, Row};
use crate::files::limits::Limits;
use crate::files::refusal::{FileRefusal, ReadError, RowFault, RowRefusal};

/// Least number of bytes that are read at once.
const CHUNK_BYTES: usize = 64 << 10;
/// Quotation marks never closed after which the file is refused as a whole: each one costs looking far ahead.
const UNCLOSED_QUOTES: u32 = 20;

/// The records of a text.
#[derive(Debug)]
pub(super) struct Records<R> {
    decoder: Decoder<R>,
    text: String,
    at: usize,
    supply: Supply,
    dialect: Dialect,
    limits: Limits,
    /// Line on which the next record begins.
    line: u64,
    soundness: Soundness,
    unclosed: u32,
    width: usize,
}

impl<R: Read> Records<R> {
    pub(super) fn new(
        decoder: Decoder<R>,
        text: String,
        supply: Supply,
        dialect: Dialect,
        limits: Limits,
    ) -> Self {
        Self {
            decoder,
            text,
            at: 0,
            supply,
            dialect,
            limits,
            line: 1,
            soundness: Soundness::Sound,
            unclosed: 0,
            width: 0,
        }
    }

    /// Begins behind the first bytes, which are whole lines.
    pub(super) fn skipping(mut self, bytes: usize) -> Self {
        self.take(bytes);
        self
    }

    /// Refuses rows with U+FFFD where it may stand for bytes that are no text.
    pub(super) fn trusting(mut self, soundness: Soundness) -> Self {
        self.soundness = soundness;
        self
    }

    /// Bytes taken from the file so far, those of text that was looked ahead at included.
    pub(super) fn bytes_read(&self) -> u64 {
        self.decoder.bytes_read()
    }

    /// The next record; lines without any character are skipped.
    pub(super) fn next_row(&mut self) -> Option<Result<Row, ReadError>> {
        loop {
            if self.supply == Supply::Complete && self.at >= self.text.len() {
                return None;
            }
            if self.skip_empty_line() {
                continue;
            }
            let stop = match self.scan() {
                Ok((row, bytes)) => {
                    self.take(bytes);
                    return Some(row.map_err(ReadError::from));
                }
                Err(stop) => stop,
            };
            if let Some(fault) = self.hopeless(stop) {
                return Some(self.give_up_line(fault));
            }
            if let Err(refusal) = self.read_more() {
                return Some(self.stop(refusal));
            }
        }
    }

    /// Why reading on would not complete the record.
    fn hopeless(&self, stop: Stop) -> Option<RowFault> {
        let limit = self.limits.record_bytes;
        match stop {
            Stop::NeedsMore { .. } if self.pending() <= limit => None,
            Stop::QuoteOpen | Stop::NeedsMore { quoted: true } => Some(RowFault::RowQuoteNotClosed),
            Stop::NeedsMore { quoted: false } => Some(RowFault::RowTooLong { limit }),
        }
    }

    fn pending(&self) -> usize {
        self.text.len().saturating_sub(self.at)
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_empty_line(&mut self) -> bool {
        let length = match self.rest().as_bytes() {
            [b'\n', ..] => 1,
            [b'\r', ..] if self.dialect.ends_in_cr => 1,
            [b'\r', b'\n', ..] => 2,
            _ => return false,
        };
        self.take(length);
        true
    }

    /// The record here, or why it is refused, and its length.
    fn scan(&mut self) -> Result<(Result<Row, RowRefusal>, usize), Stop> {
        let mut cells = Vec::with_capacity(self.width);
        let mut fault = None;
        let Limits {
            field_bytes,
            columns,
            record_bytes,
            ..
        } = self.limits;
        let doubtful = self.soundness == Soundness::Doubtful;
        let bytes = Scanner::new(self.rest(), &self.dialect, self.supply).record(|field| {
            if cells.len() >= columns {
                fault = fault.or(Some(RowFault::RowTooWide { limit: columns }));
            } else if field.text.len() > field_bytes {
                fault = fault.or(Some(RowFault::RowCellTooLong { limit: field_bytes }));
            } else if doubtful && field.text.contains(char::REPLACEMENT_CHARACTER) {
                fault = fault.or(Some(RowFault::RowNotDecodable));
            } else {
                cells.push(Cell::from(field.text.into_owned()));
            }
        })?;
        if bytes > record_bytes {
            fault = Some(RowFault::RowTooLong {
                limit: record_bytes,
            });
        }
        self.width = cells.len();
        let line = self.line;
        Ok((
            fault.map_or_else(
                || Ok(Row { line, cells }),
                |fault| Err(RowRefusal { line, fault }),
            ),
            bytes,
        ))
    }

    /// Moves on and counts lines.
    fn take(&mut self, bytes: usize) {
        let taken = self.rest().as_bytes().get(..bytes).unwrap_or_default();
        let lines = memchr::memchr_iter(self.dialect.line_end(), taken).count();
        self.line += u64::try_from(lines).unwrap_or_default();
        self.at += bytes;
    }

    fn read_more(&mut self) -> Result<(), FileRefusal> {
        self.text.drain(..self.at);
        self.at = 0;
        // Doubling keeps the cost of looking again at the beginning of a long record linear.
        let want = self.text.len().max(CHUNK_BYTES);
        self.supply = self.decoder.fill(&mut self.text, want).map_err(|error| {
            FileRefusal::FileReadingFailed {
                detail: error.to_string(),
            }
        })?;
        Ok(())
    }

    /// Refuses the physical line here and goes on behind it.
    fn give_up_line(&mut self, fault: RowFault) -> Result<Row, ReadError> {
        let line = self.line;
        if fault == RowFault::RowQuoteNotClosed {
            self.unclosed += 1;
            if self.unclosed > UNCLOSED_QUOTES {
                let detail =
                    format!("more than {UNCLOSED_QUOTES} quotation marks are never closed");
                return self.stop(FileRefusal::FileDamaged { detail });
            }
        }
        loop {
            if let Some(end) = memchr::memchr(self.dialect.line_end(), self.rest().as_bytes()) {
                self.take(end + 1);
                break;
            }
            self.at = self.text.len();
            if self.supply == Supply::Complete {
                break;
            }
            if let Err(refusal) = self.read_more() {
                return self.stop(refusal);
            }
        }
        Err(RowRefusal { line, fault }.into())
    }

    /// There is no next record.
    fn stop(&mut self, refusal: FileRefusal) -> Result<Row, ReadError> {
        self.supply = Supply::Complete;
        self.at = self.text.len();
        Err(refusal.into())
    }
}
