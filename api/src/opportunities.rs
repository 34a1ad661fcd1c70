//! Opportunities in GraphQL.

pub mod board;
pub mod inputs;
pub mod mutations;
pub mod queries;
pub mod types;
