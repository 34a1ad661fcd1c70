//! Values of the domain as plain columns, and whose personal values a row shows.

use cartera_domain::ids::SubjectId;
use cartera_domain::values::{
    Amount, EmailAddress, Patch, Percentage, Personal, PhoneNumber, Text,
};
use rust_decimal::Decimal;

/// A value that a plain column can show.
pub trait Plain {
    /// The column's type.
    type Shown;
    /// The value; nothing when it was erased.
    fn shown(&self) -> Option<Self::Shown>;
    /// Whose personal value it is or was.
    fn subject(&self) -> Option<SubjectId> {
        None
    }
}

impl<const MAX: usize, const LINES: bool> Plain for Text<MAX, LINES> {
    type Shown = String;

    fn shown(&self) -> Option<String> {
        Some(self.as_str().to_owned())
    }
}

impl Plain for EmailAddress {
    type Shown = String;

    fn shown(&self) -> Option<String> {
        Some(self.as_str().to_owned())
    }
}

impl Plain for PhoneNumber {
    type Shown = String;

    fn shown(&self) -> Option<String> {
        Some(self.as_str().to_owned())
    }
}

impl Plain for Amount {
    type Shown = Decimal;

    fn shown(&self) -> Option<Decimal> {
        Some(self.value())
    }
}

impl Plain for Percentage {
    type Shown = Decimal;

    fn shown(&self) -> Option<Decimal> {
        Some(self.value())
    }
}

impl Plain for u32 {
    type Shown = i64;

    fn shown(&self) -> Option<i64> {
        Some(i64::from(*self))
    }
}

impl Plain for u16 {
    type Shown = i32;

    fn shown(&self) -> Option<i32> {
        Some(i32::from(*self))
    }
}

impl<T: Plain> Plain for Personal<T> {
    type Shown = T::Shown;

    fn shown(&self) -> Option<T::Shown> {
        self.reveal().and_then(T::shown)
    }

    fn subject(&self) -> Option<SubjectId> {
        Some(Self::subject(self))
    }
}

/// Takes values into columns, and notes whose they are.
#[derive(Debug)]
pub struct Columns<'a> {
    subjects: &'a mut Vec<SubjectId>,
}

impl<'a> Columns<'a> {
    /// Notes subjects in this column of the row.
    pub fn noting(subjects: &'a mut Vec<SubjectId>) -> Self {
        Self { subjects }
    }

    /// The value as the column shows it.
    pub fn of<T: Plain>(&mut self, value: Option<&T>) -> Option<T::Shown> {
        let value = value?;
        if let Some(subject) = value.subject()
            && !self.subjects.contains(&subject)
        {
            self.subjects.push(subject);
            self.subjects.sort_unstable();
        }
        value.shown()
    }

    /// Corrects the column.
    pub fn correct<T: Plain>(&mut self, column: &mut Option<T::Shown>, patch: &Patch<T>) {
        match patch {
            Patch::Keep => {}
            Patch::Clear => *column = None,
            Patch::Set(value) => *column = self.of(Some(value)),
        }
    }
}
