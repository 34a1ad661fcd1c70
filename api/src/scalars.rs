//! Scalars of the API, each with the page that specifies it.
//!
//! What a caller sends is parsed here once; whoever gets one of these can trust it. Global ids are in [`GlobalId`].

mod global_id;

use async_graphql::{InputValueResult, Scalar, ScalarType, Value};
use cartera_domain::values::BusinessTime as DomainBusinessTime;
use chrono::{NaiveDate, SecondsFormat, Utc};

use crate::error::invalid_input;

pub use global_id::{AnyGlobalId, GlobalId, InvalidGlobalId, Named};

/// An exact decimal number as a string, such as `"1234.50"`: never rounded, never a floating-point number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decimal(pub rust_decimal::Decimal);

#[Scalar(
    name = "Decimal",
    specified_by_url = "https://www.w3.org/TR/xmlschema11-2/#decimal"
)]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let parsed = match &value {
            Value::String(text) => rust_decimal::Decimal::from_str_exact(text).ok(),
            Value::Number(number) => number.as_i64().map(rust_decimal::Decimal::from),
            Value::Null
            | Value::Boolean(_)
            | Value::Enum(_)
            | Value::Binary(_)
            | Value::List(_)
            | Value::Object(_) => None,
        };
        parsed
            .map(Self)
            .ok_or_else(|| invalid_input("a Decimal is written as a string, such as \"12.50\""))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A day of the calendar, `2026-11-22`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub NaiveDate);

#[Scalar(
    name = "Date",
    specified_by_url = "https://scalars.graphql.org/andimarek/local-date"
)]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(&value)
            .filter(|text| text.len() == 10)
            .and_then(|text| text.parse().ok())
            .map(Self)
            .ok_or_else(|| invalid_input("a Date is written as \"2026-11-22\""))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An instant with its offset, `2026-11-22T10:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateTime(pub chrono::DateTime<Utc>);

#[Scalar(
    name = "DateTime",
    specified_by_url = "https://scalars.graphql.org/andimarek/date-time"
)]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(&value)
            .and_then(|text| chrono::DateTime::parse_from_rfc3339(text).ok())
            .map(|instant| Self(instant.to_utc()))
            .ok_or_else(|| invalid_input("a DateTime is written as \"2026-11-22T10:00:00Z\""))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

/// When something happened: a `Date`, or a `DateTime` where the time of day is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BusinessTime(pub DomainBusinessTime);

#[Scalar(
    name = "BusinessTime",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339#section-5.6"
)]
impl ScalarType for BusinessTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(&value)
            .and_then(|text| text.parse().ok())
            .map(Self)
            .ok_or_else(|| {
                invalid_input("written as \"2026-11-22\" or \"2026-11-22T10:00:00+01:00\"")
            })
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A universally unique identifier. Mint one per command (version 4 or 7) and keep it for repetitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Uuid(pub uuid::Uuid);

#[Scalar(
    name = "UUID",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc9562"
)]
impl ScalarType for Uuid {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(&value)
            .filter(|text| text.len() == 36)
            .and_then(|text| text.parse().ok())
            .filter(|id: &uuid::Uuid| !id.is_nil())
            .map(Self)
            .ok_or_else(|| {
                invalid_input("a UUID is written as \"0190c8a0-7f3e-7000-8000-000000000001\"")
            })
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A place in the journal: 1, 2, 3 … in the order in which things were recorded. A number below 2^53.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(pub i64);

/// The greatest integer that every JSON reader keeps exactly.
const GREATEST: i64 = (1 << 53) - 1;

#[Scalar(
    name = "Position",
    specified_by_url = "https://www.rfc-editor.org/rfc/rfc8259#section-6"
)]
impl ScalarType for Position {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = match &value {
            Value::Number(number) => number.as_i64(),
            Value::Null
            | Value::Boolean(_)
            | Value::String(_)
            | Value::Enum(_)
            | Value::Binary(_)
            | Value::List(_)
            | Value::Object(_) => None,
        };
        number
            .filter(|number| (0..=GREATEST).contains(number))
            .map(Self)
            .ok_or_else(|| invalid_input("a Position is a whole number from 0 on"))
    }

    fn to_value(&self) -> Value {
        Value::from(self.0)
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Null
        | Value::Boolean(_)
        | Value::Number(_)
        | Value::Enum(_)
        | Value::Binary(_)
        | Value::List(_)
        | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{ScalarType, Value};

    use super::{BusinessTime, Date, Decimal, Position, Uuid};

    fn reads<T: ScalarType>(value: impl Into<Value>) -> bool {
        T::parse(value.into()).is_ok()
    }

    #[test]
    fn a_decimal_is_exact_and_never_a_float() {
        assert_eq!(
            Decimal::parse("12.50".into()).unwrap().to_value(),
            Value::from("12.50")
        );
        assert!(reads::<Decimal>(12));
        assert!(!reads::<Decimal>(12.5));
        assert!(!reads::<Decimal>("1e5"));
        assert!(!reads::<Decimal>("1.0000000000000000000000000000001"));
    }

    #[test]
    fn days_instants_ids_and_positions_have_one_form() {
        assert!(
            reads::<Date>("2024-02-29")
                && !reads::<Date>("2023-02-29")
                && !reads::<Date>("1/2/2023")
        );
        assert!(
            reads::<BusinessTime>("2024-02-29")
                && reads::<BusinessTime>("2024-02-29T10:00:00+01:00")
        );
        assert!(!reads::<BusinessTime>("2024-02-29T10:00:00"));
        assert!(reads::<Uuid>("0190c8a0-7f3e-7000-8000-000000000001"));
        assert!(!reads::<Uuid>("00000000-0000-0000-0000-000000000000"));
        assert!(reads::<Position>(5) && !reads::<Position>(-1) && !reads::<Position>("5"));
    }
}
