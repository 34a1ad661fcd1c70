//! Files of records, through profiles, into the log.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, reads its environment and says what it skips"
)]

mod bad_input;
mod batches;
mod demo;
mod maven;
mod others;
mod world;
