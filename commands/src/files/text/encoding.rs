//! In which encoding a text is written.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use crate::files::refusal::FileRefusal;

/// How a text's characters are written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-32, little end first.
    Utf32Le,
    /// UTF-32, big end first.
    Utf32Be,
    /// Any of the WHATWG's encodings; UTF-8, UTF-16 and Windows-1252 above all. ISO-8859-1 is read as Windows-1252,
    /// which differs only where ISO-8859-1 has control characters that no text uses.
    Whatwg(&'static encoding_rs::Encoding),
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utf32Le => f.write_str("UTF-32LE"),
            Self::Utf32Be => f.write_str("UTF-32BE"),
            Self::Whatwg(encoding) => f.write_str(encoding.name()),
        }
    }
}

impl Encoding {
    /// The encoding of this name, in any of the spellings that the WHATWG lists, or `utf-32le`, `utf-32be`.
    pub fn named(label: &str) -> Option<Self> {
        match label.trim().to_ascii_lowercase().as_str() {
            "utf-32le" | "utf32le" => Some(Self::Utf32Le),
            "utf-32be" | "utf32be" => Some(Self::Utf32Be),
            other => {
                encoding_rs::Encoding::for_label_no_replacement(other.as_bytes()).map(Self::Whatwg)
            }
        }
    }
}

/// Whether all bytes of a file are text in its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Soundness {
    /// They are: U+FFFD is what somebody wrote.
    Sound,
    /// Perhaps not: U+FFFD may stand for bytes that are no text, and rows with it are refused.
    Doubtful,
}

/// What was found at the beginning and, where that did not tell, in the whole of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) encoding: Encoding,
    /// Length of the byte order mark.
    pub(super) mark_bytes: u64,
    /// Whether all bytes are text in this encoding.
    pub(super) soundness: Soundness,
}

/// Byte order marks; the longer ones first, since UTF-32LE's begins with UTF-16LE's.
fn marked(head: &[u8]) -> Option<(Encoding, u64)> {
    let marks: [(&[u8], Encoding); 5] = [
        (b"\xFF\xFE\0\0", Encoding::Utf32Le),
        (b"\0\0\xFE\xFF", Encoding::Utf32Be),
        (b"\xEF\xBB\xBF", Encoding::Whatwg(encoding_rs::UTF_8)),
        (b"\xFF\xFE", Encoding::Whatwg(encoding_rs::UTF_16LE)),
        (b"\xFE\xFF", Encoding::Whatwg(encoding_rs::UTF_16BE)),
    ];
    let (mark, encoding) = marks.into_iter().find(|(mark, _)| head.starts_with(mark))?;
    Some((encoding, u64::try_from(mark.len()).unwrap_or_default()))
}

/// UTF-32 without a mark, or with UTF-16's, as some programs write it: of every four bytes two are zero.
fn unmarked_utf32(head: &[u8]) -> Option<Encoding> {
    let (mut little, mut big, mut all) = (0, 0, 0);
    for unit in head.chunks_exact(4) {
        all += 1;
        little += usize::from(matches!(unit, [low, high, 0, 0] if *low != 0 || *high != 0));
        big += usize::from(matches!(unit, [0, 0, high, low] if *low != 0 || *high != 0));
    }
    if all >= 4 && little * 10 >= all * 9 {
        Some(Encoding::Utf32Le)
    } else if all >= 4 && big * 10 >= all * 9 {
        Some(Encoding::Utf32Be)
    } else {
        None
    }
}

/// UTF-16 without a mark, where it is evident: in a text of mostly Latin letters every other byte is zero.
fn unmarked_utf16(head: &[u8]) -> Option<Encoding> {
    let zeros = |odd: usize| {
        head.iter()
            .skip(odd)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd, half) = (zeros(0), zeros(1), head.len() / 2);
    if half < 4 {
        None
    } else if odd * 10 >= half * 7 && even * 10 <= half {
        Some(Encoding::Whatwg(encoding_rs::UTF_16LE))
    } else if even * 10 >= half * 7 && odd * 10 <= half {
        Some(Encoding::Whatwg(encoding_rs::UTF_16BE))
    } else {
        None
    }
}

/// What the first bytes tell: the encoding, and the length of its mark.
fn told_by(head: &[u8]) -> Option<(Encoding, u64)> {
    let marked = marked(head);
    match marked {
        Some((_, 2)) => unmarked_utf32(head.get(2..).unwrap_or_default())
            .map(|encoding| (encoding, 2))
            .or(marked),
        Some(_) => marked,
        None => unmarked_utf32(head)
            .or_else(|| unmarked_utf16(head))
            .map(|encoding| (encoding, 0)),
    }
}

/// Whether a text that begins so has two or four bytes for every letter.
pub(in crate::files) fn is_wide(head: &[u8]) -> bool {
    let utf8 = Encoding::Whatwg(encoding_rs::UTF_8);
    told_by(head).is_some_and(|(encoding, _)| encoding != utf8)
}

/// Takes the encoding that somebody named; a byte order mark is skipped all the same.
pub(super) fn declared(label: &str, file: &mut File) -> Result<Found, FileRefusal> {
    let encoding = Encoding::named(label).ok_or_else(|| FileRefusal::FileEncodingUnknown {
        label: label.to_owned(),
    })?;
    let failed = |error: io::Error| FileRefusal::FileReadingFailed {
        detail: error.to_string(),
    };
    let head = head(file).map_err(failed)?;
    let mark_bytes = marked(&head)
        .filter(|(by_mark, _)| *by_mark == encoding)
        .map_or(0, |(_, length)| length);
    Ok(Found {
        encoding,
        mark_bytes,
        soundness: Soundness::Doubtful,
    })
}

/// Finds the encoding: by its mark, else UTF-16 where evident, else UTF-8 where all (or nearly all) bytes are valid, else
/// a guess among the older ones, which for western Europe is Windows-1252. The whole file is read for that, since the
/// first letter beyond ASCII may stand on the last line.
pub(super) fn detect(file: &mut File) -> io::Result<Found> {
    let head = head(file)?;
    let mark = told_by(&head);
    let utf8 = Encoding::Whatwg(encoding_rs::UTF_8);
    if let Some((encoding, mark_bytes)) = mark.filter(|(encoding, _)| *encoding != utf8) {
        return Ok(Found {
            encoding,
            mark_bytes,
            soundness: Soundness::Doubtful,
        });
    }
    file.seek(SeekFrom::Start(0))?;
    let mut census = Census::new();
    let mut chunk = vec![0; 64 << 10];
    loop {
        let read = file.read(&mut chunk)?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
            break;
        };
        census.count(bytes);
    }
    Ok(match mark {
        Some((encoding, mark_bytes)) => Found {
            encoding,
            mark_bytes,
            soundness: if census.strays() > 0 {
                Soundness::Doubtful
            } else {
                Soundness::Sound
            },
        },
        None => census.verdict(),
    })
}

fn head(file: &mut File) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    file.take(4096).read_to_end(&mut head)?;
    Ok(head)
}

/// Bytes from the first that is no UTF-8 by which an older encoding is guessed; more would tell nothing new and take long.
const GUESSED_BYTES: usize = 512 << 10;

/// Counts what would be letters beyond ASCII in UTF-8, and what could not be.
struct Census {
    /// Bytes at the end of a chunk that may be the beginning of a letter.
    begun: Vec<u8>,
    letters: u64,
    strays: u64,
    guessed_bytes: usize,
    guess: EncodingDetector,
}

impl Census {
    fn new() -> Self {
        Self {
            begun: Vec::new(),
            letters: 0,
            strays: 0,
            guessed_bytes: 0,
            guess: EncodingDetector::new(Iso2022JpDetection::Deny),
        }
    }

    fn count(&mut self, bytes: &[u8]) {
        if self.begun.is_empty() && bytes.is_ascii() {
            return;
        }
        let mut joined = std::mem::take(&mut self.begun);
        joined.extend_from_slice(bytes);
        let mut rest = joined.as_slice();
        while !rest.is_empty() {
            rest = self.count_until_stray(rest);
        }
        if self.strays > 0 && self.guessed_bytes < GUESSED_BYTES {
            self.guess.feed(bytes, false);
            self.guessed_bytes += bytes.len();
        }
    }

    /// Counts letters up to the first bytes that are no UTF-8, and gives what follows these.
    fn count_until_stray<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let Err(error) = std::str::from_utf8(bytes) else {
            self.letters += beyond_ascii(bytes);
            return &[];
        };
        let (valid, after) = bytes.split_at(error.valid_up_to());
        self.letters += beyond_ascii(valid);
        let Some(skipped) = error.error_len() else {
            self.begun = after.to_vec();
            return &[];
        };
        self.strays += 1;
        after.get(skipped..).unwrap_or_default()
    }

    fn strays(&self) -> u64 {
        self.strays + u64::from(!self.begun.is_empty())
    }

    fn verdict(mut self) -> Found {
        let strays = self.strays();
        let utf8 = Encoding::Whatwg(encoding_rs::UTF_8);
        if strays == 0 {
            return Found {
                encoding: utf8,
                mark_bytes: 0,
                soundness: Soundness::Sound,
            };
        }
        // In an older encoding a letter beyond ASCII hardly ever happens to be valid UTF-8, let alone twenty in a row.
        if self.letters >= 20 * strays {
            return Found {
                encoding: utf8,
                mark_bytes: 0,
                soundness: Soundness::Doubtful,
            };
        }
        self.guess.feed(&self.begun, true);
        let guessed = self.guess.guess(Some(b"es"), Utf8Detection::Deny);
        Found {
            encoding: Encoding::Whatwg(guessed),
            mark_bytes: 0,
            soundness: Soundness::Doubtful,
        }
    }
}

/// Number of letters beyond ASCII in valid UTF-8: of their first bytes.
fn beyond_ascii(text: &[u8]) -> u64 {
    let first = text.iter().filter(|byte| **byte >= 0xC0).count();
    u64::try_from(first).unwrap_or(u64::MAX)
}
