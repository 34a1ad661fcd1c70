//! The journal's promises, on a real PostgreSQL.

mod appending;
mod world;
