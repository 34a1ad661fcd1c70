//! What can have happened to a client.

use serde::{Deserialize, Serialize};

use crate::ids::{ContactId, LeadId, TeamId, UserId};

use super::{ClientDetails, ClientDetailsPatch, ContactDetails, ContactDetailsPatch};

/// What a client is in law.
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
pub enum ClientKind {
    /// A company or another entity.
    Company,
    /// A natural person.
    Person,
}

/// What can have happened to a client.
#[derive(
    Debug, Clone, PartialEq, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ClientEvent {
    /// It was taken into the book of clients.
    ClientRegistered {
        /// What it is in law.
        kind: ClientKind,
        /// What is known of it.
        details: ClientDetails,
        /// Who takes care of it.
        owner: Option<UserId>,
        /// The owner's team at that time.
        team: Option<TeamId>,
        /// The lead it was.
        lead: Option<LeadId>,
    },
    /// Some of what is known of it was corrected.
    ClientDetailsCorrected {
        /// The changed fields' new values.
        changes: ClientDetailsPatch,
    },
    /// Somebody took it over, or nobody has it any more.
    ClientAssigned {
        /// Who takes care of it.
        owner: Option<UserId>,
        /// The owner's team at that time.
        team: Option<TeamId>,
    },
    /// A person of contact was added.
    ContactAdded {
        /// The person of contact.
        contact: ContactId,
        /// What is known of the person.
        details: ContactDetails,
    },
    /// Some of what is known of a person of contact was corrected.
    ContactDetailsCorrected {
        /// The person of contact.
        contact: ContactId,
        /// The changed fields' new values.
        changes: ContactDetailsPatch,
    },
    /// A person of contact is one no more.
    ContactRemoved {
        /// The person of contact.
        contact: ContactId,
    },
    /// It buys no more and leaves the lists.
    ClientArchived {},
    /// It is back in the lists.
    ClientRestored {},
}
