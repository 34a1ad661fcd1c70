//! What may be asked of the company's settings.

use chrono_tz::Tz;
use serde::Serialize;

use crate::ids::{ChannelId, ReasonId, StageId};
use crate::permission::{NeedsPermission, Permission};
use crate::users::Locale;
use crate::values::{Currency, Line, Percentage};

use super::{FiscalStart, ReasonKind, StageDefinition};

/// What may be asked of the company itself.
#[derive(Debug, Clone, PartialEq, Serialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CompanyCommand {
    /// Begin to use Cartera.
    SetUpCompany {
        /// Its name.
        name: Line,
        /// Currency of all its amounts; fixed from here on.
        currency: Currency,
        /// Time zone in which its days begin.
        time_zone: Tz,
        /// The month in which its fiscal year begins.
        fiscal_start: FiscalStart,
        /// Language of what it sends out.
        locale: Locale,
    },
    /// Give it another name.
    RenameCompany {
        /// Its name.
        name: Line,
    },
    /// Let its days begin in another time zone; what is recorded stays.
    ChangeCompanyTimeZone {
        /// Time zone in which its days begin.
        time_zone: Tz,
    },
    /// Let its fiscal year begin in another month.
    ChangeCompanyFiscalStart {
        /// The month.
        fiscal_start: FiscalStart,
    },
    /// Let it write in another language.
    ChangeCompanyLocale {
        /// Language of what it sends out.
        locale: Locale,
    },
}

impl NeedsPermission for CompanyCommand {
    fn permission(&self) -> Permission {
        match self {
            Self::SetUpCompany { .. }
            | Self::RenameCompany { .. }
            | Self::ChangeCompanyTimeZone { .. }
            | Self::ChangeCompanyFiscalStart { .. }
            | Self::ChangeCompanyLocale { .. } => Permission::ManageSettings,
        }
    }
}

/// What may be asked of the catalogue of channels and reasons. Names are unique among what is in use, case ignored.
#[derive(Debug, Clone, PartialEq, Serialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CatalogueCommand {
    /// Add a channel.
    AddChannel {
        /// The channel.
        channel: ChannelId,
        /// Its name.
        name: Line,
    },
    /// Give a channel another name.
    RenameChannel {
        /// The channel.
        channel: ChannelId,
        /// Its name.
        name: Line,
    },
    /// Use a channel no more.
    RetireChannel {
        /// The channel.
        channel: ChannelId,
    },
    /// Add a reason.
    AddReason {
        /// The reason.
        reason: ReasonId,
        /// What it explains.
        kind: ReasonKind,
        /// Its name.
        name: Line,
    },
    /// Give a reason another name.
    RenameReason {
        /// The reason.
        reason: ReasonId,
        /// Its name.
        name: Line,
    },
    /// Use a reason no more.
    RetireReason {
        /// The reason.
        reason: ReasonId,
    },
}

impl NeedsPermission for CatalogueCommand {
    fn permission(&self) -> Permission {
        match self {
            Self::AddChannel { .. }
            | Self::RenameChannel { .. }
            | Self::RetireChannel { .. }
            | Self::AddReason { .. }
            | Self::RenameReason { .. }
            | Self::RetireReason { .. } => Permission::ManageSettings,
        }
    }
}

/// What may be asked of a pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PipelineCommand {
    /// Draw up a pipeline. Refused without a stage of each category open, won and lost.
    CreatePipeline {
        /// Its name.
        name: Line,
        /// Its stages, in order.
        stages: Vec<StageDefinition>,
    },
    /// Give it another name.
    RenamePipeline {
        /// Its name.
        name: Line,
    },
    /// Add a stage.
    AddStage {
        /// The stage.
        definition: StageDefinition,
        /// The stage before it; `None` puts it first.
        after: Option<StageId>,
    },
    /// Give a stage another name.
    RenameStage {
        /// The stage.
        stage: StageId,
        /// Its name.
        name: Line,
    },
    /// Say that a sale is otherwise probable in a stage. Refused for a closing stage.
    ChangeStageProbability {
        /// The stage.
        stage: StageId,
        /// How probable a sale is in it.
        probability: Percentage,
    },
    /// Put a stage elsewhere in the order.
    ReorderStage {
        /// The stage.
        stage: StageId,
        /// The stage before it; `None` puts it first.
        after: Option<StageId>,
    },
    /// Let nothing enter a stage any more. Refused for the last stage in use of open, won or lost.
    RetireStage {
        /// The stage.
        stage: StageId,
    },
    /// Let nothing be opened in the pipeline any more.
    RetirePipeline,
}

impl NeedsPermission for PipelineCommand {
    fn permission(&self) -> Permission {
        match self {
            Self::CreatePipeline { .. }
            | Self::RenamePipeline { .. }
            | Self::AddStage { .. }
            | Self::RenameStage { .. }
            | Self::ChangeStageProbability { .. }
            | Self::ReorderStage { .. }
            | Self::RetireStage { .. }
            | Self::RetirePipeline => Permission::ManageSettings,
        }
    }
}
