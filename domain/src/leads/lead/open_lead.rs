//! The decisions about a lead that is being worked on.

use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, TeamId, UserId};
use crate::leads::LeadCommand::{
    AssignLead, ConvertLead, CorrectLeadChannel, CorrectLeadDetails, DiscardLead,
    MarkLeadContacted, QualifyLead, RegisterLead, ReopenLead,
};
use crate::leads::LeadEvent::{
    LeadAssigned, LeadChannelCorrected, LeadContacted, LeadConverted, LeadDetailsCorrected,
    LeadDiscarded, LeadQualified, LeadRegistered, LeadReopened,
};
use crate::leads::{LeadCommand, LeadDetails, LeadDetailsPatch, LeadError, LeadEvent};

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

impl OpenLead {
    pub(super) fn decide(&self, command: LeadCommand) -> Result<Vec<LeadEvent>, LeadError> {
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
            ReopenLead => Ok(vec![]),
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

    pub(super) fn evolve(&mut self, event: LeadEvent) {
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
