//! What the tests of the whole system stand on.
//!
//! - [`database`]: a database per test;
//! - [`world`]: a whole service with a company, in the test itself; [`graphql`]: its client;
//! - [`program`]: the real program as a child process; [`founded`]: with a company in it;
//! - [`otlp`]: a receiver of its traces.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::disallowed_names,
    reason = "a test that cannot be set up has failed"
)]

pub mod database;
pub mod founded;
pub mod graphql;
pub mod otlp;
pub mod program;
pub mod sdl;
pub mod socket;
pub mod world;

pub use database::TestDatabase;
pub use founded::Founded;
pub use graphql::{Answer, GraphQl};
pub use program::Program;
pub use socket::Socket;
pub use world::{Person, TestWorld};
