//! Real files that nobody here wrote go in, and come out as the figures that were computed independently beforehand
//! (`truth.json` of each data set). After each import the log and all read models verify, and the same files again add nothing.
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
mod figures;
mod loans;
mod maven;
mod olist;
mod superstore;
mod xeducation;
