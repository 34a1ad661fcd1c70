//! Why something asked of a product is refused.

use crate::rejection::Rejection;

/// Why something asked of a product is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProductError {
    /// Nobody registered it.
    #[error("the product does not exist")]
    NotRegistered,
    /// Another product has this id.
    #[error("the product is already registered")]
    AlreadyRegistered,
    /// It needs a name.
    #[error("a product needs a name")]
    Nameless,
    /// Its list price is below zero.
    #[error("the list price is negative")]
    PriceNegative,
}

impl Rejection for ProductError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotRegistered => "PRODUCT_NOT_FOUND",
            Self::AlreadyRegistered => "PRODUCT_ALREADY_REGISTERED",
            Self::Nameless => "PRODUCT_NAME_REQUIRED",
            Self::PriceNegative => "PRODUCT_PRICE_NEGATIVE",
        }
    }
}
