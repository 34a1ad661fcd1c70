//! What can have happened to an opportunity.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, ClientId, LeadId, PipelineId, ReasonId, StageId, TeamId, UserId};
use crate::values::{Amount, Currency, Line, Note, Percentage, Personal};

use super::{OpportunityDetails, OpportunityDetailsPatch, OpportunityLine};

/// What can have happened to an opportunity.
#[derive(
    Debug, Clone, PartialEq, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum OpportunityEvent {
    /// A sale came in sight.
    OpportunityOpened {
        /// The pipeline it runs through.
        pipeline: PipelineId,
        /// The open stage it begins in.
        stage: StageId,
        /// What is known of it.
        details: OpportunityDetails,
        /// Who may buy; not known yet.
        client: Option<ClientId>,
        /// The lead it came from.
        lead: Option<LeadId>,
        /// By which channel it came.
        channel: Option<ChannelId>,
        /// Who takes care of it.
        owner: Option<UserId>,
        /// The owner's team at that time.
        team: Option<TeamId>,
        /// What it may be worth.
        amount: Option<Amount>,
        /// Currency of all its amounts.
        currency: Currency,
        /// The day on which it should close.
        expected_close: Option<NaiveDate>,
        /// What would be sold.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lines: Vec<OpportunityLine>,
    },
    /// Some of what is known of it was corrected.
    OpportunityDetailsCorrected {
        /// The changed fields' new values.
        changes: OpportunityDetailsPatch,
    },
    /// It became known, or was corrected, who may buy.
    OpportunityClientLinked {
        /// Who may buy.
        client: Option<ClientId>,
    },
    /// The channel by which it came was corrected.
    OpportunityChannelCorrected {
        /// The right channel.
        channel: Option<ChannelId>,
    },
    /// Somebody took it over, or nobody has it any more.
    OpportunityAssigned {
        /// Who takes care of it.
        owner: Option<UserId>,
        /// The owner's team at that time.
        team: Option<TeamId>,
    },
    /// What would be sold was revised; the amount follows the lines.
    OpportunityLinesRevised {
        /// What would be sold.
        lines: Vec<OpportunityLine>,
        /// The lines' exact sum.
        amount: Amount,
    },
    /// What it may be worth was estimated anew.
    OpportunityAmountRevised {
        /// What it may be worth.
        amount: Option<Amount>,
    },
    /// The day on which it should close was moved.
    OpportunityExpectedCloseChanged {
        /// The day on which it should close.
        expected_close: Option<NaiveDate>,
    },
    /// Somebody judged its probability otherwise than its stage does, or took that judgement back.
    OpportunityProbabilityJudged {
        /// The probability; the stage's own again.
        probability: Option<Percentage>,
    },
    /// It went to another stage of the same category.
    OpportunityMoved {
        /// The stage it is in now.
        stage: StageId,
    },
    /// The client bought.
    OpportunityWon {
        /// The won stage it is in now.
        stage: StageId,
        /// What it was worth.
        amount: Option<Amount>,
        /// Why, from the catalogue.
        reason: Option<ReasonId>,
        /// Why, in words.
        note: Option<Personal<Note>>,
    },
    /// The client did not buy.
    OpportunityLost {
        /// The lost stage it is in now.
        stage: StageId,
        /// Why, from the catalogue.
        reason: Option<ReasonId>,
        /// Who got the sale.
        competitor: Option<Line>,
        /// Why, in words.
        note: Option<Personal<Note>>,
    },
    /// Nobody decided: it was called off.
    OpportunityCancelled {
        /// The cancelled stage it is in now.
        stage: StageId,
        /// Why, from the catalogue.
        reason: Option<ReasonId>,
        /// Why, in words.
        note: Option<Personal<Note>>,
    },
    /// It was closed and is in sight again.
    OpportunityReopened {
        /// The open stage it is in now.
        stage: StageId,
    },
}
