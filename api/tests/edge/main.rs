//! The GraphQL edge over real HTTP and WebSocket connections, in front of a small schema.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    clippy::too_many_lines,
    clippy::format_collect,
    clippy::unused_async,
    reason = "tests fail by panicking, and their tables are long"
)]

mod anonymous;
mod audits;
mod cross_site;
mod errors;
mod limits;
mod schema;
mod security_headers;
mod socket;
mod socket_limits;
mod socket_revocation;
mod transport;
mod world;
