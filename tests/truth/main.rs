//! Real files that nobody here wrote go in, and come out as the figures that were computed independently beforehand
//! (`truth.json` of each data set), or with a clear reason why not. After each import the log and all read models verify, and the same files again add nothing.
//!
//! Each module says at its head which figures of its truth file have no counterpart in a report, and why.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, reads its environment and says what it skips"
)]

mod adventureworks;
mod company;
mod contracts;
mod figures;
mod loans;
mod maven;
mod nasty;
mod olist;
mod salesforce;
mod superstore;
mod xeducation;
