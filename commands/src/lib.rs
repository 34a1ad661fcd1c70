//! Carries commands out: authorise, load, decide, append, retry; and takes files of records in.
//!
//! `cartera-domain` says what a command means; this crate carries it out. It knows no read model, no GraphQL, no HTTP.
//!
//! In reading order:
//! - [`bus`]: one command to one aggregate, from the permission to the log;
//! - [`draft`]: several decisions that are one append;
//! - [`envelope`], [`error`], [`ports`]: who asks, why not, what the outside must give;
//! - [`leads`], [`clients`], [`opportunities`], [`products`], [`users`], [`settings`]: what needs facts before deciding;
//! - [`demo`]: a company to look at;
//! - [`files`]: tables of text and workbooks that nobody here wrote; [`importing`]: their records as commands.

pub mod bus;
pub mod clients;
pub mod demo;
pub mod draft;
pub mod envelope;
pub mod error;
mod facts;
pub mod files;
pub mod importing;
pub mod leads;
pub mod opportunities;
pub mod ports;
pub mod products;
pub mod settings;
pub mod users;

pub use bus::{CommandBus, Sent};
pub use draft::{Draft, Stream};
pub use envelope::{Caller, Envelope};
pub use error::CommandError;
pub use ports::IdSource;
