//! Values for tests.

use std::fmt::Debug;
use std::str::FromStr;

use uuid::Uuid;

use super::{Line, Personal};
use crate::ids::{SubjectId, TypedId};

/// The id with this number.
pub(crate) fn id<T: TypedId>(number: u128) -> T {
    T::from_uuid(Uuid::from_u128(number))
}

/// The value that this text means.
#[track_caller]
pub(crate) fn parse<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// A line of text.
#[track_caller]
pub(crate) fn line(text: &str) -> Line {
    parse(text)
}

/// A value of one and the same person.
#[track_caller]
pub(crate) fn personal<T: FromStr<Err: Debug>>(text: &str) -> Personal<T> {
    Personal::new(id::<SubjectId>(900), parse(text))
}

/// Like [`personal`], after the person's key was destroyed.
pub(crate) fn erased<T>() -> Personal<T> {
    Personal::Erased {
        subject: id::<SubjectId>(900),
    }
}
