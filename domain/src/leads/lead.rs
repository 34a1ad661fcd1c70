//! The decisions about a lead.

use serde::{Deserialize, Serialize};

use crate::decider::{Decider, event_sourced};
use crate::ids::{ChannelId, ClientId, LeadId, OpportunityId, TeamId, UserId};
use crate::viewer::Ownership;

use super::LeadCommand::{
    AssignLead, ConvertLead, CorrectLeadChannel, CorrectLeadDetails, DiscardLead,
    MarkLeadContacted, QualifyLead, RegisterLead, ReopenLead,
};
use super::LeadEvent::{
    LeadAssigned, LeadChannelCorrected, LeadContacted, LeadConverted, LeadDetailsCorrected,
    LeadDiscarded, LeadQualified, LeadRegistered, LeadReopened,
};
use super::{LeadCommand, LeadDetails, LeadDetailsPatch, LeadError, LeadEvent};

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

/// How far the work on an open lead has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Progress {
    /// Nobody has spoken with it.
    New,
    /// Somebody has spoken with it.
    Contacted,
    /// It is worth an offer.
    Qualified,
}

/// A lead that is being worked on, or was until it was discarded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenLead {
    /// How far the work has come.
    pub progress: Progress,
    /// What is known of it.
    pub details: LeadDetails,
    /// By which channel it came.
    pub channel: Option<ChannelId>,
    /// Who takes care of it.
    pub owner: Option<UserId>,
    /// The owner's team when it was assigned.
    pub team: Option<TeamId>,
}

/// A lead that became a client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConvertedLead {
    /// What was known of it.
    pub lead: OpenLead,
    /// The client it became.
    pub client: ClientId,
    /// The opportunity opened with it.
    pub opportunity: Option<OpportunityId>,
}

event_sourced!(Lead, LeadEvent, Lead);

impl Decider for Lead {
    const TYPE: &'static str = "lead";
    type Id = LeadId;
    type Command = LeadCommand;
    type Event = LeadEvent;
    type Error = LeadError;

    fn decide(&self, command: LeadCommand) -> Result<Vec<LeadEvent>, LeadError> {
        match (self, command) {
            (
                Self::Blank,
                RegisterLead {
                    details,
                    channel,
                    owner,
                    team,
                },
            ) => register(details, channel, owner, team),
            (Self::Blank, _) => Err(LeadError::NotRegistered),
            (Self::Open(_) | Self::Converted(_) | Self::Discarded(_), RegisterLead { .. }) => {
                Err(LeadError::AlreadyRegistered)
            }
            (Self::Open(lead), command) => lead.decide(command),
            (Self::Converted(lead), ConvertLead { client, .. }) if client == lead.client => {
                Ok(vec![])
            }
            (Self::Converted(_), _) => Err(LeadError::AlreadyConverted),
            (Self::Discarded(_), ReopenLead) => Ok(vec![LeadReopened {}]),
            (Self::Discarded(_), DiscardLead { .. }) => Ok(vec![]),
            (Self::Discarded(_), _) => Err(LeadError::Discarded),
        }
    }

    fn evolve(&mut self, event: LeadEvent) {
        match (&mut *self, event) {
            (
                _,
                LeadRegistered {
                    details,
                    channel,
                    owner,
                    team,
                },
            ) => {
                *self = Self::Open(OpenLead {
                    progress: Progress::New,
                    details,
                    channel,
                    owner,
                    team,
                });
            }
            (
                Self::Open(lead),
                LeadConverted {
                    client,
                    opportunity,
                },
            ) => {
                *self = Self::Converted(ConvertedLead {
                    lead: lead.clone(),
                    client,
                    opportunity,
                });
            }
            (Self::Open(lead), LeadDiscarded { .. }) => *self = Self::Discarded(lead.clone()),
            (Self::Discarded(lead), LeadReopened {}) => {
                *self = Self::Open(OpenLead {
                    progress: Progress::New,
                    ..lead.clone()
                });
            }
            (Self::Open(lead), event) => lead.evolve(event),
            (Self::Blank | Self::Converted(_) | Self::Discarded(_), _) => {}
        }
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
}

fn register(
    details: LeadDetails,
    channel: Option<ChannelId>,
    owner: Option<UserId>,
    team: Option<TeamId>,
) -> Result<Vec<LeadEvent>, LeadError> {
    if !details.is_identifiable() {
        return Err(LeadError::Unidentifiable);
    }
    Ok(vec![LeadRegistered {
        details,
        channel,
        owner,
        team,
    }])
}

impl OpenLead {
    fn decide(&self, command: LeadCommand) -> Result<Vec<LeadEvent>, LeadError> {
        match command {
            RegisterLead { .. } => Err(LeadError::AlreadyRegistered),
            CorrectLeadDetails { changes } => self.correct(changes),
            CorrectLeadChannel { channel } if channel == self.channel => Ok(vec![]),
            CorrectLeadChannel { channel } => Ok(vec![LeadChannelCorrected { channel }]),
            AssignLead { owner, team } if (owner, team) == (self.owner, self.team) => Ok(vec![]),
            AssignLead { owner, team } => Ok(vec![LeadAssigned { owner, team }]),
            MarkLeadContacted if self.progress >= Progress::Contacted => Ok(vec![]),
            MarkLeadContacted => Ok(vec![LeadContacted {}]),
            QualifyLead if self.progress >= Progress::Qualified => Ok(vec![]),
            QualifyLead => Ok(vec![LeadQualified {}]),
            ConvertLead {
                client,
                opportunity,
            } => Ok(vec![LeadConverted {
                client,
                opportunity,
            }]),
            DiscardLead {
                reason: None,
                note: None,
            } => Err(LeadError::ReasonRequired),
            DiscardLead { reason, note } => Ok(vec![LeadDiscarded { reason, note }]),
            ReopenLead => Err(LeadError::NotDiscarded),
        }
    }

    fn correct(&self, changes: LeadDetailsPatch) -> Result<Vec<LeadEvent>, LeadError> {
        let changes = self.details.changes(changes);
        if changes == LeadDetailsPatch::default() {
            return Ok(vec![]);
        }
        let mut corrected = self.details.clone();
        corrected.correct(changes.clone());
        if !corrected.is_identifiable() {
            return Err(LeadError::Unidentifiable);
        }
        Ok(vec![LeadDetailsCorrected { changes }])
    }

    fn evolve(&mut self, event: LeadEvent) {
        match event {
            LeadDetailsCorrected { changes } => self.details.correct(changes),
            LeadChannelCorrected { channel } => self.channel = channel,
            LeadAssigned { owner, team } => {
                self.owner = owner;
                self.team = team;
            }
            LeadContacted {} => self.progress = self.progress.max(Progress::Contacted),
            LeadQualified {} => self.progress = Progress::Qualified,
            LeadRegistered { .. }
            | LeadConverted { .. }
            | LeadDiscarded { .. }
            | LeadReopened {} => {}
        }
    }
}

#[cfg(test)]
mod tests;
