//! Users and the tree of teams: who sells, for whom, and who sees whose figures.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Active: RegisterUser
//!     Active --> Inactive: DeactivateUser
//!     Inactive --> Active: ReactivateUser
//! ```
//!
//! Invariants:
//! - a user may exist without sign-in: an owner in migrated history (DEFINITIONS 17);
//! - a user who left changes only by coming back;
//! - the teams are one stream, so that no two changes at a time can make a circle; names are unique, case ignored; a team
//!   with others below it is not disbanded.
//!
//! An address is unique and the last administrator stays one: both need a look at all users, so `cartera-commands` keeps
//! them. Passwords, sessions and API keys are no events: they lie in tables of their own.

mod commands;
mod error;
mod events;
mod team_tree;
mod user;

pub use commands::{TeamTreeCommand, UserCommand};
pub use error::{TeamTreeError, UserError};
pub use events::{Locale, TeamTreeEvent, UserEvent};
pub use team_tree::{Team, TeamTree};
pub use user::{Member, User};
