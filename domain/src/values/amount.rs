//! Exact decimals for prices, line amounts and quantities.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Greatest number of decimal places.
const PLACES: u32 = 6;

/// An exact amount in the company's currency, up to 6 decimal places, |amount| < 10^15. A string in events.
///
/// Not rounded to cents: rounding each line misses a year's total (see DEFINITIONS 11). Reports round once, at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Amount(Decimal);

/// An exact quantity in the product's unit, up to 6 decimal places; negative for returns. A string in events.
pub type Quantity = Amount;

/// Why an amount is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAmount {
    /// Not a decimal number.
    #[error("not a decimal number")]
    NotANumber,
    /// More than 6 decimal places.
    #[error("more than 6 decimal places")]
    TooPrecise,
    /// 10^15 or more.
    #[error("out of range")]
    OutOfRange,
}

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// One.
    pub const ONE: Self = Self(Decimal::ONE);

    /// Checks places and range.
    ///
    /// # Errors
    /// More than 6 places, or 10^15 and more.
    pub fn try_new(value: Decimal) -> Result<Self, InvalidAmount> {
        let value = value.normalize();
        if value.scale() > PLACES {
            return Err(InvalidAmount::TooPrecise);
        }
        if value.abs() >= Decimal::from(1_000_000_000_000_000_i64) {
            return Err(InvalidAmount::OutOfRange);
        }
        Ok(Self(value))
    }

    /// The exact value.
    pub const fn value(self) -> Decimal {
        self.0
    }

    /// The exact sum.
    ///
    /// # Errors
    /// [`InvalidAmount::OutOfRange`] when it is 10^15 or more.
    pub fn checked_add(self, other: Self) -> Result<Self, InvalidAmount> {
        self.0
            .checked_add(other.0)
            .ok_or(InvalidAmount::OutOfRange)
            .and_then(Self::try_new)
    }
}

/// Prints the exact value without needless zeros; the same text as in events.
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Amount {
    type Err = InvalidAmount;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !is_written_plainly(text) {
            return Err(InvalidAmount::NotANumber);
        }
        match Decimal::from_str_exact(text) {
            Ok(value) => Self::try_new(value),
            Err(rust_decimal::Error::Underflow) => Err(InvalidAmount::TooPrecise),
            Err(_too_long) => Err(InvalidAmount::OutOfRange),
        }
    }
}

/// A sign at most, digits, a point at most: no exponent, no separators.
fn is_written_plainly(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, places) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(places)
}

#[cfg(test)]
mod tests;
