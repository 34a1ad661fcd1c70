//! What may be asked of an opportunity.

use chrono::NaiveDate;
use serde::Serialize;

use crate::ids::{ChannelId, ClientId, LeadId, PipelineId, ReasonId, StageId, TeamId, UserId};
use crate::permission::{NeedsPermission, Permission};
use crate::settings::StageCategory;
use crate::values::{Amount, Currency, Line, Note, Percentage, Personal};

use super::{OpportunityDetails, OpportunityDetailsPatch, OpportunityLine};

/// A stage as looked up for a command: the decider knows no pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StageFact {
    /// The pipeline it belongs to.
    pub pipeline: PipelineId,
    /// The stage.
    pub stage: StageId,
    /// Its category, which never changes.
    pub category: StageCategory,
}

/// What may be asked of an opportunity.
#[derive(Debug, Clone, PartialEq, Serialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum OpportunityCommand {
    /// Put a sale in sight. Refused in a stage that is not open, or with an amount that is not its lines' sum.
    OpenOpportunity {
        /// The open stage it begins in.
        stage: StageFact,
        /// What is known of it.
        details: OpportunityDetails,
        /// Who may buy.
        client: Option<ClientId>,
        /// The lead it came from.
        lead: Option<LeadId>,
        /// By which channel it came.
        channel: Option<ChannelId>,
        /// Who takes care of it.
        owner: Option<UserId>,
        /// The owner's team.
        team: Option<TeamId>,
        /// What it may be worth; the lines' sum where there are lines.
        amount: Option<Amount>,
        /// Currency of all its amounts.
        currency: Currency,
        /// The day on which it should close.
        expected_close: Option<NaiveDate>,
        /// What would be sold.
        lines: Vec<OpportunityLine>,
    },
    /// Correct what is known of it.
    CorrectOpportunityDetails {
        /// The fields to correct.
        changes: OpportunityDetailsPatch,
    },
    /// Say who may buy.
    LinkOpportunityClient {
        /// Who may buy.
        client: Option<ClientId>,
    },
    /// Correct the channel by which it came.
    CorrectOpportunityChannel {
        /// The right channel.
        channel: Option<ChannelId>,
    },
    /// Give it to somebody, or to nobody.
    AssignOpportunity {
        /// Who takes care of it.
        owner: Option<UserId>,
        /// The owner's team.
        team: Option<TeamId>,
    },
    /// Revise what would be sold.
    ReviseOpportunityLines {
        /// What would be sold.
        lines: Vec<OpportunityLine>,
    },
    /// Estimate anew what it may be worth. Refused while it has lines.
    ReviseOpportunityAmount {
        /// What it may be worth.
        amount: Option<Amount>,
    },
    /// Move the day on which it should close.
    ChangeOpportunityExpectedClose {
        /// The day on which it should close.
        expected_close: Option<NaiveDate>,
    },
    /// Judge its probability otherwise than its stage does. Refused once it is closed.
    JudgeOpportunityProbability {
        /// The probability; `None` for the stage's own.
        probability: Option<Percentage>,
    },
    /// Move it to another stage of the category it is in.
    MoveOpportunity {
        /// The stage to go to.
        stage: StageFact,
    },
    /// Say that the client bought.
    WinOpportunity {
        /// A won stage.
        stage: StageFact,
        /// What it was worth; as estimated where not said.
        amount: Option<Amount>,
        /// Why, from the catalogue.
        reason: Option<ReasonId>,
        /// Why, in words.
        note: Option<Personal<Note>>,
    },
    /// Say that the client did not buy.
    LoseOpportunity {
        /// A lost stage.
        stage: StageFact,
        /// Why, from the catalogue.
        reason: Option<ReasonId>,
        /// Who got the sale.
        competitor: Option<Line>,
        /// Why, in words.
        note: Option<Personal<Note>>,
    },
    /// Call it off.
    CancelOpportunity {
        /// A cancelled stage.
        stage: StageFact,
        /// Why, from the catalogue.
        reason: Option<ReasonId>,
        /// Why, in words.
        note: Option<Personal<Note>>,
    },
    /// Take it up again.
    ReopenOpportunity {
        /// The open stage to go to.
        stage: StageFact,
    },
}

impl NeedsPermission for OpportunityCommand {
    fn permission(&self) -> Permission {
        match self {
            Self::OpenOpportunity { .. }
            | Self::CorrectOpportunityDetails { .. }
            | Self::LinkOpportunityClient { .. }
            | Self::CorrectOpportunityChannel { .. }
            | Self::ReviseOpportunityLines { .. }
            | Self::ReviseOpportunityAmount { .. }
            | Self::ChangeOpportunityExpectedClose { .. }
            | Self::JudgeOpportunityProbability { .. }
            | Self::MoveOpportunity { .. }
            | Self::WinOpportunity { .. }
            | Self::LoseOpportunity { .. }
            | Self::CancelOpportunity { .. }
            | Self::ReopenOpportunity { .. } => Permission::WriteSales,
            Self::AssignOpportunity { .. } => Permission::AssignSales,
        }
    }
}
