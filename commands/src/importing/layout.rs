//! Where the profile's fields lie in a file, and which rows of it can be read so.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;

use crate::files::values::{DateReading, DecimalMark, NullWords};
use crate::files::{Column, RefusedCell, Row};

use super::profile::{Composed, Field, FieldSource, InvalidProfile, Profile};

mod columns;
mod rows;
mod values;

use columns::Finder;

/// Most characters of a refused value that are told.
const TOLD: usize = 100;

/// Where the fields lie in this file, and how its values are written.
#[derive(Debug, Clone)]
pub struct Layout {
    places: BTreeMap<Field, Place>,
    key: Vec<usize>,
    filters: Vec<(usize, String)>,
    columns: Vec<Column>,
    nulls: NullWords,
    /// Places of the columns that the profile names, in order.
    used: Vec<usize>,
    /// Cells that a row must have, so that nothing the profile names is cut off.
    least_cells: usize,
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

impl Layout {
    /// Finds the profile's columns in the file.
    ///
    /// # Errors
    /// [`InvalidProfile::ColumnsMissing`], all of them at once; [`InvalidProfile::ColumnAmbiguous`].
    pub fn find(profile: &Profile, columns: &[Column], zone: Tz) -> Result<Self, InvalidProfile> {
        let mut finder = Finder::new(columns);
        let key = profile.key.iter();
        let key = key.filter_map(|name| finder.find(name)).collect();
        let filters = profile.only.iter().filter_map(|only| {
            let column = finder.find(&only.column)?;
            Some((column, only.starts_with.clone()))
        });
        let filters = filters.collect();
        let places = profile.fields.iter();
        let places = places
            .map(|(field, source)| (*field, place(source, &mut finder)))
            .collect();
        finder.end()?;
        let mut layout = Self {
            places,
            key,
            filters,
            columns: columns.to_vec(),
            nulls: NullWords::default().with(profile.values.empty.iter().map(String::as_str)),
            used: Vec::new(),
            least_cells: 0,
            decimals_stated: profile.values.decimals.is_some(),
            decimals: profile.values.decimals.unwrap_or(DecimalMark::Point),
            dates: DateReading {
                order: profile.values.dates,
                ..DateReading::default()
            },
            zone,
        };
        layout.used = layout.named();
        if !profile.table.short_rows {
            layout.least_cells = layout.used.last().map_or(0, |last| last + 1);
        }
        Ok(layout)
    }

    fn named(&self) -> Vec<usize> {
        let fields = self.places.values().flat_map(|place| &place.columns);
        let filters = self.filters.iter().map(|(column, _)| column);
        let named: BTreeSet<usize> = fields.chain(filters).chain(&self.key).copied().collect();
        named.into_iter().collect()
    }

    /// The columns that the profile does not name: nothing is read from them.
    pub fn unused_columns(&self) -> Vec<String> {
        let unused = self.columns.iter();
        unused
            .filter(|column| !self.used.contains(&column.index))
            .map(|column| column.key.clone())
            .collect()
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

    /// Whether the profile maps the field.
    pub fn maps(&self, field: Field) -> bool {
        self.places.contains_key(&field)
    }

    /// What a field holds in a row, as text: mapped, or its fallback.
    pub fn text(&self, row: &Row, field: Field) -> Option<String> {
        let place = self.places.get(&field)?;
        let cells = place
            .columns
            .iter()
            .filter_map(|column| row.cells.get(*column));
        let mut text = String::new();
        for cell in cells.filter(|cell| !self.nulls.is_null(cell)) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(cell.as_text().trim());
        }
        if text.is_empty() {
            return place.fallback.clone();
        }
        Some(place.map.get(&text).cloned().unwrap_or(text))
    }

    /// The refusal of a key that stands twice.
    pub fn refuse_key(&self, key: &str, code: &str, reason: &str) -> RefusedCell {
        let column = self.key.first().copied().unwrap_or_default();
        self.refuse_column(column, key, code, reason)
    }

    /// The refusal of a field's value.
    pub fn refuse(&self, field: Field, value: &str, code: &str, reason: &str) -> RefusedCell {
        let place = self.places.get(&field);
        match place.and_then(|place| place.columns.first()) {
            Some(column) => self.refuse_column(*column, value, code, reason),
            None => refused(<&str>::from(field), value, code, reason),
        }
    }

    fn refuse_column(&self, column: usize, value: &str, code: &str, reason: &str) -> RefusedCell {
        let column = self.columns.get(column);
        let name = column.map_or("", |column| column.key.as_str());
        refused(name, value, code, reason)
    }
}

fn refused(column: &str, value: &str, code: &str, reason: &str) -> RefusedCell {
    RefusedCell {
        column: column.to_owned(),
        value: value.chars().take(TOLD).collect(),
        code: code.to_owned(),
        reason: reason.to_owned(),
    }
}

fn place(source: &FieldSource, finder: &mut Finder<'_>) -> Place {
    match source {
        FieldSource::Column(name) => Place {
            columns: finder.find(name).into_iter().collect(),
            fallback: None,
            map: BTreeMap::new(),
        },
        FieldSource::Composed(Composed {
            column,
            columns,
            value,
            map,
        }) => Place {
            columns: column
                .iter()
                .chain(columns)
                .filter_map(|name| finder.find(name))
                .collect(),
            fallback: value.clone(),
            map: map.clone(),
        },
    }
}
