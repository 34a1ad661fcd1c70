//! Cartera as a service: GraphQL, HTTP, identity and the command line.
//!
//! This crate puts the others together and translates: it holds no business rule and no SQL.
//!
//! In reading order:
//! - [`cli`]: the commands of the program; [`config`]: what can be set;
//! - [`composition`]: the parts put together; [`adapters`]: what the others need from the system; [`master_key`]: the one secret;
//! - [`database`]: reached, checked, migrated; [`embedded`]: the private PostgreSQL;
//! - [`server`]: connections, health and metrics; [`telemetry`]: logs, traces and figures;
//! - [`edge`]: what stands between the network and the schema; [`error`]: how an error leaves the house;
//! - [`auth`]: who may come in; [`demo_access`]: who may come into the demo;
//! - [`schema`]: all of GraphQL as lists; [`asking`], [`connection`], [`loaders`], [`payload`], [`fields`]: what resolvers stand
//!   on; then a folder per context; [`files`] and [`imports`]: uploads, and the jobs that read them;
//! - [`mod@bench`]: what all of it costs.

pub mod adapters;
pub mod asking;
pub mod auth;
pub mod bench;
pub mod cli;
pub mod clients;
pub mod composition;
pub mod config;
pub mod connection;
pub mod database;
pub mod demo_access;
pub mod edge;
pub mod error;
pub mod fields;
pub mod files;
pub mod filters;
pub mod imports;
pub mod journal_status;
pub mod leads;
pub mod loaders;
pub mod master_key;
pub mod node;
pub mod opportunities;
pub mod payload;
pub mod products;
pub mod read_models;
pub mod reports;
pub mod scalars;
pub mod schema;
pub mod server;
pub mod settings;
pub mod telemetry;
pub mod timeline;
pub mod users;

pub use cartera_embedded as embedded;
