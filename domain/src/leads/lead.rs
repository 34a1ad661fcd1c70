//! The decisions about a lead.

use serde::{Deserialize, Serialize};

use crate::decider::{Decider, event_sourced};
use crate::ids::LeadId;
use crate::viewer::Ownership;

use super::LeadCommand::{
    AssignLead, ConvertLead, CorrectLeadChannel, CorrectLeadDetails, DiscardLead,
    MarkLeadContacted, QualifyLead, RegisterLead, ReopenLead,
};
use super::LeadEvent::{
    LeadAssigned, LeadChannelCorrected, LeadContacted, LeadConverted, LeadDetailsCorrected,
    LeadDiscarded, LeadQualified, LeadRegistered, LeadReopened,
};
use super::{LeadCommand, LeadDetails, LeadError, LeadEvent};

mod converted_lead;
mod open_lead;

pub use converted_lead::ConvertedLead;
pub use open_lead::{OpenLead, Progress};

/// Where a lead stands.
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
pub enum LeadStatus {
    /// Nobody has spoken with it.
    New,
    /// Somebody has spoken with it.
    Contacted,
    /// It is worth an offer.
    Qualified,
    /// It is a client.
    Converted,
    /// It was given up.
    Discarded,
}

/// A lead in its life.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Lead {
    /// Nobody has registered it.
    #[default]
    Blank,
    /// It is being worked on.
    Open(OpenLead),
    /// It is a client by now.
    Converted(ConvertedLead),
    /// It was given up.
    Discarded(OpenLead),
}

event_sourced!(Lead, LeadEvent, Lead);

impl Decider for Lead {
    const TYPE: &'static str = "lead";
    type Id = LeadId;
    type Command = LeadCommand;
    type Event = LeadEvent;
    type Error = LeadError;

    fn decide(&self, command: LeadCommand) -> Result<Vec<LeadEvent>, LeadError> {
        match self {
            Self::Blank => decide_blank(command),
            Self::Open(lead) => lead.decide(command),
            Self::Converted(lead) => lead.decide(&command),
            Self::Discarded(_) => decide_discarded(&command),
        }
    }

    fn evolve(&mut self, event: LeadEvent) {
        *self = match (std::mem::take(self), event) {
            (
                _,
                LeadRegistered {
                    details,
                    channel,
                    owner,
                    team,
                },
            ) => Self::Open(OpenLead {
                progress: Progress::New,
                details,
                channel,
                owner,
                team,
            }),
            (
                Self::Open(lead),
                LeadConverted {
                    client,
                    opportunity,
                },
            ) => Self::Converted(ConvertedLead {
                lead,
                client,
                opportunity,
            }),
            (Self::Open(lead), LeadDiscarded { .. }) => Self::Discarded(lead),
            (Self::Open(mut lead), event) => {
                lead.evolve(event);
                Self::Open(lead)
            }
            (Self::Discarded(lead), LeadReopened {}) => Self::Open(OpenLead {
                progress: Progress::New,
                ..lead
            }),
            (
                state @ (Self::Blank | Self::Converted(_) | Self::Discarded(_)),
                LeadDetailsCorrected { .. }
                | LeadChannelCorrected { .. }
                | LeadAssigned { .. }
                | LeadContacted {}
                | LeadQualified {}
                | LeadConverted { .. }
                | LeadDiscarded { .. }
                | LeadReopened {},
            ) => state,
        };
    }

    fn ownership(&self) -> Ownership {
        match self {
            Self::Blank => Ownership::Company,
            Self::Open(lead)
            | Self::Discarded(lead)
            | Self::Converted(ConvertedLead { lead, .. }) => Ownership::Owner(lead.owner),
        }
    }
}

impl Lead {
    /// Where it stands; `None` before it is registered.
    pub fn status(&self) -> Option<LeadStatus> {
        match self {
            Self::Blank => None,
            Self::Open(lead) => Some(match lead.progress {
                Progress::New => LeadStatus::New,
                Progress::Contacted => LeadStatus::Contacted,
                Progress::Qualified => LeadStatus::Qualified,
            }),
            Self::Converted(_) => Some(LeadStatus::Converted),
            Self::Discarded(_) => Some(LeadStatus::Discarded),
        }
    }

    /// What is known of it; `None` before it is registered.
    pub fn details(&self) -> Option<&LeadDetails> {
        match self {
            Self::Blank => None,
            Self::Open(lead)
            | Self::Discarded(lead)
            | Self::Converted(ConvertedLead { lead, .. }) => Some(&lead.details),
        }
    }
}

fn decide_blank(command: LeadCommand) -> Result<Vec<LeadEvent>, LeadError> {
    match command {
        RegisterLead { details, .. } if !details.is_identifiable() => {
            Err(LeadError::Unidentifiable)
        }
        RegisterLead {
            details,
            channel,
            owner,
            team,
        } => Ok(vec![LeadRegistered {
            details,
            channel,
            owner,
            team,
        }]),
        CorrectLeadDetails { .. }
        | CorrectLeadChannel { .. }
        | AssignLead { .. }
        | MarkLeadContacted
        | QualifyLead
        | ConvertLead { .. }
        | DiscardLead { .. }
        | ReopenLead => Err(LeadError::NotRegistered),
    }
}

fn decide_discarded(command: &LeadCommand) -> Result<Vec<LeadEvent>, LeadError> {
    match command {
        RegisterLead { .. } => Err(LeadError::AlreadyRegistered),
        ReopenLead => Ok(vec![LeadReopened {}]),
        DiscardLead { .. } => Ok(vec![]),
        CorrectLeadDetails { .. }
        | CorrectLeadChannel { .. }
        | AssignLead { .. }
        | MarkLeadContacted
        | QualifyLead
        | ConvertLead { .. } => Err(LeadError::Discarded),
    }
}

#[cfg(test)]
mod tests;
