//! An opportunity: a sale in sight, in a stage of a pipeline, until it is won, lost or cancelled.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Open: OpenOpportunity
//!     Open --> Open: MoveOpportunity
//!     Open --> Won: WinOpportunity
//!     Open --> Lost: LoseOpportunity
//!     Open --> Cancelled: CancelOpportunity
//!     Won --> Open: ReopenOpportunity
//!     Lost --> Open: ReopenOpportunity
//!     Cancelled --> Open: ReopenOpportunity
//! ```
//!
//! Invariants: the outcome is a state of its own, never derived from a probability; a move between stages of the same
//! category changes neither outcome nor closing date; reopening keeps the first outcome in the history.

mod commands;
mod details;
mod error;
mod events;
mod line;
mod opportunity;

pub use commands::{OpportunityCommand, StageFact};
pub use details::{OpportunityDetails, OpportunityDetailsPatch};
pub use error::OpportunityError;
pub use events::OpportunityEvent;
pub use line::{InvalidLine, OpportunityLine};
pub use opportunity::{Opportunity, Outcome, Sale};
