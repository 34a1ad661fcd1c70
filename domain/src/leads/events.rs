//! What can have happened to a lead.

use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, ClientId, OpportunityId, ReasonId, TeamId, UserId};
use crate::values::{Note, Personal};

use super::{LeadDetails, LeadDetailsPatch};

/// What can have happened to a lead.
#[derive(
    Debug, Clone, PartialEq, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LeadEvent {
    /// It came to the company's notice.
    LeadRegistered {
        /// What is known of it.
        details: LeadDetails,
        /// By which channel it came.
        channel: Option<ChannelId>,
        /// Who takes care of it; nobody yet.
        owner: Option<UserId>,
        /// The owner's team at that time.
        team: Option<TeamId>,
    },
    /// Some of what is known of it was corrected.
    LeadDetailsCorrected {
        /// The changed fields' new values.
        changes: LeadDetailsPatch,
    },
    /// The channel by which it came was corrected.
    LeadChannelCorrected {
        /// The right channel.
        channel: Option<ChannelId>,
    },
    /// Somebody took it over, or nobody has it any more.
    LeadAssigned {
        /// Who takes care of it.
        owner: Option<UserId>,
        /// The owner's team at that time.
        team: Option<TeamId>,
    },
    /// Somebody spoke with it for the first time.
    LeadContacted {},
    /// It was found to be worth an offer.
    LeadQualified {},
    /// It became a client, with or without an opportunity.
    LeadConverted {
        /// The client it became.
        client: ClientId,
        /// The opportunity that was opened with it.
        opportunity: Option<OpportunityId>,
    },
    /// It was given up.
    LeadDiscarded {
        /// Why, from the catalogue.
        reason: Option<ReasonId>,
        /// Why, in words.
        note: Option<Personal<Note>>,
    },
    /// It was taken up again.
    LeadReopened {},
}
