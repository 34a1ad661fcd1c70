//! Products in GraphQL.

use async_graphql::{Context, Object};
use cartera_domain::Permission;
use cartera_domain::ids::{ProductId, TypedId};
use cartera_projections::products::product_catalog::{PricePeriod, ProductFilter, ProductItem};

use crate::asking::Asking;
use crate::connection::Listed;
use crate::error::ApiError;
use crate::loaders::PricesOf;
use crate::payload::payload;
use crate::scalars::{Date, DateTime, Decimal, GlobalId};

/// A product or service of the catalogue.
#[derive(Debug)]
pub struct Product(ProductItem);

impl From<ProductItem> for Product {
    fn from(row: ProductItem) -> Self {
        Self(row)
    }
}

impl Listed for Product {
    type List = ProductFilter;
    const NAME: &'static str = "Product";
    const KIND: &'static str = "product";
    const PERMISSION: Permission = Permission::ReadSales;
}

#[Object]
impl Product {
    /// Global id.
    pub(crate) async fn id(&self) -> GlobalId<ProductId> {
        GlobalId(self.0.id)
    }

    /// Version of its stream.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// The company's own code.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The family it belongs to.
    async fn family(&self) -> Option<&str> {
        self.0.family.as_deref()
    }

    /// The unit in which it is sold.
    async fn unit(&self) -> Option<&str> {
        self.0.unit.as_deref()
    }

    /// What it is.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Its key in the system it came from.
    async fn external_reference(&self) -> Option<&str> {
        self.0.external_reference.as_deref()
    }

    /// Price of one unit before discount and taxes, as last recorded, in the company's currency.
    async fn list_price(&self) -> Option<Decimal> {
        self.0.list_price.map(Decimal)
    }

    /// It is sold no more.
    async fn retired(&self) -> bool {
        self.0.retired
    }

    /// The day on which it entered the catalogue.
    async fn registered_on(&self) -> Date {
        Date(self.0.registered_on)
    }

    /// When its last event was recorded.
    async fn changed_at(&self) -> DateTime {
        DateTime(self.0.changed_at)
    }

    /// Its list prices over the days, oldest first.
    async fn prices(&self, context: &Context<'_>) -> Result<Vec<ProductPrice>, ApiError> {
        let found = context
            .belonging::<PricesOf>(Permission::ReadSales, self.0.id.as_uuid())
            .await?;
        Ok(found
            .unwrap_or_default()
            .into_iter()
            .map(ProductPrice)
            .collect())
    }
}

/// A list price over a span of days.
#[derive(Debug)]
pub struct ProductPrice(PricePeriod);

#[Object]
impl ProductPrice {
    /// Price of one unit before discount and taxes; none is listed where absent.
    async fn list_price(&self) -> Option<Decimal> {
        self.0.list_price.map(Decimal)
    }

    /// The first day.
    async fn from(&self) -> Date {
        Date(self.0.from_date)
    }

    /// The day after the last; none while it lasts.
    async fn to(&self) -> Option<Date> {
        self.0.to_date.map(Date)
    }
}

payload! {
    /// What a mutation of a product answers.
    ProductPayload,
    /// The product as it is now; none where the command was refused.
    product: Product
}
