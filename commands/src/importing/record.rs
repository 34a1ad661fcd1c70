//! One record: its rows, and its fields' values as the profile says.

use std::collections::BTreeMap;
use std::str::FromStr;

use cartera_domain::values::{Amount, BusinessTime, Line, Note, Occurred};
use chrono::{NaiveDate, TimeZone};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use crate::files::values::{
    DateReading, DecimalMark, InvalidCell, Moment, NullWords, boolean, decimal, moment,
};
use crate::files::{Cell, Column, RefusedCell, Row};

use super::profile::{Composed, Field, FieldSource, InvalidProfile, Profile};

/// Where the fields lie in this file, and how its values are written.
#[derive(Debug, Clone)]
pub struct Layout {
    places: BTreeMap<Field, Place>,
    key: Vec<usize>,
    filters: Vec<(usize, String)>,
    columns: Vec<Column>,
    nulls: NullWords,
    /// The profile says which mark stands before the decimals.
    pub decimals_stated: bool,
    /// Mark before the decimals.
    pub decimals: DecimalMark,
    /// How dates are read.
    pub dates: DateReading,
    /// Zone of times that are written without one: the company's.
    pub zone: Tz,
}

#[derive(Debug, Clone)]
struct Place {
    columns: Vec<usize>,
    fallback: Option<String>,
    map: BTreeMap<String, String>,
}

/// A record of the file.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its key in the source.
    pub key: String,
    /// Its rows, in the order of the file.
    pub rows: Vec<Row>,
}

impl Layout {
    /// Finds the profile's columns in the file.
    ///
    /// # Errors
    /// [`InvalidProfile::ColumnsMissing`], all of them at once.
    pub fn find(profile: &Profile, columns: &[Column], zone: Tz) -> Result<Self, InvalidProfile> {
        let mut missing = Vec::new();
        let mut find = |name: &String| {
            let wanted = name.trim().to_lowercase();
            let found = columns
                .iter()
                .find(|column| column.name.trim().to_lowercase() == wanted || column.key == *name);
            if found.is_none() && !missing.contains(name) {
                missing.push(name.clone());
            }
            found.map(|column| column.index)
        };
        let key = profile.key.iter().filter_map(&mut find).collect();
        let filters = profile
            .only
            .iter()
            .filter_map(|only| Some((find(&only.column)?, only.starts_with.clone())))
            .collect();
        let places = profile
            .fields
            .iter()
            .map(|(field, source)| (*field, place(source, &mut find)))
            .collect();
        if !missing.is_empty() {
            let found = columns.iter().map(|column| column.name.clone()).collect();
            return Err(InvalidProfile::ColumnsMissing { missing, found });
        }
        Ok(Self {
            places,
            key,
            filters,
            columns: columns.to_vec(),
            decimals_stated: profile.values.decimals.is_some(),
            nulls: NullWords::default().with(profile.values.empty.iter().map(String::as_str)),
            decimals: profile.values.decimals.unwrap_or(DecimalMark::Point),
            dates: DateReading {
                order: profile.values.dates,
                ..DateReading::default()
            },
            zone,
        })
    }

    /// The columns of these fields.
    pub fn columns_of(&self, fields: &[Field]) -> Vec<usize> {
        let places = fields.iter().filter_map(|field| self.places.get(field));
        places
            .flat_map(|place| place.columns.iter().copied())
            .collect()
    }

    /// The file's columns.
    pub fn file_columns(&self) -> &[Column] {
        &self.columns
    }

    /// Number of the file's columns.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// Whether the profile maps the field.
    pub fn maps(&self, field: Field) -> bool {
        self.places.contains_key(&field)
    }

    /// Whether the row counts.
    pub fn admits(&self, row: &Row) -> bool {
        self.filters.iter().all(|(column, start)| {
            row.cells
                .get(*column)
                .is_some_and(|cell| cell.as_text().trim().starts_with(start.as_str()))
        })
    }

    /// The row's key in the source; none where a part of it is missing.
    pub fn key(&self, row: &Row) -> Option<String> {
        let mut parts = Vec::with_capacity(self.key.len());
        for column in &self.key {
            let cell = row
                .cells
                .get(*column)
                .filter(|cell| !self.nulls.is_null(cell))?;
            parts.push(cell.as_text().trim().to_owned());
        }
        Some(parts.join("\u{1f}"))
    }

    /// Name of the first key column, for messages.
    pub fn key_name(&self) -> String {
        self.key
            .first()
            .and_then(|column| self.columns.get(*column))
            .map(|column| column.name.clone())
            .unwrap_or_default()
    }

    /// What a field holds in a row, as text: mapped, or its fallback.
    pub fn text(&self, row: &Row, field: Field) -> Option<String> {
        let place = self.places.get(&field)?;
        let cells = place
            .columns
            .iter()
            .filter_map(|column| row.cells.get(*column));
        let parts: Vec<String> = cells
            .filter(|cell| !self.nulls.is_null(cell))
            .map(|cell| cell.as_text().trim().to_owned())
            .collect();
        if parts.is_empty() {
            return place.fallback.clone();
        }
        let text = parts.join(" ");
        Some(place.map.get(&text).cloned().unwrap_or(text))
    }

    /// A field of a row as a value object that is parsed from text.
    ///
    /// # Errors
    /// The cell, with the reason.
    pub fn parsed<T>(&self, row: &Row, field: Field, code: &str) -> Result<Option<T>, RefusedCell>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        let Some(text) = self.text(row, field) else {
            return Ok(None);
        };
        text.parse()
            .map(Some)
            .map_err(|error: T::Err| self.refuse(field, &text, code, &error.to_string()))
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
            .map_err(|error| self.refuse(field, &text, "CELL_NOT_A_LINE", &error.to_string()))
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
            .map_err(|error| self.refuse(field, &text, "CELL_NOT_A_NOTE", &error.to_string()))
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

    /// The refusal of a field's value.
    pub fn refuse(&self, field: Field, value: &str, code: &str, reason: &str) -> RefusedCell {
        let place = self.places.get(&field);
        let column = place
            .and_then(|place| place.columns.first())
            .and_then(|column| self.columns.get(*column));
        RefusedCell {
            column: column.map_or_else(
                || <&str>::from(field).to_owned(),
                |column| column.name.clone(),
            ),
            value: value.chars().take(100).collect(),
            code: code.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

fn place(source: &FieldSource, find: &mut impl FnMut(&String) -> Option<usize>) -> Place {
    match source {
        FieldSource::Column(name) => Place {
            columns: find(name).into_iter().collect(),
            fallback: None,
            map: BTreeMap::new(),
        },
        FieldSource::Composed(Composed {
            column,
            columns,
            value,
            map,
        }) => Place {
            columns: column.iter().chain(columns).filter_map(find).collect(),
            fallback: value.clone(),
            map: map.clone(),
        },
    }
}
