//! What the tests of the whole system stand on.
//!
//! - [`database`]: a database per test;
//! - [`program`]: the real program as a child process.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up has failed"
)]

pub mod database;
pub mod program;

pub use database::TestDatabase;
pub use program::Program;
