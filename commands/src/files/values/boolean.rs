//! Truth values.

use super::{CellFault, InvalidCell};
use crate::files::cell::Cell;

const TRUE: [&str; 11] = [
    "true",
    "t",
    "yes",
    "y",
    "1",
    "on",
    "sí",
    "si",
    "s",
    "verdadero",
    "cert",
];
const FALSE: [&str; 8] = ["false", "f", "no", "n", "0", "off", "falso", "fals"];

/// A cell as a truth value: `TRUE`, `yes`, `1`, `sí`, `verdadero`, `cert` and their opposites, in upper or lower case.
///
/// # Errors
/// `CELL_EMPTY`, `CELL_FAULTY`, `CELL_NOT_A_TRUTH_VALUE`.
pub fn boolean(cell: &Cell) -> Result<bool, InvalidCell> {
    let value = match cell {
        Cell::Empty => Err(CellFault::CellEmpty),
        Cell::Faulty(_) => Err(CellFault::CellFaulty),
        Cell::Bool(value) => Ok(*value),
        Cell::Text(text) | Cell::Number(text) => {
            let word = text.trim().to_lowercase();
            if TRUE.contains(&word.as_str()) {
                Ok(true)
            } else if FALSE.contains(&word.as_str()) {
                Ok(false)
            } else {
                Err(CellFault::CellNotATruthValue)
            }
        }
        Cell::Date(_) | Cell::DateTime(_) => Err(CellFault::CellNotATruthValue),
    };
    value.map_err(|fault| fault.of(cell))
}
