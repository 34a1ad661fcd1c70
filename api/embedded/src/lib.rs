//! A private PostgreSQL in a folder, for `cartera serve` without configuration and for tests.
//!
//! It uses the machine's own binaries, listens on a Unix socket in a folder that only its owner may enter, runs as an
//! unprivileged user when we are root, survives the end of the process that started it, and stops with its last user.
//!
//! The crate knows nothing of Cartera's tables, so that it compiles when the checked SQL of the others does not.
//!
//! In reading order: [`Settings`] and [`Embedded`]; [`binaries`]: which PostgreSQL; `cluster`: the folder on disk;
//! `account`: which user its processes run as; `postmaster`: the running server; `usage`: who else uses it;
//! [`throw_away`]: one for the length of a test.

mod account;
pub mod binaries;
mod cluster;
mod embedded;
mod error;
mod postmaster;
pub mod throw_away;
mod usage;

pub use account::runs_as_root;
pub use binaries::Binaries;
pub use embedded::{Durability, Embedded, Settings};
pub use error::EmbeddedError;
pub use throw_away::ThrowAway;
