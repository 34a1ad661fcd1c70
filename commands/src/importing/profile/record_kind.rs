//! What a record of a file is, and which fields it can have.

use serde::{Deserialize, Serialize};

use super::Field;

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
