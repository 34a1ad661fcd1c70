//! Text with a greatest length, without control characters that no list, log or database can keep.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Text of 1 to `MAX` characters, trimmed; with `LINES` it may have several lines.
///
/// In a single line, line breaks and tabs between words are white space and become one blank; in several, every kind of
/// line break becomes U+000A. Other control characters are refused: they are signs of another encoding, or of mischief.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize, const LINES: bool = false>(String);

/// One line: a name, a title, a place.
pub type Line = Text<200>;
/// Several lines: what somebody wrote down.
pub type Note = Text<10_000, true>;

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing but white space.
    #[error("the text is empty")]
    Empty,
    /// More than the greatest length, in characters.
    #[error("the text has {length} characters, at most {max} are allowed")]
    TooLong {
        /// Length found.
        length: usize,
        /// Greatest length.
        max: usize,
    },
    /// A control character: a number below U+0020, or from U+007F to U+009F. The database cannot keep U+0000 at all.
    #[error("the text contains the control character U+{code:04X}")]
    ControlCharacter {
        /// Its number in Unicode.
        code: u32,
    },
}

impl<const MAX: usize, const LINES: bool> Text<MAX, LINES> {
    /// Greatest length, in characters.
    pub const MAX: usize = MAX;

    /// Trims and checks a text.
    ///
    /// # Errors
    /// Empty, too long, or with a control character.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let text = if LINES {
            unify_line_breaks(text.trim())
        } else {
            join_lines(text.trim())
        };
        if text.is_empty() {
            return Err(InvalidText::Empty);
        }
        let allowed = |c: char| LINES && matches!(c, '\n' | '\t');
        if let Some(control) = text.chars().find(|c| c.is_control() && !allowed(*c)) {
            return Err(InvalidText::ControlCharacter {
                code: control.into(),
            });
        }
        let length = text.chars().count();
        if length > MAX {
            return Err(InvalidText::TooLong { length, max: MAX });
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn unify_line_breaks(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn join_lines(text: &str) -> String {
    if !text.contains(['\n', '\r', '\t']) {
        return text.to_owned();
    }
    let words: Vec<&str> = text
        .split(['\n', '\r', '\t'])
        .map(str::trim)
        .filter(|words| !words.is_empty())
        .collect();
    words.join(" ")
}

impl<const MAX: usize, const LINES: bool> FromStr for Text<MAX, LINES> {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl<const MAX: usize, const LINES: bool> fmt::Display for Text<MAX, LINES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
