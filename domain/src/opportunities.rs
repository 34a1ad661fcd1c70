//! An opportunity: a sale in sight, in a stage of a pipeline, until it is won, lost or cancelled.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Open: OpenOpportunity
//!     Open --> Open: MoveOpportunity among open stages
//!     Open --> Won: WinOpportunity
//!     Open --> Lost: LoseOpportunity
//!     Open --> Cancelled: CancelOpportunity
//!     Won --> Won: MoveOpportunity among won stages
//!     Lost --> Lost: MoveOpportunity among lost stages
//!     Cancelled --> Cancelled: MoveOpportunity among cancelled stages
//!     Won --> Open: ReopenOpportunity
//!     Lost --> Open: ReopenOpportunity
//!     Cancelled --> Open: ReopenOpportunity
//! ```
//!
//! Invariants:
//! - the outcome is a state of its own, never derived from a probability, and the stage always means it;
//! - a move between stages of the same category changes neither outcome nor closing date and is no reopening; closing is
//!   the first event into the category (DEFINITIONS 16);
//! - one outcome turns into another only through reopening, so that the history shows both;
//! - the pipeline and the currency are fixed when it is opened; the client is optional;
//! - with lines the amount is their exact sum; no amount is negative, though a line may be, for a return;
//! - what is estimated (lines, amount, expected close, probability) is fixed once it is closed; what is known of it, its
//!   client, channel and owner may be put right at any time.

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
