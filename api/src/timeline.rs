//! What happened, in GraphQL.

pub mod changes;
pub mod queries;
pub mod types;
