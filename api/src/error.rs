//! The one place where an error becomes a GraphQL or HTTP error.
//!
//! - [`Code`]: the published list, explained for people in `docs/errors.md`;
//! - [`ApiError`]: what resolvers and the edge return; other layers' errors become one through `From`;
//! - [`Answer`]: what leaves the house. No text of a library passes it: parse, validation and coercion errors are
//!   recognised and said in our own words, everything unknown is `INTERNAL` and goes to the log.

mod answer;
mod api_error;
mod cause;
mod code;
mod foreign;

pub use answer::Answer;
pub use api_error::{ApiError, invalid_input};
pub use code::Code;
