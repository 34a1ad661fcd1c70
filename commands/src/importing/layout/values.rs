//! A field's value in a row, as the profile and the file say that it is written.

use std::fmt::Display;
use std::str::FromStr;

use cartera_domain::values::{Amount, BusinessTime, InvalidText, Line, Note, Occurred};
use chrono::{NaiveDate, TimeZone};
use rust_decimal::Decimal;

use crate::files::values::{InvalidCell, Moment, boolean, decimal, moment};
use crate::files::{Cell, RefusedCell, Row};
use crate::importing::profile::Field;

use super::Layout;

impl Layout {
    /// A field of a row as a value object that is parsed from text.
    ///
    /// # Errors
    /// The cell, with the reason.
    pub fn parsed<T>(&self, row: &Row, field: Field, code: &str) -> Result<Option<T>, RefusedCell>
    where
        T: FromStr,
        T::Err: Display,
    {
        let Some(text) = self.text(row, field) else {
            return Ok(None);
        };
        text.parse()
            .map(Some)
            .map_err(|error: T::Err| self.refuse(field, &text, code, &error.to_string()))
    }

    /// The refusal of a text.
    pub fn refuse_text(&self, field: Field, text: &str, error: InvalidText) -> RefusedCell {
        self.refuse(field, text, text_code(error), &error.to_string())
    }

    /// A field of a row as one line.
    ///
    /// # Errors
    /// The cell, with the reason.
    pub fn line(&self, row: &Row, field: Field) -> Result<Option<Line>, RefusedCell> {
        let Some(text) = self.text(row, field) else {
            return Ok(None);
        };
        Line::parse(&text)
            .map(Some)
            .map_err(|error| self.refuse_text(field, &text, error))
    }

    /// A field of a row as a note.
    ///
    /// # Errors
    /// The cell, with the reason.
    pub fn note(&self, row: &Row, field: Field) -> Result<Option<Note>, RefusedCell> {
        let Some(text) = self.text(row, field) else {
            return Ok(None);
        };
        Note::parse(&text)
            .map(Some)
            .map_err(|error| self.refuse_text(field, &text, error))
    }

    /// A field of a row as an exact number.
    ///
    /// # Errors
    /// The cell, with the reason.
    pub fn amount(&self, row: &Row, field: Field) -> Result<Option<Amount>, RefusedCell> {
        let read = |cell: &Cell| decimal(cell, self.decimals);
        let Some(value): Option<Decimal> = self.value(row, field, read)? else {
            return Ok(None);
        };
        Amount::try_new(value).map(Some).map_err(|error| {
            self.refuse(
                field,
                &value.to_string(),
                "CELL_NOT_AN_AMOUNT",
                &error.to_string(),
            )
        })
    }

    /// A field of a row as a truth value.
    ///
    /// # Errors
    /// The cell, with the reason.
    pub fn truth(&self, row: &Row, field: Field) -> Result<Option<bool>, RefusedCell> {
        self.value(row, field, boolean)
    }

    /// A field of a row as a day.
    ///
    /// # Errors
    /// The cell, with the reason.
    pub fn day(&self, row: &Row, field: Field) -> Result<Option<NaiveDate>, RefusedCell> {
        Ok(self
            .value(row, field, |cell| moment(cell, self.dates))?
            .map(Moment::day))
    }

    /// A field of a row as business time; unknown where it is empty.
    ///
    /// # Errors
    /// The cell, with the reason.
    pub fn occurred(&self, row: &Row, field: Field) -> Result<Occurred, RefusedCell> {
        let read = self.value(row, field, |cell| moment(cell, self.dates))?;
        Ok(read.map_or(Occurred::Unknown, |moment| {
            Occurred::At(self.business_time(moment))
        }))
    }

    /// A time without a zone is the company's; one that the clocks jumped over keeps its day.
    fn business_time(&self, moment: Moment) -> BusinessTime {
        match moment {
            Moment::Day(day) => BusinessTime::Date(day),
            Moment::Instant(at) => BusinessTime::Instant(at),
            Moment::Local(at) => match self.zone.from_local_datetime(&at).earliest() {
                Some(instant) => BusinessTime::Instant(instant.fixed_offset()),
                None => BusinessTime::Date(at.date()),
            },
        }
    }

    /// Reads the field's one column by its cell, so that a workbook's dates and numbers stay what they are.
    fn value<T>(
        &self,
        row: &Row,
        field: Field,
        read: impl Fn(&Cell) -> Result<T, InvalidCell>,
    ) -> Result<Option<T>, RefusedCell> {
        let Some(place) = self.places.get(&field) else {
            return Ok(None);
        };
        let cell = place
            .columns
            .first()
            .and_then(|column| row.cells.get(*column));
        let stated = place.fallback.as_ref().map(|text| Cell::Text(text.clone()));
        let Some(cell) = cell
            .filter(|cell| !self.nulls.is_null(cell))
            .or(stated.as_ref())
        else {
            return Ok(None);
        };
        let mapped = place
            .map
            .get(cell.as_text().trim())
            .map(|text| Cell::Text(text.clone()));
        read(mapped.as_ref().unwrap_or(cell))
            .map(Some)
            .map_err(|error| {
                self.refuse(
                    field,
                    &error.value,
                    error.fault.code(),
                    &error.fault.to_string(),
                )
            })
    }
}

/// The code of what a text is refused for.
pub(super) fn text_code(error: InvalidText) -> &'static str {
    match error {
        InvalidText::Empty => "CELL_EMPTY",
        InvalidText::TooLong { .. } => "CELL_TEXT_TOO_LONG",
        InvalidText::ControlCharacter { .. } => "CELL_HAS_CONTROL_CHARACTER",
    }
}
