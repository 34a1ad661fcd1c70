//! Which rows of a file can be read, count, and have a key.

use cartera_domain::values::Line;

use crate::files::formula::is_formula;
use crate::files::{Cell, Fit, RefusedCell, Row};

use super::{Layout, refused, values};

impl Layout {
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
}
