//! Percentages.

use std::fmt;
use std::str::FromStr;

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
    pub const fn value(self) -> Decimal {
        self.0
    }
}

impl FromStr for Percentage {
    type Err = InvalidPercentage;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains('_') {
            return Err(InvalidPercentage);
        }
        Decimal::from_str_exact(text)
            .map_err(|_not_decimal| InvalidPercentage)
            .and_then(Self::try_new)
    }
}

/// Prints the number without the sign: `12.5`.
impl fmt::Display for Percentage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests;
