//! What may be asked of a product.

use serde::Serialize;

use crate::permission::{NeedsPermission, Permission};
use crate::values::{Amount, Line};

use super::{ProductDetails, ProductDetailsPatch};

/// What may be asked of a product. Its code is claimed by `commands`: unique in the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ProductCommand {
    /// Take it into the catalogue. Refused without a name.
    RegisterProduct {
        /// The company's own code.
        code: Line,
        /// What is known of it.
        details: ProductDetails,
        /// Price of one unit before discount and taxes.
        list_price: Option<Amount>,
    },
    /// Correct what is known of it.
    CorrectProductDetails {
        /// The fields to correct.
        changes: ProductDetailsPatch,
    },
    /// Give it another list price from that day on. Refused below zero.
    ChangeProductPrice {
        /// Price of one unit before discount and taxes.
        list_price: Option<Amount>,
    },
    /// Sell it no more.
    RetireProduct,
    /// Sell it again.
    ReinstateProduct,
}

impl NeedsPermission for ProductCommand {
    fn permission(&self) -> Permission {
        match self {
            Self::RegisterProduct { .. }
            | Self::CorrectProductDetails { .. }
            | Self::ChangeProductPrice { .. }
            | Self::RetireProduct
            | Self::ReinstateProduct => Permission::ManageProducts,
        }
    }
}
