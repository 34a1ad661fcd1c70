//! Users and the tree of teams. A user may exist without sign-in: an owner in migrated history. Passwords, sessions and
//! API keys are no events: they lie in tables of their own.

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
