//! What callers say of products.

use async_graphql::{InputObject, MaybeUndefined};
use cartera_domain::ids::ProductId;
use cartera_domain::products::{ProductDetails, ProductDetailsPatch};

use crate::asking::{Beginning, Said};
use crate::fields::Fields;
use crate::scalars::{Decimal, GlobalId};

/// What is known of a product or service. Blank text is taken for absent.
#[derive(Debug, InputObject)]
pub struct ProductDetailsInput {
    /// Its name.
    pub name: String,
    /// The family it belongs to, as reports group it.
    pub family: Option<String>,
    /// The unit in which it is sold.
    pub unit: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// Its key in the system it came from.
    pub external_reference: Option<String>,
}

impl ProductDetailsInput {
    pub(super) fn read(self, fields: &mut Fields) -> ProductDetails {
        ProductDetails {
            name: fields.optional("name", Some(self.name)),
            family: fields.optional("family", self.family),
            unit: fields.optional("unit", self.unit),
            description: fields.optional("description", self.description),
            external_reference: fields.optional("externalReference", self.external_reference),
        }
    }
}

/// A correction of what is known of a product: what is absent stays, null or blank text clears.
#[derive(Debug, InputObject)]
pub struct ProductDetailsPatchInput {
    /// Its name.
    pub name: MaybeUndefined<String>,
    /// The family it belongs to, as reports group it.
    pub family: MaybeUndefined<String>,
    /// The unit in which it is sold.
    pub unit: MaybeUndefined<String>,
    /// What it is.
    pub description: MaybeUndefined<String>,
    /// Its key in the system it came from.
    pub external_reference: MaybeUndefined<String>,
}

impl ProductDetailsPatchInput {
    pub(super) fn read(self, fields: &mut Fields) -> ProductDetailsPatch {
        ProductDetailsPatch {
            name: fields.patch("name", self.name),
            family: fields.patch("family", self.family),
            unit: fields.patch("unit", self.unit),
            description: fields.patch("description", self.description),
            external_reference: fields.patch("externalReference", self.external_reference),
        }
    }
}

/// A product to be taken into the catalogue.
#[derive(Debug, InputObject)]
pub struct RegisterProductInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Beginning,
    /// The company's own code, unique in the catalogue.
    pub code: String,
    /// What is known of it.
    pub details: ProductDetailsInput,
    /// Price of one unit before discount and taxes, in the company's currency.
    pub list_price: Option<Decimal>,
}

/// A product, and nothing else to say.
#[derive(Debug, InputObject)]
pub struct ProductInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The product.
    pub product_id: GlobalId<ProductId>,
}

/// A correction of a product.
#[derive(Debug, InputObject)]
pub struct CorrectProductDetailsInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The product.
    pub product_id: GlobalId<ProductId>,
    /// The fields to correct.
    pub changes: ProductDetailsPatchInput,
}

/// The list price of a product from that day on.
#[derive(Debug, InputObject)]
pub struct ChangeProductPriceInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The product.
    pub product_id: GlobalId<ProductId>,
    /// Price of one unit before discount and taxes; unknown when absent.
    pub list_price: Option<Decimal>,
}
