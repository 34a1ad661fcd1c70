//! Where a list goes on: opaque to whoever holds it, refused when it was made for another order.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::{Direction, SortColumn};

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

/// Not a cursor of this list in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of this list in this order")]
pub struct InvalidCursor;

/// A value by which rows are ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SortValue {
    /// The row has none: it comes last.
    #[serde(rename = "n")]
    Nothing,
    /// Text, ordered byte by byte.
    #[serde(rename = "t")]
    Text(String),
    /// An exact number.
    #[serde(rename = "d")]
    Number(Decimal),
    /// A day.
    #[serde(rename = "y")]
    Date(NaiveDate),
    /// An instant.
    #[serde(rename = "i")]
    Instant(DateTime<Utc>),
}

/// What a column by which rows are ordered holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKind {
    /// See [`SortValue::Text`].
    Text,
    /// See [`SortValue::Number`].
    Number,
    /// See [`SortValue::Date`].
    Date,
    /// See [`SortValue::Instant`].
    Instant,
}

impl SortKind {
    /// Whether a cursor that somebody sent holds a value that the column could hold.
    fn holds(self, value: &SortValue) -> bool {
        let year_fits = |year: i32| (-4_000..=10_000).contains(&year);
        match (self, value) {
            (_, SortValue::Nothing) | (Self::Number, SortValue::Number(_)) => true,
            (Self::Text, SortValue::Text(text)) => !text.contains('\0'),
            (Self::Date, SortValue::Date(date)) => year_fits(date.year()),
            (Self::Instant, SortValue::Instant(instant)) => year_fits(instant.year()),
            (Self::Text | Self::Number | Self::Date | Self::Instant, _) => false,
        }
    }
}

impl From<Option<Decimal>> for SortValue {
    fn from(value: Option<Decimal>) -> Self {
        value.map_or(Self::Nothing, Self::Number)
    }
}

impl From<Option<NaiveDate>> for SortValue {
    fn from(value: Option<NaiveDate>) -> Self {
        value.map_or(Self::Nothing, Self::Date)
    }
}

impl From<&str> for SortValue {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl SortValue {
    /// Binds the value; `NULL` for none.
    pub(super) fn push(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        match self {
            Self::Nothing => sql.push("NULL"),
            Self::Text(text) => sql.push_bind(text.clone()),
            Self::Number(number) => sql.push_bind(*number),
            Self::Date(date) => sql.push_bind(*date),
            Self::Instant(instant) => sql.push_bind(*instant),
        };
    }
}

#[derive(Serialize, Deserialize)]
struct Opened(String, bool, SortValue, Uuid);

impl Cursor {
    /// The cursor of a row.
    pub(super) fn new(column: &str, direction: Direction, value: &SortValue, id: Uuid) -> Self {
        let opened = Opened(
            column.to_owned(),
            direction == Direction::Descending,
            value.clone(),
            id,
        );
        let text = serde_json::to_vec(&opened).unwrap_or_default();
        Self(URL_SAFE_NO_PAD.encode(text))
    }

    /// The row that it stands for.
    pub(super) fn open(
        &self,
        column: SortColumn,
        direction: Direction,
    ) -> Result<(SortValue, Uuid), InvalidCursor> {
        let bytes = URL_SAFE_NO_PAD
            .decode(&self.0)
            .map_err(|_not_base64| InvalidCursor)?;
        let Opened(of_column, descending, value, id) =
            serde_json::from_slice(&bytes).map_err(|_not_ours| InvalidCursor)?;
        let same_order =
            of_column == column.name && descending == (direction == Direction::Descending);
        if same_order && column.kind.holds(&value) {
            Ok((value, id))
        } else {
            Err(InvalidCursor)
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    /// Takes any short text; whether it is a cursor of the list shows when the page is asked for.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() <= 2_000 {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidCursor)
        }
    }
}
