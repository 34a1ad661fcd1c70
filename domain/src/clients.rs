//! A client: a company or a natural person that buys, with its persons of contact.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Active: RegisterClient
//!     Active --> Active: CorrectClientDetails, AssignClient, AddContact, CorrectContactDetails, RemoveContact
//!     Active --> Archived: ArchiveClient
//!     Archived --> Active: RestoreClient
//! ```
//!
//! Invariants:
//! - a company has a name or an external reference; a person has a name, an address, a number or an external reference;
//! - what it is in law, and the lead it was, are fixed when it is registered;
//! - a person of contact has a name;
//! - an archived client changes only by being restored.

mod client;
mod commands;
mod contact;
mod details;
mod error;
mod events;

pub use client::{Client, ClientStatus, KnownClient};
pub use commands::ClientCommand;
pub use contact::{ContactDetails, ContactDetailsPatch};
pub use details::{ClientDetails, ClientDetailsPatch};
pub use error::ClientError;
pub use events::{ClientEvent, ClientKind};
