//! The fields that columns can become, and where each comes from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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
