//! The decisions about a product.

use serde::{Deserialize, Serialize};

use crate::decider::{Decider, event_sourced};
use crate::ids::ProductId;
use crate::values::{Amount, Line};

use super::ProductCommand::{
    ChangeProductPrice, CorrectProductDetails, RegisterProduct, ReinstateProduct, RetireProduct,
};
use super::ProductEvent::{
    ProductDetailsCorrected, ProductPriceChanged, ProductRegistered, ProductReinstated,
    ProductRetired,
};
use super::{ProductCommand, ProductDetails, ProductDetailsPatch, ProductError, ProductEvent};

/// A product in its life.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Product {
    /// Nobody has registered it.
    #[default]
    Blank,
    /// It is sold.
    Sold(CatalogueProduct),
    /// It is sold no more.
    Retired(CatalogueProduct),
}

/// What the catalogue says of a product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatalogueProduct {
    /// The company's own code.
    pub code: Line,
    /// What is known of it.
    pub details: ProductDetails,
    /// Price of one unit before discount and taxes, as last recorded.
    pub list_price: Option<Amount>,
}

event_sourced!(Product, ProductEvent, Product);

impl Decider for Product {
    const TYPE: &'static str = "product";
    type Id = ProductId;
    type Command = ProductCommand;
    type Event = ProductEvent;
    type Error = ProductError;

    fn decide(&self, command: ProductCommand) -> Result<Vec<ProductEvent>, ProductError> {
        match (self, command) {
            (
                Self::Blank,
                RegisterProduct {
                    code,
                    details,
                    list_price,
                },
            ) => register(code, details, list_price),
            (Self::Blank, _) => Err(ProductError::NotRegistered),
            (Self::Sold(_) | Self::Retired(_), RegisterProduct { .. }) => {
                Err(ProductError::AlreadyRegistered)
            }
            (Self::Sold(product) | Self::Retired(product), CorrectProductDetails { changes }) => {
                product.correct(changes)
            }
            (Self::Sold(product) | Self::Retired(product), ChangeProductPrice { list_price }) => {
                product.change_price(list_price)
            }
            (Self::Sold(_), RetireProduct) => Ok(vec![ProductRetired {}]),
            (Self::Retired(_), ReinstateProduct) => Ok(vec![ProductReinstated {}]),
            (Self::Sold(_), ReinstateProduct) | (Self::Retired(_), RetireProduct) => Ok(vec![]),
        }
    }

    fn evolve(&mut self, event: ProductEvent) {
        match (&mut *self, event) {
            (
                _,
                ProductRegistered {
                    code,
                    details,
                    list_price,
                },
            ) => {
                *self = Self::Sold(CatalogueProduct {
                    code,
                    details,
                    list_price,
                });
            }
            (Self::Sold(product) | Self::Retired(product), ProductDetailsCorrected { changes }) => {
                product.details.correct(changes)
            }
            (Self::Sold(product) | Self::Retired(product), ProductPriceChanged { list_price }) => {
                product.list_price = list_price
            }
            (Self::Sold(product), ProductRetired {}) => *self = Self::Retired(product.clone()),
            (Self::Retired(product), ProductReinstated {}) => *self = Self::Sold(product.clone()),
            (Self::Blank | Self::Sold(_) | Self::Retired(_), _) => {}
        }
    }
}

fn register(
    code: Line,
    details: ProductDetails,
    list_price: Option<Amount>,
) -> Result<Vec<ProductEvent>, ProductError> {
    if details.name.is_none() {
        return Err(ProductError::Nameless);
    }
    refuse_negative(list_price)?;
    Ok(vec![ProductRegistered {
        code,
        details,
        list_price,
    }])
}

fn refuse_negative(price: Option<Amount>) -> Result<(), ProductError> {
    if price.is_some_and(|price| price < Amount::ZERO) {
        Err(ProductError::PriceNegative)
    } else {
        Ok(())
    }
}

impl CatalogueProduct {
    fn correct(&self, changes: ProductDetailsPatch) -> Result<Vec<ProductEvent>, ProductError> {
        let changes = self.details.changes(changes);
        if changes == ProductDetailsPatch::default() {
            return Ok(vec![]);
        }
        let mut corrected = self.details.clone();
        corrected.correct(changes.clone());
        if corrected.name.is_none() {
            return Err(ProductError::Nameless);
        }
        Ok(vec![ProductDetailsCorrected { changes }])
    }

    fn change_price(&self, list_price: Option<Amount>) -> Result<Vec<ProductEvent>, ProductError> {
        refuse_negative(list_price)?;
        if list_price == self.list_price {
            Ok(vec![])
        } else {
            Ok(vec![ProductPriceChanged { list_price }])
        }
    }
}
