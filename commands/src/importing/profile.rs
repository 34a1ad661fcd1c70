//! A profile: how the columns of a file become the fields of records.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

mod created;
mod field;
mod hints;
mod invalid;
mod record_kind;

pub use created::{Created, PipelineSpec, StageSpec};
pub use field::{Composed, Field, FieldSource};
pub use hints::{Filter, RowsPerRecord, TableHints, ValueHints};
pub use invalid::InvalidProfile;
pub use record_kind::RecordKind;

/// How the columns of a file become the fields of records; written as TOML and kept with the company's other settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name; part of every command id of its imports.
    pub name: String,
    /// The system that the file comes from: external keys are unique in it.
    pub source: String,
    /// What a record is.
    pub record: RecordKind,
    /// How the file is laid out, where it is not found out right.
    #[serde(default)]
    pub table: TableHints,
    /// How its values are written, where it is not found out right.
    #[serde(default)]
    pub values: ValueHints,
    /// The columns that together name a record in the source.
    pub key: Vec<String>,
    /// How many rows make a record.
    #[serde(default)]
    pub rows: RowsPerRecord,
    /// Rows to leave out.
    #[serde(default)]
    pub only: Vec<Filter>,
    /// Where each field comes from.
    pub fields: BTreeMap<Field, FieldSource>,
    /// What is created when a record names it and it is not there.
    #[serde(default)]
    pub create: BTreeSet<Created>,
    /// The pipeline of the opportunities; drawn up when it is not there.
    #[serde(default)]
    pub pipeline: Option<PipelineSpec>,
}

impl Profile {
    /// Reads a profile and checks its fields.
    ///
    /// # Errors
    /// [`InvalidProfile`].
    pub fn parse(text: &str) -> Result<Self, InvalidProfile> {
        let profile: Self =
            toml::from_str(text).map_err(|error| InvalidProfile::Unreadable(error.to_string()))?;
        if profile.key.is_empty() {
            return Err(InvalidProfile::KeyMissing);
        }
        let known = profile.record.fields();
        match profile.fields.keys().find(|field| !known.contains(field)) {
            Some(field) => Err(InvalidProfile::FieldUnknown {
                record: profile.record.into(),
                field: (*field).into(),
                known: known.iter().map(<&'static str>::from).collect(),
            }),
            None => Ok(profile),
        }
    }
}
