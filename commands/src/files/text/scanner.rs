//! One record out of a piece of text.

use std::borrow::Cow;

use super::decoder::Supply;
use super::dialect::Dialect;

/// Why no record came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// The text ends inside the record, and more is to come.
    NeedsMore {
        /// The end lies inside quotation marks.
        quoted: bool,
    },
    /// The text ends, for good, inside quotation marks.
    QuoteOpen,
}

/// What ended a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Cell,
    Record,
}

/// A cell's text, and whether it stood in quotation marks.
pub(super) struct Field<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) quoted: bool,
}

/// Reads one record from the beginning of a text.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    dialect: &'a Dialect,
    supply: Supply,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, dialect: &'a Dialect, supply: Supply) -> Self {
        Self {
            text,
            at: 0,
            dialect,
            supply,
        }
    }

    /// Gives the record's cells to `each` and returns the number of bytes that it takes, with its line end.
    pub(super) fn record(mut self, mut each: impl FnMut(Field<'a>)) -> Result<usize, Stop> {
        loop {
            while self.dialect.skips_blanks && self.byte(self.at) == Some(b' ') {
                self.at += 1;
            }
            let quote = self
                .byte(self.at)
                .filter(|byte| Some(*byte) == self.dialect.quote);
            let (text, end) = match quote {
                Some(quote) => self.quoted(quote)?,
                None => self.bare(self.at)?,
            };
            each(Field {
                text,
                quoted: quote.is_some(),
            });
            if end == End::Record {
                return Ok(self.at);
            }
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn rest(&self, from: usize) -> &'a [u8] {
        self.text.as_bytes().get(from..).unwrap_or_default()
    }

    fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// A cell outside quotation marks that began at `from`.
    fn bare(&mut self, from: usize) -> Result<(Cow<'a, str>, End), Stop> {
        loop {
            let Some(found) = self.dialect.find_boundary(self.rest(self.at)) else {
                return self.bare_to_the_end(from);
            };
            let at = self.at + found;
            if let Some(length) = self.separator_at(at) {
                self.at = at + length;
                return Ok((Cow::Borrowed(self.slice(from, at)), End::Cell));
            }
            match self.byte(at) {
                Some(b'\n') => {
                    self.at = at + 1;
                    return Ok((
                        Cow::Borrowed(self.slice(from, at).trim_end_matches('\r')),
                        End::Record,
                    ));
                }
                Some(b'\r') => {
                    self.at = at + 1;
                    return Ok((Cow::Borrowed(self.slice(from, at)), End::Record));
                }
                // The first byte of the separator, but not the separator.
                Some(_) | None => self.at = at + 1,
            }
        }
    }

    fn bare_to_the_end(&mut self, from: usize) -> Result<(Cow<'a, str>, End), Stop> {
        if self.supply == Supply::Open {
            return Err(Stop::NeedsMore { quoted: false });
        }
        self.at = self.text.len();
        Ok((
            Cow::Borrowed(self.slice(from, self.at).trim_end_matches('\r')),
            End::Record,
        ))
    }

    fn separator_at(&self, at: usize) -> Option<usize> {
        let separator = self.dialect.separator_bytes();
        (!separator.is_empty() && self.rest(at).starts_with(separator)).then_some(separator.len())
    }

    /// A cell whose opening quotation mark is here.
    fn quoted(&mut self, quote: u8) -> Result<(Cow<'a, str>, End), Stop> {
        let mut text = Cow::Borrowed("");
        let mut from = self.at + 1;
        let mut line = None;
        self.at = from;
        let escape = self.dialect.escape.unwrap_or(quote);
        loop {
            let found =
                memchr::memchr2(quote, escape, self.rest(self.at)).ok_or(match self.supply {
                    Supply::Complete => Stop::QuoteOpen,
                    Supply::Open => Stop::NeedsMore { quoted: true },
                })?;
            let at = self.at + found;
            let next = self.byte(at + 1);
            if next.is_none() && self.supply == Supply::Open {
                return Err(Stop::NeedsMore { quoted: true });
            }
            let escapes = self.byte(at) == Some(escape)
                && (next == Some(quote) || (escape != quote && next == Some(escape)));
            let doubled = self.byte(at) == Some(quote) && next == Some(quote);
            if escapes || doubled {
                append(&mut text, self.slice(from, at));
                from = at + 1;
                self.at = at + 2;
            } else if self.byte(at) != Some(quote) {
                self.at = at + 1;
            } else if let Some(end) = self.closes_before(at + 1) {
                append(&mut text, self.slice(from, at));
                self.at = end;
                let (_, end) = self.bare(end)?;
                return Ok((text, end));
            } else if self.closes_later(at + 1, quote, &mut line)? {
                self.at = at + 1;
            } else {
                append(&mut text, self.slice(from, at));
                self.at = at + 1;
                let (tail, end) = self.bare(at + 1)?;
                text.to_mut().push_str(&tail);
                return Ok((text, end));
            }
        }
    }

    /// Where the cell's boundary is, when only blanks lie between a quotation mark and it.
    fn closes_before(&self, at: usize) -> Option<usize> {
        let mut at = at;
        loop {
            if self.separator_at(at).is_some()
                || matches!(self.byte(at), Some(b'\n' | b'\r') | None)
            {
                return Some(at);
            }
            if self.byte(at) != Some(b' ') {
                return None;
            }
            at += 1;
        }
    }

    /// Whether a later quotation mark on this line closes the cell: then the one before `at` was meant literally
    /// (`"Ferreteria "El Clau", SL"`), else it closed the cell and something was written behind it. The line is looked
    /// through once, however many marks it has.
    fn closes_later(
        &self,
        at: usize,
        quote: u8,
        line: &mut Option<QuotedLine>,
    ) -> Result<bool, Stop> {
        let known = line.filter(|line| at <= line.end);
        let found = match known {
            Some(found) => found,
            None => self.look_through(at, quote)?,
        };
        *line = Some(found);
        Ok(found.last_closing.is_some_and(|last| last >= at))
    }

    fn look_through(&self, at: usize, quote: u8) -> Result<QuotedLine, Stop> {
        let rest = self.rest(at);
        let length = match memchr::memchr2(b'\n', b'\r', rest) {
            Some(length) => length,
            None if self.supply == Supply::Complete => rest.len(),
            None => return Err(Stop::NeedsMore { quoted: true }),
        };
        let line = rest.get(..length).unwrap_or_default();
        let mut closing = memchr::memchr_iter(quote, line).map(|found| at + found);
        let last_closing = closing.rfind(|mark| self.closes_before(mark + 1).is_some());
        Ok(QuotedLine {
            end: at + length,
            last_closing,
        })
    }
}

/// What is known of a line inside quotation marks.
#[derive(Debug, Clone, Copy)]
struct QuotedLine {
    /// Where it ends.
    end: usize,
    /// Its last quotation mark before a cell's boundary.
    last_closing: Option<usize>,
}

/// Borrows as long as there is one piece only.
fn append<'a>(text: &mut Cow<'a, str>, piece: &'a str) {
    if text.is_empty() {
        *text = Cow::Borrowed(piece);
    } else if !piece.is_empty() {
        text.to_mut().push_str(piece);
    }
}
