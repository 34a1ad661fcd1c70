//! What can have happened to a product.

use serde::{Deserialize, Serialize};

use crate::values::{Amount, Line};

use super::{ProductDetails, ProductDetailsPatch};

/// What can have happened to a product.
#[derive(
    Debug, Clone, PartialEq, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ProductEvent {
    /// It entered the catalogue.
    ProductRegistered {
        /// The company's own code, unique in the catalogue.
        code: Line,
        /// What is known of it.
        details: ProductDetails,
        /// Price of one unit before discount and taxes, from that day on.
        list_price: Option<Amount>,
    },
    /// Some of what is known of it was corrected.
    ProductDetailsCorrected {
        /// The changed fields' new values.
        changes: ProductDetailsPatch,
    },
    /// Its list price is another from that day on.
    ProductPriceChanged {
        /// Price of one unit before discount and taxes.
        list_price: Option<Amount>,
    },
    /// It is sold no more.
    ProductRetired {},
    /// It is sold again.
    ProductReinstated {},
}
