//! Which column of the file a name in the profile means.

use crate::files::Column;
use crate::importing::profile::InvalidProfile;

/// Finds columns by name, and remembers what it did not find, so that all of it is told at once.
pub(super) struct Finder<'a> {
    columns: &'a [Column],
    missing: Vec<String>,
    ambiguous: Vec<String>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(columns: &'a [Column]) -> Self {
        Self {
            columns,
            missing: Vec::new(),
            ambiguous: Vec::new(),
        }
    }

    /// The column whose header is this, whatever the case; of several with one header, `Phone (2)` is the second; and
    /// `column 3` is the third where no header is called so.
    pub(super) fn find(&mut self, name: &str) -> Option<usize> {
        let wanted = name.trim().to_lowercase();
        let mut named = self
            .columns
            .iter()
            .filter(|column| !wanted.is_empty() && column.name.to_lowercase() == wanted);
        match (named.next(), named.next()) {
            (Some(one), None) => return Some(one.index),
            (Some(_), Some(_)) => note(&mut self.ambiguous, name),
            (None, _) => match self.by_key(&wanted) {
                Some(index) => return Some(index),
                None => note(&mut self.missing, name),
            },
        }
        None
    }

    fn by_key(&self, wanted: &str) -> Option<usize> {
        let by_key = |column: &&Column| column.key.to_lowercase() == wanted;
        let first_of_several =
            |column: &&Column| wanted == format!("{} (1)", column.name.to_lowercase());
        let by_place = |column: &&Column| wanted == format!("column {}", column.index + 1);
        let columns = || self.columns.iter();
        let found = columns()
            .find(by_key)
            .or_else(|| columns().find(first_of_several))
            .or_else(|| columns().find(by_place));
        found.map(|column| column.index)
    }

    /// What was asked for and is not there, or is there twice.
    pub(super) fn end(self) -> Result<(), InvalidProfile> {
        if !self.missing.is_empty() {
            return Err(InvalidProfile::ColumnsMissing {
                missing: self.missing,
                found: self
                    .columns
                    .iter()
                    .map(|column| column.key.clone())
                    .collect(),
            });
        }
        match self.ambiguous.first() {
            Some(name) => Err(InvalidProfile::ColumnAmbiguous { name: name.clone() }),
            None => Ok(()),
        }
    }
}

fn note(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}
