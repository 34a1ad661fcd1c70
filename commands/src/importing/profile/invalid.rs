//! Why a profile cannot be used.

/// A profile that cannot be used.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum InvalidProfile {
    /// Not TOML, or not of the documented form.
    #[error("the profile does not read: {0}")]
    Unreadable(String),
    /// No column names the record.
    #[error("the profile names no key column")]
    KeyMissing,
    /// A field that a record of this kind does not have.
    #[error("a {record} has no field {field}; it has {}", known.join(", "))]
    FieldUnknown {
        /// What a record is.
        record: &'static str,
        /// The field.
        field: &'static str,
        /// The fields that it has.
        known: Vec<&'static str>,
    },
    /// A name that several columns of the file have.
    #[error("several columns of the file are called {name}: say which, such as \"{name} (2)\"")]
    ColumnAmbiguous {
        /// The name.
        name: String,
    },
    /// Columns that the file does not have.
    #[error("the file has no column {}; it has {}", missing.join(", "), found.join(", "))]
    ColumnsMissing {
        /// The columns named in the profile.
        missing: Vec<String>,
        /// The columns of the file.
        found: Vec<String>,
    },
}

impl InvalidProfile {
    /// Stable code, as `docs/errors.md` lists it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "PROFILE_UNREADABLE",
            Self::KeyMissing => "PROFILE_KEY_MISSING",
            Self::FieldUnknown { .. } => "PROFILE_FIELD_UNKNOWN",
            Self::ColumnsMissing { .. } => "PROFILE_COLUMNS_MISSING",
            Self::ColumnAmbiguous { .. } => "PROFILE_COLUMN_AMBIGUOUS",
        }
    }
}
