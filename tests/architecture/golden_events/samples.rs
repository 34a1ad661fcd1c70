//! One sample of every event, with every field filled in where it can be.

mod clients;
mod leads;
mod opportunities;
mod products;
mod settings;
mod users;

use std::str::FromStr;

use cartera_domain::Event;
use cartera_domain::ids::{SubjectId, TypedId};
use cartera_domain::values::{Line, Note, Personal};
use uuid::Uuid;

/// All samples, in the order of a sale's life.
pub(super) fn all() -> Vec<Event> {
    [
        settings::all(),
        users::all(),
        products::all(),
        leads::all(),
        clients::all(),
        opportunities::all(),
    ]
    .concat()
}

/// An id that looks like one of version 7 and shows its number.
fn id<T: TypedId>(number: u128) -> T {
    T::from_uuid(Uuid::from_u128(
        0x0190_0000_0000_7000_8000_0000_0000_0000 + number,
    ))
}

#[track_caller]
fn parse<T: FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().unwrap()
}

fn line(text: &str) -> Line {
    parse(text)
}

fn note(text: &str) -> Personal<Note> {
    personal(text)
}

fn personal<T: FromStr>(text: &str) -> Personal<T>
where
    T::Err: std::fmt::Debug,
{
    Personal::new(id::<SubjectId>(900), parse(text))
}
