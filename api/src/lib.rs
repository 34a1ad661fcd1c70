//! Cartera: GraphQL, HTTP, identity and the command line.

pub mod edge;
pub mod error;
