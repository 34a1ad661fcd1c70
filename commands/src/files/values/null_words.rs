//! Words that stand for nothing.

use crate::files::cell::Cell;

/// The words that mean "no value" in a column; the default ones are what databases and spreadsheets write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NullWords(Vec<String>);

/// `null`, `(null)`, `\N`, `n/a`, `#n/a`. Not `NA` (Namibia), not `none`, not `-`: a profile names these where they apply.
impl Default for NullWords {
    fn default() -> Self {
        Self(
            ["null", "(null)", "\\n", "n/a", "#n/a"]
                .map(str::to_owned)
                .to_vec(),
        )
    }
}

impl NullWords {
    /// The default words and these, such as `Select` of a web form. Upper and lower case are the same.
    #[must_use]
    pub fn with<'a>(mut self, words: impl IntoIterator<Item = &'a str>) -> Self {
        self.0
            .extend(words.into_iter().map(|word| word.trim().to_lowercase()));
        self
    }

    /// Whether a cell holds nothing: it is empty, white space, or one of the words.
    pub fn is_null(&self, cell: &Cell) -> bool {
        match cell {
            Cell::Empty => true,
            Cell::Text(text) | Cell::Faulty(text) => {
                let word = text.trim().to_lowercase();
                word.is_empty() || self.0.contains(&word)
            }
            Cell::Number(_) | Cell::Date(_) | Cell::DateTime(_) | Cell::Bool(_) => false,
        }
    }
}
