//! The decisions about a client that is in the lists.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clients::ClientCommand::{
    AddContact, ArchiveClient, AssignClient, CorrectClientDetails, CorrectContactDetails,
    RegisterClient, RemoveContact, RestoreClient,
};
use crate::clients::ClientEvent::{
    ClientArchived, ClientAssigned, ClientDetailsCorrected, ClientRegistered, ClientRestored,
    ContactAdded, ContactDetailsCorrected, ContactRemoved,
};
use crate::clients::{
    ClientCommand, ClientDetails, ClientDetailsPatch, ClientError, ClientEvent, ClientKind,
    ContactDetails, ContactDetailsPatch,
};
use crate::ids::{ContactId, TeamId, UserId};

/// What the book of clients says of one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KnownClient {
    /// What it is in law.
    pub kind: ClientKind,
    /// What is known of it.
    pub details: ClientDetails,
    /// Who takes care of it.
    pub owner: Option<UserId>,
    /// The owner's team when it was assigned.
    pub team: Option<TeamId>,
    /// Its persons of contact.
    pub contacts: BTreeMap<ContactId, ContactDetails>,
}

impl KnownClient {
    pub(super) fn decide(&self, command: ClientCommand) -> Result<Vec<ClientEvent>, ClientError> {
        match command {
            RegisterClient { .. } => Err(ClientError::AlreadyRegistered),
            CorrectClientDetails { changes } => self.correct(changes),
            AssignClient { owner, team } if (owner, team) == (self.owner, self.team) => Ok(vec![]),
            AssignClient { owner, team } => Ok(vec![ClientAssigned { owner, team }]),
            AddContact { contact, details } => self.add_contact(contact, details),
            CorrectContactDetails { contact, changes } => self.correct_contact(contact, changes),
            RemoveContact { contact } if self.contacts.contains_key(&contact) => {
                Ok(vec![ContactRemoved { contact }])
            }
            RemoveContact { .. } | RestoreClient => Ok(vec![]),
            ArchiveClient => Ok(vec![ClientArchived {}]),
        }
    }

    fn correct(&self, changes: ClientDetailsPatch) -> Result<Vec<ClientEvent>, ClientError> {
        let changes = self.details.changes(changes);
        if changes == ClientDetailsPatch::default() {
            return Ok(vec![]);
        }
        let mut corrected = self.details.clone();
        corrected.correct(changes.clone());
        if corrected.identify(self.kind) {
            Ok(vec![ClientDetailsCorrected { changes }])
        } else {
            Err(ClientError::Unidentifiable)
        }
    }

    fn add_contact(
        &self,
        contact: ContactId,
        details: ContactDetails,
    ) -> Result<Vec<ClientEvent>, ClientError> {
        match self.contacts.get(&contact) {
            Some(known) if *known == details => Ok(vec![]),
            Some(_) => Err(ClientError::ContactAlreadyAdded),
            None if details.name.is_none() => Err(ClientError::ContactNameless),
            None => Ok(vec![ContactAdded { contact, details }]),
        }
    }

    fn correct_contact(
        &self,
        contact: ContactId,
        changes: ContactDetailsPatch,
    ) -> Result<Vec<ClientEvent>, ClientError> {
        let known = self
            .contacts
            .get(&contact)
            .ok_or(ClientError::ContactUnknown)?;
        let changes = known.changes(changes);
        if changes == ContactDetailsPatch::default() {
            return Ok(vec![]);
        }
        let mut corrected = known.clone();
        corrected.correct(changes.clone());
        if corrected.name.is_none() {
            return Err(ClientError::ContactNameless);
        }
        Ok(vec![ContactDetailsCorrected { contact, changes }])
    }

    pub(super) fn evolve(&mut self, event: ClientEvent) {
        match event {
            ClientDetailsCorrected { changes } => self.details.correct(changes),
            ClientAssigned { owner, team } => {
                self.owner = owner;
                self.team = team;
            }
            ContactAdded { contact, details } => {
                self.contacts.insert(contact, details);
            }
            ContactDetailsCorrected { contact, changes } => {
                if let Some(details) = self.contacts.get_mut(&contact) {
                    details.correct(changes);
                }
            }
            ContactRemoved { contact } => {
                self.contacts.remove(&contact);
            }
            ClientRegistered { .. } | ClientArchived {} | ClientRestored {} => {}
        }
    }
}
