//! The one report query in GraphQL.

pub mod inputs;
pub mod queries;
pub mod types;
