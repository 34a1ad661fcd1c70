//! Telephone numbers.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A telephone number in E.164 form (`+34931234567`). Nine digits that begin with 6 to 9 are read as Spanish.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhoneNumber(String);

/// Not a telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a telephone number: write it with its country prefix, or the nine digits of a Spanish one"
)]
pub struct InvalidPhoneNumber;

impl PhoneNumber {
    /// The number, `+` and digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PhoneNumber {
    type Err = InvalidPhoneNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let compact: String = text
            .chars()
            .filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}'))
            .collect();
        let (international, digits) = match compact
            .strip_prefix('+')
            .or_else(|| compact.strip_prefix("00"))
        {
            Some(digits) => (true, digits),
            None => (false, compact.as_str()),
        };
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidPhoneNumber);
        }
        let spanish =
            !international && digits.len() == 9 && digits.starts_with(['6', '7', '8', '9']);
        if spanish {
            Ok(Self(format!("+34{digits}")))
        } else if international && (7..=15).contains(&digits.len()) && !digits.starts_with('0') {
            Ok(Self(format!("+{digits}")))
        } else {
            Err(InvalidPhoneNumber)
        }
    }
}

/// Never shows the number.
impl std::fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PhoneNumber(…)")
    }
}

#[cfg(test)]
mod tests;
