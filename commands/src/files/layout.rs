//! Where a table's header is, below title rows, and which columns it names.

use std::collections::HashMap;

use super::cell::{Cell, Row};
use super::text::{Shape, shape};

/// Rows from the beginning among which the header is looked for.
pub(super) const SEARCHED_ROWS: usize = 60;
/// Rows below a candidate with which it is compared.
const COMPARED_ROWS: usize = 25;

/// One column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Place, from 0.
    pub index: usize,
    /// Its header, trimmed; empty where the header has none.
    pub name: String,
    /// A name that no other column of this table has: the header, else `column 3`; the second `Phone` is `Phone (2)`.
    pub key: String,
}

/// How the first rows of a table are to be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// Index of the header among them.
    pub(super) header: Option<usize>,
    /// Index of the first row of data.
    pub(super) first: usize,
}

/// Finds the header: the first row that is filled like the rows below it and holds only words. Where the first such row
/// holds numbers or dates, there is no header.
pub(super) fn detect(rows: &[Row]) -> Layout {
    for (index, row) in rows.iter().enumerate() {
        let own = filled(row);
        if own == 0 || own * 2 <= usually_filled(rows, index + 1) {
            continue;
        }
        return if looks_like_header(row) {
            Layout {
                header: Some(index),
                first: index + 1,
            }
        } else {
            Layout {
                header: None,
                first: index,
            }
        };
    }
    Layout {
        header: None,
        first: 0,
    }
}

/// The median of what rows from here on fill, blank ones left out: one row with stray separators must not decide.
fn usually_filled(rows: &[Row], from: usize) -> usize {
    let below = rows.iter().skip(from).take(COMPARED_ROWS).map(filled);
    let mut below: Vec<usize> = below.filter(|filled| *filled > 0).collect();
    below.sort_unstable();
    below.get(below.len() / 2).copied().unwrap_or(0)
}

fn filled(row: &Row) -> usize {
    row.cells
        .iter()
        .filter(|cell| !cell.as_text().trim().is_empty())
        .count()
}

/// Words only; years count as words when there are words beside them (`Product;2018;2019`).
fn looks_like_header(row: &Row) -> bool {
    let (mut words, mut years) = (0_usize, 0_usize);
    for cell in &row.cells {
        match cell {
            Cell::Empty => {}
            Cell::Text(text) => match shape(text) {
                Shape::Blank => {}
                Shape::Words | Shape::Mixed => words += 1,
                Shape::Number if is_year(text) => years += 1,
                Shape::Number | Shape::Date => return false,
            },
            Cell::Number(text) if is_year(text) => years += 1,
            Cell::Number(_)
            | Cell::Date(_)
            | Cell::DateTime(_)
            | Cell::Bool(_)
            | Cell::Faulty(_) => return false,
        }
    }
    words > 0 && (years == 0 || words * 12 >= years)
}

fn is_year(text: &str) -> bool {
    text.trim()
        .parse::<u16>()
        .is_ok_and(|year| (1900..=2100).contains(&year))
}

/// The columns that a header names. Where the rows below it all end in so many more empty cells (a separator at the end of
/// each), these are columns too, without names.
pub(super) fn named(header: &Row, below: &[Row]) -> Vec<Column> {
    let count = header.cells.len();
    let surplus_is_empty = below.iter().all(|row| row.extent() <= count);
    let mut widths: Vec<usize> = below.iter().map(|row| row.cells.len()).collect();
    widths.sort_unstable();
    let usual = widths.get(widths.len() / 2).copied().unwrap_or(count);
    let count = if surplus_is_empty {
        count.max(usual)
    } else {
        count
    };
    let mut seen: HashMap<String, usize> = HashMap::new();
    let names = header
        .cells
        .iter()
        .map(|cell| cell.as_text().trim().to_owned());
    names
        .chain(std::iter::repeat(String::new()))
        .take(count)
        .enumerate()
        .map(|(index, name)| {
            let base = if name.is_empty() {
                number(index)
            } else {
                name.clone()
            };
            let times = seen
                .entry(base.clone())
                .and_modify(|times| *times += 1)
                .or_insert(1);
            let key = if *times == 1 {
                base
            } else {
                format!("{base} ({times})")
            };
            Column { index, name, key }
        })
        .collect()
}

/// Columns without names.
pub(super) fn numbered(count: usize) -> Vec<Column> {
    (0..count)
        .map(|index| Column {
            index,
            name: String::new(),
            key: number(index),
        })
        .collect()
}

fn number(index: usize) -> String {
    format!("column {}", index + 1)
}
