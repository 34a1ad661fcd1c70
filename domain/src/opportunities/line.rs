//! A line of an opportunity: so much of a product, for that amount.

use std::collections::BTreeSet;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::ids::{LineId, ProductId};
use crate::values::{Amount, Line, Percentage, Quantity};

/// So much of a product, for that amount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpportunityLine {
    /// Identity inside the opportunity.
    pub line: LineId,
    /// What is sold.
    pub product: ProductId,
    /// What is sold, in other words than the catalogue's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Line>,
    /// How much of it, in the product's unit; negative for a return.
    pub quantity: Quantity,
    /// Price of one unit before discount; unknown where only the amount was handed down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Amount>,
    /// Discount on the unit price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discount: Option<Percentage>,
    /// Exact amount of the line, in the company's currency: quantity × unit price × (1 − discount) where the price is known.
    pub amount: Amount,
}

/// A line whose amount does not follow from its quantity, price and discount, or overflows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the amount of the line does not follow from quantity, price and discount")]
pub struct InvalidLine;

impl OpportunityLine {
    /// Quantity × unit price × (1 − discount), exact to 6 places, half away from zero; `None` without a price.
    ///
    /// # Errors
    /// [`InvalidLine`] when it overflows.
    pub fn computed_amount(&self) -> Result<Option<Amount>, InvalidLine> {
        let Some(price) = self.unit_price else {
            return Ok(None);
        };
        let share = Decimal::ONE
            - self.discount.map_or(Decimal::ZERO, |discount| {
                discount.value() / Decimal::ONE_HUNDRED
            });
        let gross = self
            .quantity
            .value()
            .checked_mul(price.value())
            .ok_or(InvalidLine)?;
        let net = gross.checked_mul(share).ok_or(InvalidLine)?;
        let rounded = net.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero);
        Amount::try_new(rounded)
            .map(Some)
            .map_err(|_out_of_range| InvalidLine)
    }

    /// The exact sum of lines; each must agree with its own price and appear once.
    ///
    /// # Errors
    /// [`InvalidLine`] for a line that does not agree, a line twice, or a sum out of range.
    pub fn total(lines: &[Self]) -> Result<Amount, InvalidLine> {
        let mut sum = Decimal::ZERO;
        let mut seen = BTreeSet::new();
        for line in lines {
            let disagrees = line
                .computed_amount()?
                .is_some_and(|computed| computed != line.amount);
            if disagrees || !seen.insert(line.line) {
                return Err(InvalidLine);
            }
            sum = sum.checked_add(line.amount.value()).ok_or(InvalidLine)?;
        }
        Amount::try_new(sum).map_err(|_out_of_range| InvalidLine)
    }
}

#[cfg(test)]
mod tests;
