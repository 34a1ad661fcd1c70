//! How a delimited text tells cells and records apart, and how that is found out.
//!
//! Every candidate separator is tried on a sample, with quotation marks respected, and scored after van den Burg, Nazábal
//! and Sutton, "Wrangling messy CSV files by detecting row and type patterns" (2019): rows should have the same number of
//! cells, and cells should look like numbers, dates or words.

use std::collections::BTreeMap;

use super::decoder::Supply;
use super::scanner::Scanner;
use super::shape::{Shape, shape};

/// How cells and records are told apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dialect {
    /// Between two cells; none where there is only one column.
    pub separator: Option<char>,
    /// Around a cell that holds separators, line ends or itself; none where nothing is quoted.
    pub quote: Option<u8>,
    /// In front of a quotation mark that is part of the cell; without it, that mark is doubled.
    pub escape: Option<u8>,
    /// Blanks after a separator belong to no cell.
    pub skips_blanks: bool,
    /// Lines end in CR alone.
    pub ends_in_cr: bool,
    separator_utf8: Vec<u8>,
}

impl Dialect {
    /// Cells between these separators, in double quotation marks where needed, and lines that end in LF or CRLF.
    pub fn separated_by(separator: Option<char>) -> Self {
        let separator_utf8 = separator.map(String::from).unwrap_or_default().into_bytes();
        Self {
            separator,
            quote: Some(b'"'),
            separator_utf8,
            ..Self::default()
        }
    }

    pub(super) fn separator_bytes(&self) -> &[u8] {
        &self.separator_utf8
    }

    /// The byte that ends a line.
    pub(super) fn line_end(&self) -> u8 {
        if self.ends_in_cr { b'\r' } else { b'\n' }
    }

    /// Where the next separator or line end may be.
    pub(super) fn find_boundary(&self, bytes: &[u8]) -> Option<usize> {
        match (self.separator_utf8.first(), self.ends_in_cr) {
            (Some(separator), false) => memchr::memchr2(*separator, b'\n', bytes),
            (Some(separator), true) => memchr::memchr2(*separator, b'\r', bytes),
            (None, ends_in_cr) => memchr::memchr(if ends_in_cr { b'\r' } else { b'\n' }, bytes),
        }
    }
}

/// What usually separates, in the order of preference between equals.
const USUAL: [char; 4] = [',', ';', '\t', '|'];
/// What else occurs: only where all records have as many of it; a blank only where it makes three columns or more, since
/// every list of names has one blank per line.
const UNUSUAL: [char; 10] = [' ', '#', '!', '~', '^', ':', '§', '¦', '\u{1f}', '\u{1}'];
/// Records of the sample that are scored.
const SCORED_RECORDS: usize = 200;

/// Finds the dialect of a text by a sample from its beginning, and the number of bytes before the first record.
pub(super) fn detect(sample: &str, supply: Supply, declared: Option<char>) -> (Dialect, usize) {
    let (by_line, start) =
        separator_line(sample).map_or((None, 0), |(separator, bytes)| (Some(separator), bytes));
    let sample = sample.get(start..).unwrap_or_default();
    let mut base = Dialect {
        ends_in_cr: !sample.contains('\n') && sample.contains('\r'),
        ..Dialect::default()
    };
    base.quote = Some(quote(sample));
    base.escape = escape(sample, base.quote.unwrap_or(b'"'));
    let with = |separator: Option<char>| Dialect {
        quote: base.quote,
        escape: base.escape,
        ends_in_cr: base.ends_in_cr,
        ..Dialect::separated_by(separator)
    };
    let scored = |separator: &char| (score(sample, supply, &with(Some(*separator))), *separator);
    // The last of equals wins: so the preferred ones come last.
    let candidates = UNUSUAL.iter().chain(USUAL.iter().rev()).map(scored);
    let best = candidates
        .max_by_key(|(score, _)| *score)
        .filter(|(score, _)| *score > 0);
    let separator = declared
        .or(by_line)
        .or(best.map(|(_, separator)| separator));
    let mut dialect = with(separator);
    dialect.skips_blanks = blanks_follow(sample, separator);
    (dialect, start)
}

/// A first line like `sep=;`, as Excel writes and reads it: the separator and the line's length.
fn separator_line(sample: &str) -> Option<(char, usize)> {
    let end = sample.find(['\n', '\r'])?;
    let line = sample.get(..end)?.trim_matches('"');
    let separator = line
        .get(..4)
        .filter(|begin| begin.eq_ignore_ascii_case("sep="))
        .and_then(|_| line.get(4..))?;
    let mut characters = separator.chars();
    let separator = characters.next().filter(|_| characters.next().is_none())?;
    let after = sample.get(end..)?;
    let line_end = if after.starts_with("\r\n") { 2 } else { 1 };
    Some((separator, end + line_end))
}

/// The quotation mark: the apostrophe only where it stands at cells' borders more often than the double one.
fn quote(sample: &str) -> u8 {
    let borders = |quote: char| {
        let boundary =
            |c: Option<char>| c.is_none_or(|c| USUAL.contains(&c) || c == '\n' || c == '\r');
        let mut previous = None;
        let mut letters = sample.chars().peekable();
        let (mut opening, mut closing) = (0_usize, 0_usize);
        while let Some(letter) = letters.next() {
            if letter == quote {
                opening += usize::from(boundary(previous));
                closing += usize::from(boundary(letters.peek().copied()));
            }
            previous = Some(letter);
        }
        opening.min(closing)
    };
    if borders('\'') > borders('"') {
        b'\''
    } else {
        b'"'
    }
}

/// The character before quotation marks inside cells, where it is not the mark itself.
fn escape(sample: &str, quote: u8) -> Option<u8> {
    let bytes = sample.as_bytes();
    let inside = |at: usize| {
        bytes.get(at).is_some_and(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'.' | b'!' | b'?')
        })
    };
    [b'\\', b'\0'].into_iter().find(|escape| {
        memchr::memmem::find_iter(bytes, &[*escape, quote]).any(|at| {
            // A mark that both follows and precedes a letter; a path's last backslash stands before the closing mark.
            inside(at + 2)
                && at
                    .checked_sub(1)
                    .is_some_and(|before| bytes.get(before) != Some(&quote))
        })
    })
}

/// Whether a blank follows nearly every separator.
fn blanks_follow(sample: &str, separator: Option<char>) -> bool {
    let Some(separator) = separator.filter(|separator| !separator.is_whitespace()) else {
        return false;
    };
    let all = sample.matches(separator).count();
    let followed = sample.matches(&format!("{separator} ")).count();
    let quoted = sample.matches(&format!("{separator} \"")).count()
        + sample.matches(&format!("{separator} '")).count();
    all > 0 && quoted > 0 && followed * 10 >= all * 7
}

/// Score of a dialect, 0 where it gives a single column. Integers only: millionths × thousandths.
fn score(sample: &str, supply: Supply, dialect: &Dialect) -> u64 {
    let mut widths: BTreeMap<u64, u64> = BTreeMap::new();
    let (mut cells, mut plain) = (0_u64, 0_u64);
    let mut rest = sample;
    for _ in 0..SCORED_RECORDS {
        if rest.is_empty() {
            break;
        }
        let mut width = 0_u64;
        let mut blank = true;
        let record = Scanner::new(rest, dialect, supply).record(|field| {
            width += 1;
            let shape = shape(&field.text);
            blank &= shape == Shape::Blank;
            plain += u64::from(field.quoted || shape != Shape::Mixed);
        });
        let Ok(bytes) = record else { break };
        rest = rest.get(bytes..).unwrap_or_default();
        cells += width;
        if !blank {
            *widths.entry(width).or_default() += 1;
        }
    }
    let records: u64 = widths.values().sum();
    let several: u64 = widths
        .iter()
        .filter(|(width, _)| **width > 1)
        .map(|(_, count)| *count)
        .sum();
    let possible = match dialect.separator {
        Some(' ') => widths.len() == 1 && records > 1 && cells >= 3 * records,
        Some(separator) if !USUAL.contains(&separator) => widths.len() == 1 && records > 1,
        Some(_) | None => several * 2 >= records,
    };
    if several == 0 || !possible {
        return 0;
    }
    let pattern: u64 = widths
        .iter()
        .map(|(width, count)| count * 1_000_000 * (width - 1) / width)
        .sum();
    let kinds = u64::try_from(widths.len()).unwrap_or(u64::MAX);
    (pattern / kinds).saturating_mul(plain * 1_000 / cells.max(1))
}
