//! The language of Cartera: what a lead, a client, an opportunity is, what may be asked of it, and what then has happened.
//!
//! This crate says what a command *means*; `cartera-commands` carries it out. Everything here is pure: no I/O, no clock,
//! no randomness, no async. Time, ids and looked-up facts come in with the command.
//!
//! In reading order:
//! - [`event`]: every event of the system, in the order of a sale's life;
//! - [`leads`], [`clients`], [`opportunities`]: from the first contact to the closed sale;
//! - [`products`]: what is sold; [`users`]: who sells; [`settings`]: the company's own catalogues;
//! - [`values`], [`ids`]: the words they share;
//! - [`permission`], [`viewer`], [`rejection`]: who may ask, what one sees, and why one is refused;
//! - [`decider`]: the one file that knows `cqrs-es`.

pub mod clients;
pub mod decider;
pub mod event;
pub mod ids;
pub mod leads;
pub mod opportunities;
pub mod permission;
pub mod products;
pub mod rejection;
pub mod settings;
pub mod users;
pub mod values;
pub mod viewer;

pub use decider::Decider;
pub use event::Event;
pub use permission::Permission;
pub use rejection::Rejection;
pub use viewer::Viewer;
