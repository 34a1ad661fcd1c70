//! How dates and numbers are written in a file, where the profile does not say: one reading of the whole file tells.

use std::path::Path;

use crate::files::values::{DateEvidence, DateOrder, DecimalEvidence, DecimalMark, Verdict};
use crate::files::{TableOptions, TableReader};
use crate::importing::ImportError;
use crate::importing::layout::Layout;
use crate::importing::profile::Field;

const DATES: [Field; 7] = [
    Field::Since,
    Field::RegisteredOn,
    Field::ConvertedOn,
    Field::OpenedOn,
    Field::ClosedOn,
    Field::EnteredOn,
    Field::ExpectedClose,
];

const DECIMALS: [Field; 8] = [
    Field::Revenue,
    Field::ExpectedValue,
    Field::ListPrice,
    Field::Amount,
    Field::WonAmount,
    Field::Quantity,
    Field::UnitPrice,
    Field::LineAmount,
];

/// Finds out how dates and numbers are written, where the profile does not say, by reading the whole file once; tells how
/// many rows it has then.
pub(super) fn settle(
    layout: &mut Layout,
    path: &Path,
    options: &TableOptions,
) -> Result<Option<u64>, ImportError> {
    let dates = if layout.dates.order.is_none() {
        layout.columns_of(&DATES)
    } else {
        Vec::new()
    };
    let decimals = if layout.decimals_stated {
        Vec::new()
    } else {
        layout.columns_of(&DECIMALS)
    };
    if dates.is_empty() && decimals.is_empty() {
        return Ok(None);
    }
    let (mut date, mut decimal) = (DateEvidence::default(), DecimalEvidence::default());
    let mut rows = 0;
    for row in TableReader::open(path, options)? {
        rows += 1;
        let Ok(row) = row else { continue };
        dates
            .iter()
            .filter_map(|column| row.cells.get(*column))
            .for_each(|cell| date.see(cell));
        decimals
            .iter()
            .filter_map(|column| row.cells.get(*column))
            .for_each(|cell| decimal.see(cell));
    }
    if !dates.is_empty() {
        layout.dates.order =
            Some(told(date.verdict(), DateOrder::DayFirst).ok_or(ImportError::Ambiguous("dates"))?);
    }
    if !decimals.is_empty() {
        layout.decimals =
            told(decimal.verdict(), DecimalMark::Point).ok_or(ImportError::Ambiguous("numbers"))?;
    }
    Ok(Some(rows))
}

/// What a column's cells prove; anything where it does not matter, nothing where it does and cannot be told.
fn told<T>(verdict: Verdict<T>, any: T) -> Option<T> {
    match verdict {
        Verdict::Proven(form) => Some(form),
        Verdict::Indifferent => Some(any),
        Verdict::Ambiguous | Verdict::Contradictory => None,
    }
}
