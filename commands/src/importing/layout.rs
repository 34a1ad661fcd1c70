//! Where the profile's fields lie in a file, and which rows of it can be read so.

use std::collections::{BTreeMap, BTreeSet};

use cartera_domain::values::Line;
use chrono_tz::Tz;

use crate::files::formula::is_formula;
use crate::files::values::{DateReading, DecimalMark, NullWords};
use crate::files::{Cell, Column, Fit, RefusedCell, Row};

use super::profile::{Composed, Field, FieldSource, InvalidProfile, Profile};

mod columns;
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

    /// Whether the row can be read as it stands. One with more cells than the header is shifted somewhere in its middle; one
    /// that ends before a column that the profile names was cut, or broken in two by a line break: neither is half read. A
    /// cell that a spreadsheet program would run is no value.
    ///
    /// # Errors
    /// `ROW_HAS_SURPLUS_CELLS`, `ROW_ENDS_EARLY`, `CELL_IS_A_FORMULA`.
    pub fn accepts(&self, row: &Row) -> Result<(), RefusedCell> {
        match row.fit(self.columns.len()) {
            Fit::Long(surplus) => {
                let reason = format!("the row has {surplus} cells more than the header");
                Err(refused("", "", "ROW_HAS_SURPLUS_CELLS", &reason))
            }
            Fit::Short(missing) if row.cells.len() < self.least_cells => {
                let reason = format!(
                    "the row has {missing} cells less than the header, of columns that the profile names"
                );
                Err(refused("", "", "ROW_ENDS_EARLY", &reason))
            }
            Fit::Short(_) | Fit::Exact => self.refuse_formulas(row),
        }
    }

    fn refuse_formulas(&self, row: &Row) -> Result<(), RefusedCell> {
        for &column in &self.used {
            if let Some(Cell::Text(text)) = row.cells.get(column)
                && is_formula(text)
            {
                let reason = "the cell is a formula: write its value";
                return Err(self.refuse_column(column, text, "CELL_IS_A_FORMULA", reason));
            }
        }
        Ok(())
    }

    /// Whether the row counts.
    pub fn admits(&self, row: &Row) -> bool {
        self.filters.iter().all(|(column, start)| {
            row.cells
                .get(*column)
                .is_some_and(|cell| cell.as_text().trim().starts_with(start.as_str()))
        })
    }

    /// The row's key in the source.
    ///
    /// # Errors
    /// `KEY_MISSING` where a part of it is empty; what a line of text is refused for.
    pub fn key(&self, row: &Row) -> Result<String, RefusedCell> {
        let mut parts = Vec::with_capacity(self.key.len());
        for &column in &self.key {
            let cell = row.cells.get(column);
            let Some(cell) = cell.filter(|cell| !self.nulls.is_null(cell)) else {
                return Err(self.refuse_column(column, "", "KEY_MISSING", "the key is empty"));
            };
            let text = cell.as_text();
            let part = text.trim();
            Line::parse(part).map_err(|error| {
                let code = values::text_code(error);
                self.refuse_column(column, part, code, &error.to_string())
            })?;
            parts.push(part.to_owned());
        }
        Ok(parts.join("\u{1f}"))
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
