//! Descriptive fields, declared once: what is known, a correction of it, and how the one is taken into the other.

use super::{Amount, EmailAddress, Personal, PhoneNumber, Text};
use crate::ids::SubjectId;

/// A descriptive field's value, which may belong to a natural person.
pub(crate) trait Descriptive {
    /// Whose value it is; `None` for one that is nobody's.
    fn whose(&self) -> Option<SubjectId> {
        None
    }
}

impl<const MAX: usize, const LINES: bool> Descriptive for Text<MAX, LINES> {}
impl Descriptive for EmailAddress {}
impl Descriptive for PhoneNumber {}
impl Descriptive for Amount {}
impl Descriptive for u16 {}
impl Descriptive for u32 {}

impl<T> Descriptive for Personal<T> {
    fn whose(&self) -> Option<SubjectId> {
        Some(self.subject())
    }
}

/// Declares the descriptive fields of an aggregate, none of which carries a rule, and the correction of some of them.
///
/// Both are payloads of events: an absent field is not written, and old events read with new fields empty.
macro_rules! details {
    ($(#[$about:meta])* $details:ident, corrected by $patch:ident { $($(#[$meaning:meta])* $field:ident: $value:ty,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $details {
            $(
                $(#[$meaning])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$value>,
            )+
        }

        #[doc = concat!("A correction of some of [`", stringify!($details), "`]: only the changed fields, with their new values.")]
        #[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
        #[serde(default)]
        pub struct $patch {
            $(
                #[doc = concat!("See [`", stringify!($details), "::", stringify!($field), "`].")]
                #[serde(skip_serializing_if = "Patch::is_keep")]
                pub $field: Patch<$value>,
            )+
        }

        impl $details {
            /// Takes a correction in.
            pub fn correct(&mut self, patch: $patch) {
                $(patch.$field.apply(&mut self.$field);)+
            }

            /// The part of a correction that changes something.
            #[must_use]
            pub fn changes(&self, patch: $patch) -> $patch {
                $patch { $($field: patch.$field.against(self.$field.as_ref()),)+ }
            }

            /// Whose personal values these are; `None` while there is none. A further value of the same person takes the
            /// same subject (DEFINITIONS 9).
            pub fn subject(&self) -> Option<crate::ids::SubjectId> {
                None$(.or_else(|| self.$field.as_ref().and_then($crate::values::Descriptive::whose)))+
            }
        }

        /// The correction that sets what is known here and keeps the rest.
        impl From<$details> for $patch {
            fn from(details: $details) -> Self {
                Self { $($field: Patch::of(details.$field),)+ }
            }
        }
    };
}

pub(crate) use details;
