//! What can be asked about products.

#![expect(
    clippy::too_many_arguments,
    reason = "Relay's four arguments, a filter and an order are GraphQL's own form"
)]

use async_graphql::{Context, InputObject, Object};
use cartera_domain::ids::ProductId;
use cartera_projections::products::product_catalog::{ProductFilter, ProductOrder};

use super::types::Product;
use crate::connection::{Connection, PageArguments, one, page};
use crate::error::ApiError;
use crate::filters::order_input;
use crate::scalars::{GlobalId, Position};

/// Which products are asked for.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ProductFilterInput {
    /// Of one of these families.
    pub families: Option<Vec<String>>,
    /// With all these words in code, name, family or external key.
    #[graphql(validator(max_length = 200))]
    pub search: Option<String>,
    /// Retired or not; both when absent.
    pub retired: Option<bool>,
    /// With exactly this code.
    pub code: Option<String>,
}

impl ProductFilterInput {
    fn read(self) -> ProductFilter {
        ProductFilter {
            family: self.families.unwrap_or_default(),
            search: self.search,
            retired: self.retired,
            code: self.code,
        }
    }
}

order_input! {
    /// By what products can be ordered.
    ProductOrderField of ProductOrder, Ascending unless said {
        /// By name, without accents and case.
        Name,
        /// By code, without accents and case.
        Code,
        /// By list price.
        ListPrice,
    }

    /// The order of products.
    ProductOrderInput
}

/// The queries of products.
#[derive(Debug, Default)]
pub struct ProductsQuery;

#[Object]
impl ProductsQuery {
    /// The catalogue of products, by name unless ordered otherwise.
    async fn products(
        &self,
        context: &Context<'_>,
        filter: Option<ProductFilterInput>,
        order_by: Option<ProductOrderInput>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        after_position: Option<Position>,
    ) -> Result<Connection<Product>, ApiError> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            after_position,
        };
        let filter = filter.unwrap_or_default().read();
        page(
            context,
            filter,
            ProductOrderInput::order(order_by),
            arguments,
        )
        .await
    }

    /// A product. Another's, for whom it is not to be seen, is as good as none: `NOT_FOUND`.
    async fn product(
        &self,
        context: &Context<'_>,
        id: GlobalId<ProductId>,
        after_position: Option<Position>,
    ) -> Result<Option<Product>, ApiError> {
        one(context, id.0, after_position).await
    }
}
