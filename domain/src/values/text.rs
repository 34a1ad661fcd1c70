//! Text with a greatest length, without control characters that no log or database can keep.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Text of 1 to `MAX` characters, trimmed, without U+0000.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(String);

/// One line: a name, a title, a place.
pub type Line = Text<200>;
/// Several lines: what somebody wrote down.
pub type Note = Text<10_000>;

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
    /// U+0000, which PostgreSQL cannot keep.
    #[error("the text contains the character U+0000")]
    Nul,
}

impl<const MAX: usize> Text<MAX> {
    /// Trims and checks a text.
    ///
    /// # Errors
    /// Empty, too long, or with U+0000.
    pub fn parse(text: &str) -> Result<Self, InvalidText> {
        let text = text.trim();
        if text.is_empty() {
            return Err(InvalidText::Empty);
        }
        if text.contains('\0') {
            return Err(InvalidText::Nul);
        }
        let length = text.chars().count();
        if length > MAX {
            return Err(InvalidText::TooLong { length, max: MAX });
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
