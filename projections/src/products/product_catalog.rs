//! One row per product or service, and its list prices over the days.

use async_trait::async_trait;
use cartera_domain::ids::{ProductId, TypedId};
use cartera_domain::products::{Product, ProductDetails, ProductDetailsPatch, ProductEvent};
use cartera_domain::values::{Amount, Line};
use cartera_domain::{Event, Viewer};
use cartera_journal::Recorded;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::{PgConnection, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::filter;
use crate::fold::Rows;
use crate::page::{List, Order, ReadError, SortColumn, SortKind, SortValue, retried};
use crate::plain::Columns;
use crate::projector::{ProjectionError, Projector, aggregate_type, version_of};
use crate::read_pool::ReadPool;
use crate::search_text::{searchable, searchable_all};
use crate::table;

crate::table! {
    /// A product or service.
    ProductItem in "product_catalog", key (id), group id {
        /// The product.
        id: ProductId,
        /// Version of its stream.
        version: i64,
        /// The company's own code.
        code: String,
        /// Its name.
        name: Option<String>,
        /// The family it belongs to.
        family: Option<String>,
        /// The unit in which it is sold.
        unit: Option<String>,
        /// What it is.
        description: Option<String>,
        /// Its key in the system it came from.
        external_reference: Option<String>,
        /// Price of one unit before discount and taxes, as last recorded, in the company's currency.
        list_price: Option<Decimal>,
        /// Sold no more.
        retired: bool,
        /// The day on which it entered the catalogue.
        registered_on: NaiveDate,
        /// When its last event was recorded.
        changed_at: DateTime<Utc>,
        /// The code by which it is sorted.
        code_key: String,
        /// The name by which it is sorted.
        name_key: String,
        /// Where texts are searched.
        search_text: String,
    }
}

crate::table! {
    /// A list price over a span of days.
    PricePeriod in "product_prices", key (product, sequence), group product {
        /// The product.
        product: ProductId,
        /// The event in the product's stream that began the span.
        sequence: i64,
        /// Price of one unit before discount and taxes, in the company's currency; none is listed where `None`.
        list_price: Option<Decimal>,
        /// The first day.
        from_date: NaiveDate,
        /// The day after the last; `None` while it lasts.
        to_date: Option<NaiveDate>,
    }
}

/// Keeps `product_catalog` and `product_prices`.
#[derive(Debug, Clone, Copy)]
pub struct ProductCatalog;

#[async_trait]
impl Projector for ProductCatalog {
    const NAME: &'static str = "product_catalog";
    const VERSION: i32 = 1;
    const DDL: &'static str = include_str!("product_catalog.sql");
    const READS: &'static [&'static str] = &[aggregate_type::<Product>()];

    async fn apply(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        let mut products = Rows::<ProductItem>::load(tx, batch).await?;
        let mut prices = Rows::<PricePeriod>::load(tx, batch).await?;
        for recorded in batch {
            if let Event::Product(event) = &recorded.event {
                take_in(&mut products, recorded, event)?;
                extend_prices(prices.of(recorded), recorded, event);
            }
        }
        products.write(tx).await?;
        prices.write(tx).await
    }
}

fn take_in(
    rows: &mut Rows<ProductItem>,
    recorded: &Recorded,
    event: &ProductEvent,
) -> Result<(), ProjectionError> {
    if let ProductEvent::ProductRegistered {
        code,
        details,
        list_price,
    } = event
    {
        let mut product = registered(recorded, code, details);
        product.list_price = list_price.map(Amount::value);
        *rows.of(recorded) = vec![product];
    }
    let product = rows.one(recorded)?;
    match event {
        ProductEvent::ProductRegistered { .. } => {}
        ProductEvent::ProductDetailsCorrected { changes } => product.correct(changes),
        ProductEvent::ProductPriceChanged { list_price } => {
            product.list_price = list_price.map(Amount::value);
        }
        ProductEvent::ProductRetired {} => product.retired = true,
        ProductEvent::ProductReinstated {} => product.retired = false,
    }
    product.version += 1;
    product.changed_at = recorded.recorded_at;
    product.name_key = product.name.as_deref().map(searchable).unwrap_or_default();
    product.search_text = searchable_all([
        Some(product.code.as_str()),
        product.name.as_deref(),
        product.family.as_deref(),
        product.external_reference.as_deref(),
    ]);
    Ok(())
}

fn registered(recorded: &Recorded, code: &Line, details: &ProductDetails) -> ProductItem {
    let ProductDetails {
        name,
        family,
        unit,
        description,
        external_reference,
    } = details;
    let mut nobody = vec![];
    let mut columns = Columns::noting(&mut nobody);
    ProductItem {
        id: ProductId::from_uuid(recorded.aggregate_id),
        version: 0,
        code: code.to_string(),
        name: columns.of(name.as_ref()),
        family: columns.of(family.as_ref()),
        unit: columns.of(unit.as_ref()),
        description: columns.of(description.as_ref()),
        external_reference: columns.of(external_reference.as_ref()),
        list_price: None,
        retired: false,
        registered_on: recorded.metadata.business_date,
        changed_at: recorded.recorded_at,
        code_key: searchable(code.as_str()),
        name_key: String::new(),
        search_text: String::new(),
    }
}

impl ProductItem {
    fn correct(&mut self, changes: &ProductDetailsPatch) {
        let ProductDetailsPatch {
            name,
            family,
            unit,
            description,
            external_reference,
        } = changes;
        let mut nobody = vec![];
        let mut columns = Columns::noting(&mut nobody);
        columns.correct(&mut self.name, name);
        columns.correct(&mut self.family, family);
        columns.correct(&mut self.unit, unit);
        columns.correct(&mut self.description, description);
        columns.correct(&mut self.external_reference, external_reference);
    }
}

/// Ends the span of the last price and begins that of the new one, no earlier than the one before it.
fn extend_prices(prices: &mut Vec<PricePeriod>, recorded: &Recorded, event: &ProductEvent) {
    let list_price = match event {
        ProductEvent::ProductRegistered { list_price, .. }
        | ProductEvent::ProductPriceChanged { list_price } => list_price.map(Amount::value),
        ProductEvent::ProductDetailsCorrected { .. }
        | ProductEvent::ProductRetired {}
        | ProductEvent::ProductReinstated {} => return,
    };
    let mut from_date = recorded.metadata.business_date;
    if let Some(last) = prices.iter_mut().max_by_key(|price| price.sequence) {
        from_date = from_date.max(last.from_date);
        last.to_date = Some(from_date);
    }
    prices.push(PricePeriod {
        product: ProductId::from_uuid(recorded.aggregate_id),
        sequence: version_of(recorded),
        list_price,
        from_date,
        to_date: None,
    });
}

/// The list prices of these products over the days, oldest first.
///
/// # Errors
/// [`ReadError::Database`].
pub async fn prices(
    pool: &ReadPool,
    _viewer: &Viewer,
    products: &[ProductId],
) -> Result<Vec<PricePeriod>, ReadError> {
    let products: Vec<Uuid> = products.iter().map(|product| product.as_uuid()).collect();
    let products = products.as_slice();
    let mut prices: Vec<PricePeriod> = retried(|| async move {
        let mut connection = pool.pool().acquire().await?;
        table::load(&mut connection, products).await
    })
    .await?;
    prices.sort_by_key(|price| (price.product, price.sequence));
    Ok(prices)
}

/// Which products are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProductFilter {
    /// Of one of these families; any when empty.
    pub family: Vec<String>,
    /// With all these words in code, name, family or external key.
    pub search: Option<String>,
    /// Retired or not; both when nothing is said.
    pub retired: Option<bool>,
    /// With exactly this code.
    pub code: Option<String>,
}

/// The orders in which products can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProductOrder {
    /// By name, without accents and case.
    #[default]
    Name,
    /// By code, without accents and case.
    Code,
    /// By list price.
    ListPrice,
}

impl Order for ProductOrder {
    type Row = ProductItem;

    fn column(self) -> SortColumn {
        match self {
            Self::Name => SortColumn::required("name_key", SortKind::Text),
            Self::Code => SortColumn::required("code_key", SortKind::Text),
            Self::ListPrice => SortColumn::optional("list_price", SortKind::Number),
        }
    }

    fn value(self, product: &ProductItem) -> SortValue {
        match self {
            Self::Name => product.name_key.as_str().into(),
            Self::Code => product.code_key.as_str().into(),
            Self::ListPrice => product.list_price.into(),
        }
    }
}

impl List for ProductFilter {
    type Row = ProductItem;
    type Order = ProductOrder;
    const READ_MODEL: &'static str = ProductCatalog::NAME;
    const OWNER: Option<&'static str> = None;

    fn id(product: &ProductItem) -> Uuid {
        product.id.as_uuid()
    }

    fn push_filter(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        let Self {
            family,
            search,
            retired,
            code,
        } = self;
        filter::any_of(sql, "family", family);
        filter::contains(sql, "search_text", search.as_deref());
        filter::is(sql, "retired", retired.as_ref());
        filter::is(sql, "code", code.as_ref());
    }
}
