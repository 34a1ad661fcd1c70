//! What a sale is worth: its lines' sum where it has lines, else what somebody says.

use crate::opportunities::{OpportunityError, OpportunityLine};
use crate::values::Amount;

/// The lines' exact sum, which a stated amount must equal; without lines the stated amount.
///
/// Returns may make a line negative; a sale as a whole is worth nothing at least.
///
/// # Errors
/// A line that does not agree with its price, a stated amount that is not the sum, or a negative result.
pub(super) fn worth(
    lines: &[OpportunityLine],
    stated: Option<Amount>,
) -> Result<Option<Amount>, OpportunityError> {
    let amount = if lines.is_empty() {
        stated
    } else {
        Some(sum(lines, stated)?)
    };
    if amount.is_some_and(|amount| amount < Amount::ZERO) {
        Err(OpportunityError::AmountNegative)
    } else {
        Ok(amount)
    }
}

fn sum(lines: &[OpportunityLine], stated: Option<Amount>) -> Result<Amount, OpportunityError> {
    let total = OpportunityLine::total(lines)
        .map_err(|_inconsistent| OpportunityError::LineInconsistent)?;
    if stated.is_some_and(|stated| stated != total) {
        Err(OpportunityError::AmountHasLines)
    } else {
        Ok(total)
    }
}
