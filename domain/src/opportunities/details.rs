//! The descriptive fields of a sale in sight that carry no rule.

use serde::{Deserialize, Serialize};

use crate::ids::SubjectId;
use crate::values::{Line, Note, Patch, Personal};

/// What is known of a sale in sight. Old events read with new fields empty.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OpportunityDetails {
    /// What it is about, in a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Personal<Line>>,
    /// Campaign that brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Line>,
    /// What somebody wrote down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Personal<Note>>,
    /// Its key in the system it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_reference: Option<Personal<Line>>,
}

/// A correction of some of [`OpportunityDetails`]: only the changed fields, with their new values.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OpportunityDetailsPatch {
    /// See [`OpportunityDetails::title`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub title: Patch<Personal<Line>>,
    /// See [`OpportunityDetails::campaign`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub campaign: Patch<Line>,
    /// See [`OpportunityDetails::notes`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub notes: Patch<Personal<Note>>,
    /// See [`OpportunityDetails::external_reference`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub external_reference: Patch<Personal<Line>>,
}

impl OpportunityDetails {
    /// Takes a correction in.
    pub fn correct(&mut self, patch: OpportunityDetailsPatch) {
        let OpportunityDetailsPatch {
            title,
            campaign,
            notes,
            external_reference,
        } = patch;
        title.apply(&mut self.title);
        campaign.apply(&mut self.campaign);
        notes.apply(&mut self.notes);
        external_reference.apply(&mut self.external_reference);
    }

    /// The part of a correction that changes something.
    #[must_use]
    pub fn changes(&self, patch: OpportunityDetailsPatch) -> OpportunityDetailsPatch {
        OpportunityDetailsPatch {
            title: patch.title.against(self.title.as_ref()),
            campaign: patch.campaign.against(self.campaign.as_ref()),
            notes: patch.notes.against(self.notes.as_ref()),
            external_reference: patch
                .external_reference
                .against(self.external_reference.as_ref()),
        }
    }

    /// Whose personal values these are; `None` while there is none. A further value of the same person takes the same
    /// subject (DEFINITIONS 9).
    pub fn subject(&self) -> Option<SubjectId> {
        let title = self.title.as_ref().map(Personal::subject);
        title
            .or_else(|| self.notes.as_ref().map(Personal::subject))
            .or_else(|| self.external_reference.as_ref().map(Personal::subject))
    }
}

#[cfg(test)]
mod tests;
