//! What a person typed, read into the domain's values: all that is wrong is collected, so that a form shows it at once.

use std::str::FromStr;

use async_graphql::MaybeUndefined;
use cartera_domain::ids::SubjectId;
use cartera_domain::settings::FiscalStart;
use cartera_domain::values::{
    Amount, Currency, EmailAddress, InvalidText, Patch, Percentage, Personal, PhoneNumber, Text,
};
use chrono_tz::Tz;

use crate::payload::{Refused, UserError};
use crate::scalars::Decimal;

/// Reads the fields of one input object and remembers what is wrong.
#[derive(Debug)]
pub struct Fields {
    path: Vec<String>,
    wrong: Vec<UserError>,
}

/// Why a field does not read: a stable code, and the reason in English.
pub type Wrong = (&'static str, String);

/// A value that is read from what a caller sends.
pub trait Given: Sized {
    /// What the caller sends.
    type Raw;

    /// Reads it; `None` for what means "nothing", such as blank text.
    ///
    /// # Errors
    /// Why it does not read.
    fn read(raw: Self::Raw) -> Result<Option<Self>, Wrong>;
}

impl Fields {
    /// The fields of the mutation's `input`.
    pub fn of_input() -> Self {
        Self {
            path: vec!["input".to_owned()],
            wrong: vec![],
        }
    }

    /// Reads an object inside, whose errors name it.
    pub fn within<T>(&mut self, name: impl Into<String>, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(name.into());
        let made = read(self);
        self.path.pop();
        made
    }

    /// A field that may be absent.
    pub fn optional<T: Given>(&mut self, name: &str, raw: Option<T::Raw>) -> Option<T> {
        match raw.map_or(Ok(None), T::read) {
            Ok(value) => value,
            Err((code, message)) => {
                self.refuse(name, code, message);
                None
            }
        }
    }

    /// A field that must be there. `None` only when it was refused.
    pub fn required<T: Given>(&mut self, name: &str, raw: T::Raw) -> Option<T> {
        match T::read(raw) {
            Ok(Some(value)) => Some(value),
            Ok(None) => {
                self.refuse(name, "REQUIRED", "this is needed".to_owned());
                None
            }
            Err((code, message)) => {
                self.refuse(name, code, message);
                None
            }
        }
    }

    /// A field of a natural person that may be absent.
    pub fn personal<T: Given>(
        &mut self,
        name: &str,
        raw: Option<T::Raw>,
        subject: SubjectId,
    ) -> Option<Personal<T>> {
        let value = self.optional(name, raw)?;
        Some(Personal::new(subject, value))
    }

    /// A correction: absent keeps, null or blank clears, a value sets.
    pub fn patch<T: Given>(&mut self, name: &str, raw: MaybeUndefined<T::Raw>) -> Patch<T> {
        match raw {
            MaybeUndefined::Undefined => Patch::Keep,
            MaybeUndefined::Null => Patch::Clear,
            MaybeUndefined::Value(raw) => self
                .optional(name, Some(raw))
                .map_or(Patch::Clear, Patch::Set),
        }
    }

    /// A correction of a field of a natural person.
    pub fn personal_patch<T: Given>(
        &mut self,
        name: &str,
        raw: MaybeUndefined<T::Raw>,
        subject: SubjectId,
    ) -> Patch<Personal<T>> {
        match self.patch(name, raw) {
            Patch::Keep => Patch::Keep,
            Patch::Clear => Patch::Clear,
            Patch::Set(value) => Patch::Set(Personal::new(subject, value)),
        }
    }

    /// Notes that a field is wrong.
    pub fn refuse(&mut self, name: &str, code: &str, message: String) {
        let mut path = self.path.clone();
        path.push(name.to_owned());
        self.wrong.push(UserError {
            code: code.to_owned(),
            message,
            path,
        });
    }

    /// What was made of the fields, if all of them were right.
    ///
    /// # Errors
    /// All that is wrong.
    pub fn all<T>(self, made: Option<T>) -> Result<T, Refused> {
        match made {
            Some(made) if self.wrong.is_empty() => Ok(made),
            Some(_) | None => Err(Refused::Correctable(self.wrong)),
        }
    }
}

impl<const MAX: usize, const LINES: bool> Given for Text<MAX, LINES> {
    type Raw = String;

    fn read(raw: String) -> Result<Option<Self>, Wrong> {
        match Self::parse(&raw) {
            Ok(text) => Ok(Some(text)),
            Err(InvalidText::Empty) => Ok(None),
            Err(wrong @ InvalidText::TooLong { .. }) => Err(("TEXT_TOO_LONG", wrong.to_string())),
            Err(wrong @ InvalidText::ControlCharacter { .. }) => {
                Err(("TEXT_UNREADABLE", wrong.to_string()))
            }
        }
    }
}

/// Reads text by its own parser; blank is nothing.
fn parsed<T: FromStr<Err: std::fmt::Display>>(
    raw: &str,
    code: &'static str,
) -> Result<Option<T>, Wrong> {
    match raw.trim() {
        "" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|wrong: T::Err| (code, wrong.to_string())),
    }
}

macro_rules! parsed {
    ($($type:ty => $code:literal),+ $(,)?) => {$(
        impl Given for $type {
            type Raw = String;

            fn read(raw: String) -> Result<Option<Self>, Wrong> {
                parsed(&raw, $code)
            }
        }
    )+};
}

parsed! {
    EmailAddress => "EMAIL_INVALID",
    PhoneNumber => "PHONE_INVALID",
    Currency => "CURRENCY_INVALID",
    Tz => "TIME_ZONE_UNKNOWN",
}

impl Given for Amount {
    type Raw = Decimal;

    fn read(raw: Decimal) -> Result<Option<Self>, Wrong> {
        Self::try_new(raw.0)
            .map(Some)
            .map_err(|wrong| ("AMOUNT_INVALID", wrong.to_string()))
    }
}

impl Given for Percentage {
    type Raw = Decimal;

    fn read(raw: Decimal) -> Result<Option<Self>, Wrong> {
        Self::try_new(raw.0)
            .map(Some)
            .map_err(|wrong| ("PERCENTAGE_INVALID", wrong.to_string()))
    }
}

impl Given for FiscalStart {
    type Raw = i32;

    fn read(raw: i32) -> Result<Option<Self>, Wrong> {
        let month = u8::try_from(raw).unwrap_or(0);
        Self::try_new(month)
            .map(Some)
            .map_err(|wrong| ("MONTH_INVALID", wrong.to_string()))
    }
}

macro_rules! whole_number {
    ($($type:ty),+) => {$(
        impl Given for $type {
            type Raw = i32;

            fn read(raw: i32) -> Result<Option<Self>, Wrong> {
                Self::try_from(raw)
                    .map(Some)
                    .map_err(|_out_of_range| ("NUMBER_OUT_OF_RANGE", "the number is out of range".to_owned()))
            }
        }
    )+};
}

whole_number!(u16, u32);
