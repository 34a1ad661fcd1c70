//! The descriptive fields of a person of contact that carry no rule.

use serde::{Deserialize, Serialize};

use crate::ids::SubjectId;
use crate::values::{EmailAddress, Line, Note, Patch, Personal, PhoneNumber};

/// What is known of a person of contact. Old events read with new fields empty.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactDetails {
    /// Name of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal<Line>>,
    /// What the person does there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Line>,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Personal<EmailAddress>>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Personal<PhoneNumber>>,
    /// What somebody wrote down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Personal<Note>>,
}

/// A correction of some of [`ContactDetails`]: only the changed fields, with their new values.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ContactDetailsPatch {
    /// See [`ContactDetails::name`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub name: Patch<Personal<Line>>,
    /// See [`ContactDetails::role`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub role: Patch<Line>,
    /// See [`ContactDetails::email`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub email: Patch<Personal<EmailAddress>>,
    /// See [`ContactDetails::phone`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub phone: Patch<Personal<PhoneNumber>>,
    /// See [`ContactDetails::notes`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub notes: Patch<Personal<Note>>,
}

impl ContactDetails {
    /// Takes a correction in.
    pub fn correct(&mut self, patch: ContactDetailsPatch) {
        let ContactDetailsPatch {
            name,
            role,
            email,
            phone,
            notes,
        } = patch;
        name.apply(&mut self.name);
        role.apply(&mut self.role);
        email.apply(&mut self.email);
        phone.apply(&mut self.phone);
        notes.apply(&mut self.notes);
    }

    /// The part of a correction that changes something.
    #[must_use]
    pub fn changes(&self, patch: ContactDetailsPatch) -> ContactDetailsPatch {
        ContactDetailsPatch {
            name: patch.name.against(self.name.as_ref()),
            role: patch.role.against(self.role.as_ref()),
            email: patch.email.against(self.email.as_ref()),
            phone: patch.phone.against(self.phone.as_ref()),
            notes: patch.notes.against(self.notes.as_ref()),
        }
    }

    /// Whose personal values these are; `None` while there is none. A further value of the same person takes the same
    /// subject (DEFINITIONS 9).
    pub fn subject(&self) -> Option<SubjectId> {
        self.name
            .as_ref()
            .map(Personal::subject)
            .or_else(|| self.email.as_ref().map(Personal::subject))
            .or_else(|| self.phone.as_ref().map(Personal::subject))
            .or_else(|| self.notes.as_ref().map(Personal::subject))
    }
}

#[cfg(test)]
mod tests;
