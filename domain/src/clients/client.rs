//! The decisions about a client.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decider::{Decider, event_sourced};
use crate::ids::{ClientId, ContactId, TeamId, UserId};
use crate::viewer::Ownership;

use super::ClientCommand::{
    AddContact, ArchiveClient, AssignClient, CorrectClientDetails, CorrectContactDetails,
    RegisterClient, RemoveContact, RestoreClient,
};
use super::ClientEvent::{
    ClientArchived, ClientAssigned, ClientDetailsCorrected, ClientRegistered, ClientRestored,
    ContactAdded, ContactDetailsCorrected, ContactRemoved,
};
use super::{
    ClientCommand, ClientDetails, ClientDetailsPatch, ClientError, ClientEvent, ClientKind,
    ContactDetails, ContactDetailsPatch,
};

/// Whether a client is in the lists.
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
pub enum ClientStatus {
    /// It is in the lists.
    Active,
    /// It is out of the lists.
    Archived,
}

/// A client in its life.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Client {
    /// Nobody has registered it.
    #[default]
    Blank,
    /// It is in the lists.
    Active(KnownClient),
    /// It is out of the lists.
    Archived(KnownClient),
}

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

event_sourced!(Client, ClientEvent, Client);

impl Decider for Client {
    const TYPE: &'static str = "client";
    type Id = ClientId;
    type Command = ClientCommand;
    type Event = ClientEvent;
    type Error = ClientError;

    fn decide(&self, command: ClientCommand) -> Result<Vec<ClientEvent>, ClientError> {
        match (self, command) {
            (
                Self::Blank,
                RegisterClient {
                    kind,
                    details,
                    owner,
                    team,
                    lead,
                },
            ) => {
                refuse_unidentifiable(kind, &details)?;
                Ok(vec![ClientRegistered {
                    kind,
                    details,
                    owner,
                    team,
                    lead,
                }])
            }
            (Self::Blank, _) => Err(ClientError::NotRegistered),
            (Self::Active(_) | Self::Archived(_), RegisterClient { .. }) => {
                Err(ClientError::AlreadyRegistered)
            }
            (Self::Active(client), command) => client.decide(command),
            (Self::Archived(_), RestoreClient) => Ok(vec![ClientRestored {}]),
            (Self::Archived(_), ArchiveClient) => Ok(vec![]),
            (Self::Archived(_), _) => Err(ClientError::Archived),
        }
    }

    fn evolve(&mut self, event: ClientEvent) {
        match (&mut *self, event) {
            (
                _,
                ClientRegistered {
                    kind,
                    details,
                    owner,
                    team,
                    lead: _,
                },
            ) => {
                *self = Self::Active(KnownClient {
                    kind,
                    details,
                    owner,
                    team,
                    contacts: BTreeMap::new(),
                });
            }
            (Self::Active(client), ClientArchived {}) => *self = Self::Archived(client.clone()),
            (Self::Archived(client), ClientRestored {}) => *self = Self::Active(client.clone()),
            (Self::Active(client), event) => client.evolve(event),
            (Self::Blank | Self::Archived(_), _) => {}
        }
    }

    fn ownership(&self) -> Ownership {
        match self {
            Self::Blank => Ownership::Company,
            Self::Active(client) | Self::Archived(client) => Ownership::Owner(client.owner),
        }
    }
}

fn refuse_unidentifiable(kind: ClientKind, details: &ClientDetails) -> Result<(), ClientError> {
    let named = match kind {
        ClientKind::Company => details.company_name.is_some() || details.legal_name.is_some(),
        ClientKind::Person => details.person_name.is_some(),
    };
    if named || details.external_reference.is_some() {
        Ok(())
    } else {
        Err(ClientError::Unidentifiable)
    }
}

impl KnownClient {
    fn decide(&self, command: ClientCommand) -> Result<Vec<ClientEvent>, ClientError> {
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
        refuse_unidentifiable(self.kind, &corrected)?;
        Ok(vec![ClientDetailsCorrected { changes }])
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

    fn evolve(&mut self, event: ClientEvent) {
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
