//! The read side: from the journal to rows, from rows to answers.

pub mod reports;
