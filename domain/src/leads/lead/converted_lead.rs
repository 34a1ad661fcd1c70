//! The decisions about a lead that is a client by now: it changes no more.

use serde::{Deserialize, Serialize};

use crate::ids::{ClientId, OpportunityId};
use crate::leads::LeadCommand::{
    AssignLead, ConvertLead, CorrectLeadChannel, CorrectLeadDetails, DiscardLead,
    MarkLeadContacted, QualifyLead, RegisterLead, ReopenLead,
};
use crate::leads::{LeadCommand, LeadError, LeadEvent};

use super::OpenLead;

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

impl ConvertedLead {
    pub(super) fn decide(&self, command: &LeadCommand) -> Result<Vec<LeadEvent>, LeadError> {
        match command {
            RegisterLead { .. } => Err(LeadError::AlreadyRegistered),
            ConvertLead {
                client,
                opportunity,
            } if (*client, *opportunity) == (self.client, self.opportunity) => Ok(vec![]),
            ConvertLead { .. }
            | CorrectLeadDetails { .. }
            | CorrectLeadChannel { .. }
            | AssignLead { .. }
            | MarkLeadContacted
            | QualifyLead
            | DiscardLead { .. }
            | ReopenLead => Err(LeadError::AlreadyConverted),
        }
    }
}
