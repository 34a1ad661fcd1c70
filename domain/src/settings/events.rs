//! What can have happened to the company's settings.

use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, ReasonId, StageId};
use crate::users::Locale;
use crate::values::{Currency, FiscalStart, Line, Percentage};

/// What can have happened to the company itself.
#[derive(
    Debug, Clone, PartialEq, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CompanyEvent {
    /// The company began to use Cartera.
    CompanySetUp {
        /// Its name.
        name: Line,
        /// Currency of all its amounts.
        currency: Currency,
        /// Time zone in which its days begin.
        time_zone: Tz,
        /// The month in which its fiscal year begins.
        fiscal_start: FiscalStart,
        /// Language of what it sends out.
        locale: Locale,
    },
    /// It has another name.
    CompanyRenamed {
        /// Its name.
        name: Line,
    },
    /// Its days begin in another time zone, from now on.
    CompanyTimeZoneChanged {
        /// Time zone in which its days begin.
        time_zone: Tz,
    },
    /// Its fiscal year begins in another month.
    CompanyFiscalStartChanged {
        /// The month.
        fiscal_start: FiscalStart,
    },
    /// It writes in another language.
    CompanyLocaleChanged {
        /// Language of what it sends out.
        locale: Locale,
    },
}

/// What a reason explains.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum ReasonKind {
    /// Why an opportunity was won.
    Won,
    /// Why an opportunity was lost.
    Lost,
    /// Why an opportunity was cancelled.
    Cancelled,
    /// Why a lead was discarded.
    Discarded,
}

/// What can have happened to the catalogue of channels and reasons.
#[derive(
    Debug, Clone, PartialEq, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CatalogueEvent {
    /// A channel was added.
    ChannelAdded {
        /// The channel.
        channel: ChannelId,
        /// Its name.
        name: Line,
    },
    /// A channel has another name.
    ChannelRenamed {
        /// The channel.
        channel: ChannelId,
        /// Its name.
        name: Line,
    },
    /// A channel is used no more.
    ChannelRetired {
        /// The channel.
        channel: ChannelId,
    },
    /// A reason was added.
    ReasonAdded {
        /// The reason.
        reason: ReasonId,
        /// What it explains.
        kind: ReasonKind,
        /// Its name.
        name: Line,
    },
    /// A reason has another name.
    ReasonRenamed {
        /// The reason.
        reason: ReasonId,
        /// Its name.
        name: Line,
    },
    /// A reason is used no more.
    ReasonRetired {
        /// The reason.
        reason: ReasonId,
    },
}

/// What a stage means for the outcome; fixed for the stage's life.
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
pub enum StageCategory {
    /// The sale is in sight.
    Open,
    /// The client bought.
    Won,
    /// The client did not buy.
    Lost,
    /// It was called off.
    Cancelled,
}

impl StageCategory {
    /// What is won is sure, what is lost or cancelled is not; `None` for an open stage, which the company judges.
    pub const fn fixed_probability(self) -> Option<Percentage> {
        match self {
            Self::Open => None,
            Self::Won => Some(Percentage::HUNDRED),
            Self::Lost | Self::Cancelled => Some(Percentage::ZERO),
        }
    }
}

/// A stage of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageDefinition {
    /// The stage.
    pub stage: StageId,
    /// Its name.
    pub name: Line,
    /// What it means for the outcome.
    pub category: StageCategory,
    /// How probable a sale is in it.
    pub probability: Percentage,
}

/// What can have happened to a pipeline. Stages stand in the order of the list; a change takes effect on its business date.
#[derive(
    Debug, Clone, PartialEq, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PipelineEvent {
    /// A pipeline was drawn up.
    PipelineCreated {
        /// Its name.
        name: Line,
        /// Its stages, in order.
        stages: Vec<StageDefinition>,
    },
    /// It has another name.
    PipelineRenamed {
        /// Its name.
        name: Line,
    },
    /// A stage was added.
    StageAdded {
        /// The stage.
        definition: StageDefinition,
        /// The stage before it; `None` puts it first.
        after: Option<StageId>,
    },
    /// A stage has another name.
    StageRenamed {
        /// The stage.
        stage: StageId,
        /// Its name.
        name: Line,
    },
    /// A sale is otherwise probable in a stage.
    StageProbabilityChanged {
        /// The stage.
        stage: StageId,
        /// How probable a sale is in it.
        probability: Percentage,
    },
    /// A stage stands elsewhere in the order.
    StageReordered {
        /// The stage.
        stage: StageId,
        /// The stage before it; `None` puts it first.
        after: Option<StageId>,
    },
    /// Nothing enters a stage any more.
    StageRetired {
        /// The stage.
        stage: StageId,
    },
    /// Nothing is opened in the pipeline any more.
    PipelineRetired {},
}
