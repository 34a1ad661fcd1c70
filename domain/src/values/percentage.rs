//! Percentages.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A percentage from 0 to 100, up to 2 decimal places. A string in events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Percentage(Decimal);

/// Not between 0 and 100, or with more than 2 decimal places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a percentage lies between 0 and 100 and has at most 2 decimal places")]
pub struct InvalidPercentage;

impl Percentage {
    /// Nothing of it.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// All of it.
    pub const HUNDRED: Self = Self(Decimal::ONE_HUNDRED);

    /// Checks range and places.
    ///
    /// # Errors
    /// [`InvalidPercentage`].
    pub fn try_new(value: Decimal) -> Result<Self, InvalidPercentage> {
        let value = value.normalize();
        let in_range = value >= Decimal::ZERO && value <= Decimal::ONE_HUNDRED;
        if in_range && value.scale() <= 2 {
            Ok(Self(value))
        } else {
            Err(InvalidPercentage)
        }
    }

    /// The value, 0 to 100.
    pub fn value(self) -> Decimal {
        self.0
    }
}
