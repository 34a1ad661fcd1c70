//! Carries commands out: authorise, load, decide, append, retry; and brings files in.
//!
//! - [`files`]: reading of tabular files and of the values in their cells.

pub mod files;
