//! Takes files of records in: through commands and the journal like everything else, in bulk.
//!
//! A file is read row by row, each record is decided by the same functions as a person's command, and what is accepted goes
//! into the log in batches. Each record carries a claim on its external key and a command id made from its content, so that
//! the same file again adds nothing, whoever imports it. A dry run does all but append.
//!
//! In reading order: [`profile`] (how columns become fields), [`layout`] (where they lie in a file), [`record`] (one record),
//! [`references`] (what a record names), [`plan`] (what a record means), [`run`] (the whole file), [`verdict`] and [`error`]
//! (what became of it), [`witness`] (who is told).

pub mod error;
pub mod layout;
pub mod plan;
pub mod profile;
pub mod record;
mod references;
pub mod run;
pub mod verdict;
pub mod witness;

pub use error::ImportError;
pub use profile::{InvalidProfile, Profile, RecordKind};
pub use run::{Import, Mode};
pub use verdict::{Progress, Summary, Verdict};
pub use witness::Witness;
