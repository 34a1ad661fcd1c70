//! E-mail addresses.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Characters that a local part without quotes may not hold (RFC 5322, 3.2.3).
const SPECIAL: &str = "@()<>[]:;,\\\"";

/// An e-mail address, trimmed, its domain in lower case; at most 254 octets, 64 of them before the @ (RFC 5321, 4.5.3.1).
/// Quoted local parts, which nobody uses, are refused with the characters that only they may hold.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

/// Not of the form local@domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct InvalidEmailAddress;

impl EmailAddress {
    /// The address as given, with its domain in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form by which two addresses are the same mailbox in practice: all in lower case.
    pub fn normalised(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidEmailAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidEmailAddress)?;
        let plain = |part: &str| {
            !part.is_empty()
                && !part
                    .chars()
                    .any(|c| c.is_whitespace() || c.is_control() || SPECIAL.contains(c))
        };
        let labels = domain.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
        let fits = text.len() <= 254 && local.len() <= 64;
        if plain(local) && domain.contains('.') && labels && fits {
            Ok(Self(format!("{local}@{}", domain.to_lowercase())))
        } else {
            Err(InvalidEmailAddress)
        }
    }
}

/// Never shows the address.
impl std::fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

#[cfg(test)]
mod tests;
