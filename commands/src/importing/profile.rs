//! A profile: how the columns of a file become the fields of records.

use std::collections::{BTreeMap, BTreeSet};

use cartera_domain::settings::StageCategory;
use serde::{Deserialize, Serialize};

use crate::files::values::{DateOrder, DecimalMark};

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

/// What a record of the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum RecordKind {
    /// A user, with team and office.
    User,
    /// A product of the catalogue.
    Product,
    /// A client.
    Client,
    /// A lead.
    Lead,
    /// The conversion of a lead that is there.
    Conversion,
    /// An opportunity, with its product lines and how it ended.
    Opportunity,
    /// The way of an opportunity that is there through its stages.
    StageHistory,
}

/// How the file is laid out.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TableHints {
    /// Name of the encoding (`windows-1252`).
    pub encoding: Option<String>,
    /// Separator of the columns.
    pub separator: Option<char>,
    /// Line of the header.
    pub header: Option<u64>,
    /// Name of the sheet.
    pub sheet: Option<String>,
}

/// How values are written.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ValueHints {
    /// Order of day and month.
    pub dates: Option<DateOrder>,
    /// Mark before the decimals.
    pub decimals: Option<DecimalMark>,
    /// Words that stand for nothing, beside the usual ones.
    pub empty: Vec<String>,
}

/// How many rows make a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowsPerRecord {
    /// One row, one record; rows are read in a stream.
    #[default]
    One,
    /// Rows with the same key, wherever they stand; the file is held in memory.
    SameKey,
}

/// A row counts only where the column's value begins so.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The column.
    pub column: String,
    /// What its value begins with.
    pub starts_with: String,
}

/// Where a field comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldSource {
    /// A column as it is.
    Column(String),
    /// Something more than a column as it is.
    Composed(Composed),
}

/// Something more than a column as it is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Composed {
    /// One column.
    pub column: Option<String>,
    /// Several columns, joined by a blank.
    pub columns: Vec<String>,
    /// What stands there for all records, or where the column is empty.
    pub value: Option<String>,
    /// What a value is called here.
    pub map: BTreeMap<String, String>,
}

/// What may be created when a record names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Created {
    /// Owners, as users without sign-in.
    Users,
    /// Clients by name.
    Clients,
    /// Products by code.
    Products,
    /// Channels by name.
    Channels,
    /// Teams by name.
    Teams,
}

/// A pipeline to be drawn up when no pipeline has its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipelineSpec {
    /// Its name.
    pub name: String,
    /// Its stages, in order.
    pub stages: Vec<StageSpec>,
}

/// A stage to be drawn up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageSpec {
    /// Its name.
    pub name: String,
    /// What it means for the outcome.
    pub category: StageCategory,
    /// How probable a sale is in it, in per cent; 100 for won, 0 for lost and cancelled.
    #[serde(default)]
    pub probability: Option<u8>,
}

/// A field that a column can become.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Field {
    /// Name of a user, a client that is a company, or a product.
    Name,
    /// Name of a person.
    PersonName,
    /// Name of a company.
    CompanyName,
    /// `company` or `person`.
    ClientKind,
    /// E-mail address.
    Email,
    /// Telephone number.
    Phone,
    /// Tax id.
    TaxId,
    /// What a person does.
    JobTitle,
    /// Street and number.
    Street,
    /// Postal code.
    PostalCode,
    /// City.
    City,
    /// Province or region.
    Province,
    /// Country.
    Country,
    /// Sector.
    Sector,
    /// Web site.
    Website,
    /// Number of employees.
    Employees,
    /// Yearly revenue.
    Revenue,
    /// Year of foundation.
    Founded,
    /// Company it belongs to.
    ParentCompany,
    /// Notes.
    Notes,
    /// Campaign.
    Campaign,
    /// Interest.
    Interest,
    /// What a sale may be worth.
    ExpectedValue,
    /// Role of a user.
    Role,
    /// Name of a team.
    Team,
    /// Who leads the team: the key of a user.
    TeamManager,
    /// Office or region of the team.
    Office,
    /// Since when it is so.
    Since,
    /// Code of a product; its key where not said.
    Code,
    /// Family of a product.
    Family,
    /// Unit of a product.
    Unit,
    /// List price of a product.
    ListPrice,
    /// Description of a product.
    Description,
    /// Who takes care of it: the key of a user.
    Owner,
    /// By which channel it came: its name.
    Channel,
    /// When a lead was registered.
    RegisteredOn,
    /// Where a lead stands: `new`, `contacted`, `qualified`, `converted`, `discarded`.
    Status,
    /// When a lead was converted.
    ConvertedOn,
    /// The lead that is converted: its key.
    Lead,
    /// The opportunity that went through stages: its key.
    Opportunity,
    /// What an opportunity is about.
    Title,
    /// Who may buy: the key of a client.
    Client,
    /// The stage it is in: its name.
    Stage,
    /// The stage it began in, where it is another.
    OpenedStage,
    /// When an opportunity was opened.
    OpenedOn,
    /// When an opportunity was closed, or entered its stage.
    ClosedOn,
    /// When a stage was entered.
    EnteredOn,
    /// When it should close.
    ExpectedClose,
    /// What it may be worth while open.
    Amount,
    /// What it was worth when won.
    WonAmount,
    /// What is sold: the key of a product.
    Product,
    /// How much of it.
    Quantity,
    /// Price of one unit.
    UnitPrice,
    /// Exact amount of a line, where the price of one unit is not known.
    LineAmount,
}

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
    /// Stable code, such as `PROFILE_KEY_MISSING`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "PROFILE_UNREADABLE",
            Self::KeyMissing => "PROFILE_KEY_MISSING",
            Self::FieldUnknown { .. } => "PROFILE_FIELD_UNKNOWN",
            Self::ColumnsMissing { .. } => "PROFILE_COLUMNS_MISSING",
        }
    }
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

impl RecordKind {
    /// The fields that a record of this kind can have.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::User => &USER_FIELDS,
            Self::Product => &PRODUCT_FIELDS,
            Self::Client => &CLIENT_FIELDS,
            Self::Lead => &LEAD_FIELDS,
            Self::Conversion => &CONVERSION_FIELDS,
            Self::Opportunity => &OPPORTUNITY_FIELDS,
            Self::StageHistory => &STAGE_HISTORY_FIELDS,
        }
    }
}

const USER_FIELDS: [Field; 7] = [
    Field::Name,
    Field::Email,
    Field::Role,
    Field::Team,
    Field::TeamManager,
    Field::Office,
    Field::Since,
];

const PRODUCT_FIELDS: [Field; 7] = [
    Field::Name,
    Field::Code,
    Field::Family,
    Field::Unit,
    Field::ListPrice,
    Field::Description,
    Field::Since,
];

const CLIENT_FIELDS: [Field; 20] = [
    Field::Name,
    Field::PersonName,
    Field::ClientKind,
    Field::Email,
    Field::Phone,
    Field::TaxId,
    Field::Street,
    Field::PostalCode,
    Field::City,
    Field::Province,
    Field::Country,
    Field::Sector,
    Field::Website,
    Field::Employees,
    Field::Revenue,
    Field::Founded,
    Field::ParentCompany,
    Field::Notes,
    Field::Owner,
    Field::Since,
];

const LEAD_FIELDS: [Field; 18] = [
    Field::PersonName,
    Field::CompanyName,
    Field::JobTitle,
    Field::Email,
    Field::Phone,
    Field::TaxId,
    Field::City,
    Field::Country,
    Field::Sector,
    Field::Campaign,
    Field::Interest,
    Field::ExpectedValue,
    Field::Notes,
    Field::Owner,
    Field::Channel,
    Field::RegisteredOn,
    Field::Status,
    Field::ConvertedOn,
];

const CONVERSION_FIELDS: [Field; 2] = [Field::Lead, Field::ConvertedOn];

const OPPORTUNITY_FIELDS: [Field; 17] = [
    Field::Title,
    Field::Client,
    Field::Owner,
    Field::Channel,
    Field::Stage,
    Field::OpenedStage,
    Field::OpenedOn,
    Field::ClosedOn,
    Field::ExpectedClose,
    Field::Amount,
    Field::WonAmount,
    Field::Campaign,
    Field::Notes,
    Field::Product,
    Field::Quantity,
    Field::UnitPrice,
    Field::LineAmount,
];

const STAGE_HISTORY_FIELDS: [Field; 3] = [Field::Opportunity, Field::Stage, Field::EnteredOn];
