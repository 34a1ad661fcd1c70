//! What may be asked of a lead.

use serde::Serialize;

use crate::ids::{ChannelId, ClientId, OpportunityId, ReasonId, TeamId, UserId};
use crate::permission::{NeedsPermission, Permission};
use crate::values::{Note, Personal};

use super::{LeadDetails, LeadDetailsPatch};

/// What may be asked of a lead.
#[derive(Debug, Clone, PartialEq, Serialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LeadCommand {
    /// Take note of a lead. Refused without a person, a company or an external reference.
    RegisterLead {
        /// What is known of it.
        details: LeadDetails,
        /// By which channel it came.
        channel: Option<ChannelId>,
        /// Who takes care of it.
        owner: Option<UserId>,
        /// The owner's team.
        team: Option<TeamId>,
    },
    /// Correct what is known of it.
    CorrectLeadDetails {
        /// The fields to correct.
        changes: LeadDetailsPatch,
    },
    /// Correct the channel by which it came.
    CorrectLeadChannel {
        /// The right channel.
        channel: Option<ChannelId>,
    },
    /// Give it to somebody, or to nobody.
    AssignLead {
        /// Who takes care of it.
        owner: Option<UserId>,
        /// The owner's team.
        team: Option<TeamId>,
    },
    /// Say that somebody spoke with it.
    MarkLeadContacted,
    /// Say that it is worth an offer.
    QualifyLead,
    /// Make it a client; `commands` appends the client and the opportunity with it.
    ConvertLead {
        /// The client it becomes.
        client: ClientId,
        /// The opportunity that is opened with it.
        opportunity: Option<OpportunityId>,
    },
    /// Give it up. Refused without a reason or a note.
    DiscardLead {
        /// Why, from the catalogue.
        reason: Option<ReasonId>,
        /// Why, in words.
        note: Option<Personal<Note>>,
    },
    /// Take it up again.
    ReopenLead,
}

impl NeedsPermission for LeadCommand {
    fn permission(&self) -> Permission {
        match self {
            Self::RegisterLead { .. }
            | Self::CorrectLeadDetails { .. }
            | Self::CorrectLeadChannel { .. }
            | Self::MarkLeadContacted
            | Self::QualifyLead
            | Self::ConvertLead { .. }
            | Self::DiscardLead { .. }
            | Self::ReopenLead => Permission::WriteSales,
            Self::AssignLead { .. } => Permission::AssignSales,
        }
    }
}
