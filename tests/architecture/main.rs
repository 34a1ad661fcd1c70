//! What holds for the repository as a whole.
//!
//! `cfg(test)` says nothing new in a test target, but tells clippy that these modules may panic.

#[cfg(test)]
mod dependencies;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod error_codes;
#[cfg(test)]
mod golden_events;
#[cfg(test)]
mod licences;
#[cfg(test)]
mod migrations;
#[cfg(test)]
mod naming;
#[cfg(test)]
mod reliability;
#[cfg(test)]
mod repository;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod supply;
#[cfg(test)]
mod versions;
