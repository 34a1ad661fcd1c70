//! The descriptive fields of a sale in sight that carry no rule.

use crate::values::{Line, Note, Patch, Personal, details};

details! {
    /// What is known of a sale in sight.
    OpportunityDetails, corrected by OpportunityDetailsPatch {
        /// What it is about, in a line.
        title: Personal<Line>,
        /// Campaign that brought it.
        campaign: Line,
        /// What somebody wrote down.
        notes: Personal<Note>,
        /// Its key in the system it came from.
        external_reference: Personal<Line>,
    }
}

#[cfg(test)]
mod tests;
