//! Cartera as a service: GraphQL, HTTP, identity and the command line.
//!
//! This crate puts the others together and translates: it holds no business rule and no SQL.
//!
//! In reading order:
//! - [`cli`]: the commands of the program; [`config`]: what can be set;
//! - [`adapters`]: what the others need from the system; [`master_key`]: the one secret;
//! - [`database`]: reached, checked, migrated; [`embedded`]: the private PostgreSQL;
//! - [`server`]: connections, health and metrics; [`telemetry`]: logs, traces and figures;
//! - [`edge`]: what stands between the network and the schema; [`error`]: how an error leaves the house;
//! - [`bench`]: what all of it costs.

pub mod adapters;
pub mod bench;
pub mod cli;
pub mod config;
pub mod database;
pub mod edge;
pub mod error;
pub mod master_key;
pub mod server;
pub mod telemetry;

pub use cartera_embedded as embedded;
