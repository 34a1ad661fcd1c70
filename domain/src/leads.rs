//! A lead: a person or a company that may buy, from the first sign of interest until it becomes a client or is given up.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> New: RegisterLead
//!     New --> Contacted: MarkLeadContacted
//!     New --> Qualified: QualifyLead
//!     Contacted --> Qualified: QualifyLead
//!     New --> Converted: ConvertLead
//!     Contacted --> Converted: ConvertLead
//!     Qualified --> Converted: ConvertLead
//!     New --> Discarded: DiscardLead
//!     Contacted --> Discarded: DiscardLead
//!     Qualified --> Discarded: DiscardLead
//!     Discarded --> New: ReopenLead
//! ```
//!
//! Invariants:
//! - a lead can be found again: by a person's name, address or number, a company or an external reference;
//! - it is converted once at most, and a converted lead changes no more;
//! - it is given up for a reason, from the catalogue or in words, and changes only by being reopened;
//! - a reopened lead begins anew, with all that is known of it.
//!
//! Conversion is one append over three streams (`LeadConverted`, `ClientRegistered`, `OpportunityOpened`), which
//! `cartera-commands` puts together; this context decides its own part.

mod commands;
mod details;
mod error;
mod events;
mod lead;

pub use commands::LeadCommand;
pub use details::{LeadDetails, LeadDetailsPatch};
pub use error::LeadError;
pub use events::LeadEvent;
pub use lead::{ConvertedLead, Lead, LeadStatus, OpenLead, Progress};
