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
        match self {
            Self::Blank => decide_blank(command),
            Self::Sold(product) => match command {
                RetireProduct => Ok(vec![ProductRetired {}]),
                ReinstateProduct => Ok(vec![]),
                RegisterProduct { .. } => Err(ProductError::AlreadyRegistered),
                CorrectProductDetails { changes } => product.correct(changes),
                ChangeProductPrice { list_price } => product.change_price(list_price),
            },
            Self::Retired(product) => match command {
                RetireProduct => Ok(vec![]),
                ReinstateProduct => Ok(vec![ProductReinstated {}]),
                RegisterProduct { .. } => Err(ProductError::AlreadyRegistered),
                CorrectProductDetails { changes } => product.correct(changes),
                ChangeProductPrice { list_price } => product.change_price(list_price),
            },
        }
    }

    fn evolve(&mut self, event: ProductEvent) {
        *self = match (std::mem::take(self), event) {
            (
                _,
                ProductRegistered {
                    code,
                    details,
                    list_price,
                },
            ) => Self::Sold(CatalogueProduct {
                code,
                details,
                list_price,
            }),
            (Self::Sold(product), ProductRetired {}) => Self::Retired(product),
            (Self::Retired(product), ProductReinstated {}) => Self::Sold(product),
            (Self::Sold(product), event) => Self::Sold(product.after(event)),
            (Self::Retired(product), event) => Self::Retired(product.after(event)),
            (
                Self::Blank,
                ProductDetailsCorrected { .. }
                | ProductPriceChanged { .. }
                | ProductRetired {}
                | ProductReinstated {},
            ) => Self::Blank,
        };
    }
}

fn decide_blank(command: ProductCommand) -> Result<Vec<ProductEvent>, ProductError> {
    match command {
        RegisterProduct { details, .. } if details.name.is_none() => Err(ProductError::Nameless),
        RegisterProduct {
            code,
            details,
            list_price,
        } => {
            refuse_negative(list_price)?;
            Ok(vec![ProductRegistered {
                code,
                details,
                list_price,
            }])
        }
        CorrectProductDetails { .. }
        | ChangeProductPrice { .. }
        | RetireProduct
        | ReinstateProduct => Err(ProductError::NotRegistered),
    }
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

    fn after(mut self, event: ProductEvent) -> Self {
        match event {
            ProductDetailsCorrected { changes } => self.details.correct(changes),
            ProductPriceChanged { list_price } => self.list_price = list_price,
            ProductRegistered { .. } | ProductRetired {} | ProductReinstated {} => {}
        }
        self
    }
}

#[cfg(test)]
mod tests;
