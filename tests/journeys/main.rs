//! Stories through GraphQL, as a user with a role.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test that does not find what it looks for has failed"
)]

#[cfg(test)]
mod authorization;
#[cfg(test)]
mod documentation;
#[cfg(test)]
mod leads;
#[cfg(test)]
mod sign_in;
