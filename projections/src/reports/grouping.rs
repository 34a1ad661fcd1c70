//! By what the figures of a report are told apart.

use chrono::NaiveDate;
use uuid::Uuid;

use super::calendar::Grain;
use super::measures::Family;

/// By what the figures of a report are told apart. Everything but time is as it was on the fact's business date.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum Grouping {
    /// The day. [`GroupValue::Day`].
    Day,
    /// The calendar month: its first day. [`GroupValue::Day`].
    Month,
    /// The quarter of the fiscal year: its first day. [`GroupValue::Day`].
    Quarter,
    /// The fiscal year: its first day. [`GroupValue::Day`].
    FiscalYear,
    /// Who took care of it then: a user. [`GroupValue::Id`].
    Owner,
    /// The owner's team then. [`GroupValue::Id`].
    Team,
    /// Who led that team then, or the next team above that was led: a user. [`GroupValue::Id`].
    Manager,
    /// The office or region from which that team, or the next above that has one, worked then. [`GroupValue::Text`].
    Office,
    /// The channel by which it came, as corrected since. [`GroupValue::Id`].
    Channel,
    /// The product: an opportunity with several counts once with each. [`GroupValue::Id`].
    Product,
    /// The product's family then. [`GroupValue::Text`].
    ProductFamily,
    /// The client's sector then; of a lead, its own. [`GroupValue::Text`].
    Sector,
    /// The stage: of an opening, that in which it began; of a closing or a pipeline, that in which it is. [`GroupValue::Id`].
    Stage,
    /// The client, as corrected since. [`GroupValue::Id`].
    Client,
    /// The pipeline. [`GroupValue::Id`].
    Pipeline,
}

/// The value of a [`Grouping`]. A missing value is a group of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GroupValue {
    /// First day of a stretch of time.
    Day(NaiveDate),
    /// A user, team, channel, product, stage, client or pipeline.
    Id(Uuid),
    /// An office, family or sector, as written.
    Text(String),
    /// Not known, or nobody's.
    Missing,
}

/// What kind of value a [`Grouping`] has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// [`GroupValue::Day`].
    Day,
    /// [`GroupValue::Id`].
    Id,
    /// [`GroupValue::Text`].
    Text,
}

impl Grouping {
    /// The stretch of time it stands for.
    pub fn grain(self) -> Option<Grain> {
        match self {
            Self::Day => Some(Grain::Day),
            Self::Month => Some(Grain::Month),
            Self::Quarter => Some(Grain::Quarter),
            Self::FiscalYear => Some(Grain::FiscalYear),
            Self::Owner
            | Self::Team
            | Self::Manager
            | Self::Office
            | Self::Channel
            | Self::Product
            | Self::ProductFamily
            | Self::Sector
            | Self::Stage
            | Self::Client
            | Self::Pipeline => None,
        }
    }

    /// Whether facts of this family have it: a lead has no product, stage, client or pipeline.
    pub fn applies_to(self, family: Family) -> bool {
        match self {
            Self::Day
            | Self::Month
            | Self::Quarter
            | Self::FiscalYear
            | Self::Owner
            | Self::Team
            | Self::Manager
            | Self::Office
            | Self::Channel
            | Self::Sector => true,
            Self::Product | Self::ProductFamily | Self::Stage | Self::Client | Self::Pipeline => {
                !family.is_of_leads()
            }
        }
    }

    /// Whether one fact can lie in several of its groups.
    pub fn overlaps(self) -> bool {
        matches!(self, Self::Product | Self::ProductFamily)
    }

    /// What kind of value it has.
    pub fn value_kind(self) -> ValueKind {
        match self {
            Self::Day | Self::Month | Self::Quarter | Self::FiscalYear => ValueKind::Day,
            Self::Owner
            | Self::Team
            | Self::Manager
            | Self::Channel
            | Self::Product
            | Self::Stage
            | Self::Client
            | Self::Pipeline => ValueKind::Id,
            Self::Office | Self::ProductFamily | Self::Sector => ValueKind::Text,
        }
    }
}
