//! Imports over the API: somebody uploads a file, starts a job, and any node carries it out.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Queued: startImport
//!     Queued --> Running: a node takes it
//!     Running --> Queued: the node stops
//!     Running --> Running: the node died, another takes it
//!     Running --> Finished
//!     Running --> Failed
//!     Queued --> Cancelled: cancelImport
//!     Running --> Cancelled: cancelImport
//! ```
//!
//! A job that is taken up again reads its file from the beginning: every record has a claim and a command id of its own, so
//! what is in the log already stays as it is and is counted as accepted.
//!
//! In reading order: [`job`] (what a job is), [`store`] and [`refused`] (the tables), [`runner`] (who carries jobs out),
//! [`attempt`] (one job, once), `witness` (what it tells), [`types`], [`queries`], [`mutations`], [`download`].

pub mod attempt;
pub mod download;
pub mod job;
pub mod mutations;
pub mod queries;
pub mod refused;
pub mod runner;
pub mod store;
pub mod types;
mod witness;

pub use runner::{Imports, Runner, RunnerSettings};
pub use store::ImportStore;
