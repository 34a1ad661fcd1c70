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
//! Invariants: a lead has a person, a company or an external reference; a converted lead changes no more.

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
