//! A value of a natural person: sealed at rest, opened on reading, gone when its subject's key is destroyed.
//!
//! Marked form, which only the journal sees: `{"$personal": {"subject": id, "value": …}}`. The journal replaces it by
//! `{"$sealed": …}` before the payload touches the log. A sealed value that can no longer be opened reads back as
//! `{"$erased": {"subject": id}}`.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::SubjectId;

/// A personal value, or the fact that it was erased.
///
/// Deciders may compare two of them for equality and nothing else; an erased value equals nothing, not even itself
/// (LOPDGDD art. 32; GDPR art. 17).
#[derive(Clone)]
pub enum Personal<T> {
    /// The value can be read.
    Known {
        /// Whose value it is.
        subject: SubjectId,
        /// The value itself.
        value: T,
    },
    /// The subject's key is blocked or destroyed.
    Erased {
        /// Whose value it was.
        subject: SubjectId,
    },
}

impl<T> Personal<T> {
    /// A value of this subject.
    pub fn new(subject: SubjectId, value: T) -> Self {
        Self::Known { subject, value }
    }

    /// Whose value it is or was.
    pub fn subject(&self) -> SubjectId {
        match self {
            Self::Known { subject, .. } | Self::Erased { subject } => *subject,
        }
    }

    /// The value, for projectors and borders; never called in this crate.
    pub fn reveal(&self) -> Option<&T> {
        match self {
            Self::Known { value, .. } => Some(value),
            Self::Erased { .. } => None,
        }
    }
}

/// Equal values, whoever they belong to; what is erased equals nothing.
impl<T: PartialEq> PartialEq for Personal<T> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known { value, .. }, Self::Known { value: other, .. }) => value == other,
            (Self::Erased { .. }, _) | (_, Self::Erased { .. }) => false,
        }
    }
}

/// Never shows the value.
impl<T> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known { .. } => f.write_str("Personal(…)"),
            Self::Erased { .. } => f.write_str("Personal(erased)"),
        }
    }
}

#[derive(Serialize, Deserialize)]
enum Marked<T> {
    #[serde(rename = "$personal")]
    Known { subject: SubjectId, value: T },
    #[serde(rename = "$erased")]
    Erased { subject: SubjectId },
}

impl<T: Serialize> Serialize for Personal<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known { subject, value } => Marked::Known {
                subject: *subject,
                value,
            }
            .serialize(serializer),
            Self::Erased { subject } => {
                Marked::<T>::Erased { subject: *subject }.serialize(serializer)
            }
        }
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Personal<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Marked::<T>::deserialize(deserializer)? {
            Marked::Known { subject, value } => Self::Known { subject, value },
            Marked::Erased { subject } => Self::Erased { subject },
        })
    }
}

#[cfg(test)]
mod tests;
