//! Who may do what: the roles, and the permission that each command and query names.

use serde::{Deserialize, Serialize};

/// What a user is in the company. Own roles come with a later version; these five are fixed.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum Role {
    /// Sets the company up; sees and does everything.
    Administrator,
    /// Sees and sells for the whole company.
    Director,
    /// Sees and sells for the own teams and those below them.
    Manager,
    /// Sees and sells what is the own.
    Salesperson,
    /// Sees the whole company, with every event behind it, and changes nothing.
    Auditor,
}

/// What a command or query requires.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum Permission {
    /// See leads, clients, opportunities, products within the own reach.
    ReadSales,
    /// Register and change leads, clients, opportunities within the own reach.
    WriteSales,
    /// Give leads, clients, opportunities to somebody within the own reach.
    AssignSales,
    /// See figures, over the rows within the own reach.
    ReadReports,
    /// See users, teams and settings.
    ReadCompany,
    /// Change products and prices.
    ManageProducts,
    /// Change users, teams, sign-in and API keys of others.
    ManageUsers,
    /// Change the company's settings: pipelines, channels, reasons, fiscal year.
    ManageSettings,
    /// Load files of records.
    Import,
    /// Read the event log as it is, and its verification.
    Audit,
    /// Read the schema of the API in production.
    Introspect,
}

impl Role {
    /// Whether the role has the permission.
    pub fn may(self, permission: Permission) -> bool {
        use Permission::{
            AssignSales, Audit, Import, Introspect, ManageProducts, ManageSettings, ManageUsers,
            ReadCompany, ReadReports, ReadSales, WriteSales,
        };
        match self {
            Self::Administrator => true,
            Self::Director => match permission {
                ReadSales | WriteSales | AssignSales | ReadReports | ReadCompany
                | ManageProducts | Import | Introspect => true,
                ManageUsers | ManageSettings | Audit => false,
            },
            Self::Manager => match permission {
                ReadSales | WriteSales | AssignSales | ReadReports | ReadCompany => true,
                ManageProducts | ManageUsers | ManageSettings | Import | Audit | Introspect => {
                    false
                }
            },
            Self::Salesperson => match permission {
                ReadSales | WriteSales | ReadReports | ReadCompany => true,
                AssignSales | ManageProducts | ManageUsers | ManageSettings | Import | Audit
                | Introspect => false,
            },
            Self::Auditor => match permission {
                ReadSales | ReadReports | ReadCompany | Audit | Introspect => true,
                WriteSales | AssignSales | ManageProducts | ManageUsers | ManageSettings
                | Import => false,
            },
        }
    }

    /// How far the role sees.
    pub fn reach(self) -> Reach {
        match self {
            Self::Administrator | Self::Director | Self::Auditor => Reach::Company,
            Self::Manager => Reach::Team,
            Self::Salesperson => Reach::Own,
        }
    }
}

/// How far somebody sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum Reach {
    /// What one owns.
    Own,
    /// What one's teams and the teams below them own, and the own.
    Team,
    /// Everything, what nobody owns included.
    Company,
}

/// A command names the permission it takes, so that a new one without does not compile.
pub trait NeedsPermission {
    /// The permission that the actor must have.
    fn permission(&self) -> Permission;
}

#[cfg(test)]
mod tests;
