//! What may be asked of a client.

use serde::Serialize;

use crate::ids::{ContactId, LeadId, TeamId, UserId};
use crate::permission::{NeedsPermission, Permission};

use super::{ClientDetails, ClientDetailsPatch, ClientKind, ContactDetails, ContactDetailsPatch};

/// What may be asked of a client.
#[derive(Debug, Clone, PartialEq, Serialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ClientCommand {
    /// Take it into the book of clients. Refused without a name, a person's address or number, or an
    /// external reference.
    RegisterClient {
        /// What it is in law.
        kind: ClientKind,
        /// What is known of it.
        details: ClientDetails,
        /// Who takes care of it.
        owner: Option<UserId>,
        /// The owner's team.
        team: Option<TeamId>,
        /// The lead it was.
        lead: Option<LeadId>,
    },
    /// Correct what is known of it.
    CorrectClientDetails {
        /// The fields to correct.
        changes: ClientDetailsPatch,
    },
    /// Give it to somebody, or to nobody.
    AssignClient {
        /// Who takes care of it.
        owner: Option<UserId>,
        /// The owner's team.
        team: Option<TeamId>,
    },
    /// Add a person of contact. Refused without a name.
    AddContact {
        /// The person of contact.
        contact: ContactId,
        /// What is known of the person.
        details: ContactDetails,
    },
    /// Correct what is known of a person of contact.
    CorrectContactDetails {
        /// The person of contact.
        contact: ContactId,
        /// The fields to correct.
        changes: ContactDetailsPatch,
    },
    /// Say that a person is a contact no more.
    RemoveContact {
        /// The person of contact.
        contact: ContactId,
    },
    /// Take it out of the lists.
    ArchiveClient,
    /// Bring it back into the lists.
    RestoreClient,
}

impl NeedsPermission for ClientCommand {
    fn permission(&self) -> Permission {
        match self {
            Self::RegisterClient { .. }
            | Self::CorrectClientDetails { .. }
            | Self::AddContact { .. }
            | Self::CorrectContactDetails { .. }
            | Self::RemoveContact { .. }
            | Self::ArchiveClient
            | Self::RestoreClient => Permission::WriteSales,
            Self::AssignClient { .. } => Permission::AssignSales,
        }
    }
}
