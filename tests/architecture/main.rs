//! What holds for the repository as a whole.
//!
//! `cfg(test)` says nothing new in a test target, but tells clippy that these modules may panic.

#[cfg(test)]
mod golden_events;
