//! What a correction says of one field: keep it, clear it, or give it a new value.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A correction of one optional field. Use with `#[serde(default, skip_serializing_if = "Patch::is_keep")]`:
/// a missing key keeps, `null` clears, a value sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Patch<T> {
    /// The field stays as it is.
    #[default]
    Keep,
    /// The field becomes empty.
    Clear,
    /// The field gets this value.
    Set(T),
}

impl<T> Patch<T> {
    /// Sets the value that is there, and keeps where there is none.
    pub fn of(value: Option<T>) -> Self {
        value.map_or(Self::Keep, Self::Set)
    }

    /// Whether nothing is corrected.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// Corrects the field.
    pub fn apply(self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value),
        }
    }

    /// This correction, or [`Patch::Keep`] where it would change nothing.
    #[must_use]
    pub fn against(self, field: Option<&T>) -> Self
    where
        T: PartialEq,
    {
        match (&self, field) {
            (Self::Clear, None) => Self::Keep,
            (Self::Set(new), Some(old)) if new == old => Self::Keep,
            (Self::Keep | Self::Clear | Self::Set(_), _) => self,
        }
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep | Self::Clear => serializer.serialize_none(),
            Self::Set(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

#[cfg(test)]
pub(crate) mod laws;
#[cfg(test)]
mod tests;
