//! The descriptive fields of a product or service that carry no rule.

use crate::values::{Line, Note, Patch, details};

details! {
    /// What is known of a product or service.
    ProductDetails, corrected by ProductDetailsPatch {
        /// Its name.
        name: Line,
        /// The family it belongs to, as reports group it.
        family: Line,
        /// The unit in which it is sold.
        unit: Line,
        /// What it is.
        description: Note,
        /// Its key in the system it came from.
        external_reference: Line,
    }
}

#[cfg(test)]
mod tests;
