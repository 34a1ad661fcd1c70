//! The decisions about a client.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decider::{Decider, event_sourced};
use crate::ids::ClientId;
use crate::viewer::Ownership;

use super::ClientCommand::{
    AddContact, ArchiveClient, AssignClient, CorrectClientDetails, CorrectContactDetails,
    RegisterClient, RemoveContact, RestoreClient,
};
use super::ClientEvent::{
    ClientArchived, ClientAssigned, ClientDetailsCorrected, ClientRegistered, ClientRestored,
    ContactAdded, ContactDetailsCorrected, ContactRemoved,
};
use super::{ClientCommand, ClientError, ClientEvent};

mod known_client;

pub use known_client::KnownClient;

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

event_sourced!(Client, ClientEvent, Client);

impl Decider for Client {
    const TYPE: &'static str = "client";
    type Id = ClientId;
    type Command = ClientCommand;
    type Event = ClientEvent;
    type Error = ClientError;

    fn decide(&self, command: ClientCommand) -> Result<Vec<ClientEvent>, ClientError> {
        match self {
            Self::Blank => decide_blank(command),
            Self::Active(client) => client.decide(command),
            Self::Archived(_) => decide_archived(&command),
        }
    }

    fn evolve(&mut self, event: ClientEvent) {
        *self = match (std::mem::take(self), event) {
            (
                _,
                ClientRegistered {
                    kind,
                    details,
                    owner,
                    team,
                    lead: _,
                },
            ) => Self::Active(KnownClient {
                kind,
                details,
                owner,
                team,
                contacts: BTreeMap::new(),
            }),
            (Self::Active(client), ClientArchived {}) => Self::Archived(client),
            (Self::Active(mut client), event) => {
                client.evolve(event);
                Self::Active(client)
            }
            (Self::Archived(client), ClientRestored {}) => Self::Active(client),
            (
                state @ (Self::Blank | Self::Archived(_)),
                ClientDetailsCorrected { .. }
                | ClientAssigned { .. }
                | ContactAdded { .. }
                | ContactDetailsCorrected { .. }
                | ContactRemoved { .. }
                | ClientArchived {}
                | ClientRestored {},
            ) => state,
        };
    }

    fn ownership(&self) -> Ownership {
        match self {
            Self::Blank => Ownership::Company,
            Self::Active(client) | Self::Archived(client) => Ownership::Owner(client.owner),
        }
    }
}

impl Client {
    /// Whether it is in the lists; `None` before it is registered.
    pub fn status(&self) -> Option<ClientStatus> {
        match self {
            Self::Blank => None,
            Self::Active(_) => Some(ClientStatus::Active),
            Self::Archived(_) => Some(ClientStatus::Archived),
        }
    }

    /// What the book of clients says of it; `None` before it is registered.
    pub fn known(&self) -> Option<&KnownClient> {
        match self {
            Self::Blank => None,
            Self::Active(client) | Self::Archived(client) => Some(client),
        }
    }
}

fn decide_blank(command: ClientCommand) -> Result<Vec<ClientEvent>, ClientError> {
    match command {
        RegisterClient { kind, details, .. } if !details.identify(kind) => {
            Err(ClientError::Unidentifiable)
        }
        RegisterClient {
            kind,
            details,
            owner,
            team,
            lead,
        } => Ok(vec![ClientRegistered {
            kind,
            details,
            owner,
            team,
            lead,
        }]),
        CorrectClientDetails { .. }
        | AssignClient { .. }
        | AddContact { .. }
        | CorrectContactDetails { .. }
        | RemoveContact { .. }
        | ArchiveClient
        | RestoreClient => Err(ClientError::NotRegistered),
    }
}

fn decide_archived(command: &ClientCommand) -> Result<Vec<ClientEvent>, ClientError> {
    match command {
        RegisterClient { .. } => Err(ClientError::AlreadyRegistered),
        RestoreClient => Ok(vec![ClientRestored {}]),
        ArchiveClient => Ok(vec![]),
        CorrectClientDetails { .. }
        | AssignClient { .. }
        | AddContact { .. }
        | CorrectContactDetails { .. }
        | RemoveContact { .. } => Err(ClientError::Archived),
    }
}

#[cfg(test)]
mod tests;
