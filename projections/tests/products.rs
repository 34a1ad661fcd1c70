use cartera_domain::ids::{ProductId, TypedId as _};
use cartera_domain::products::{Product, ProductDetails, ProductEvent};
use cartera_projections::page;
use cartera_projections::products::product_catalog::{ProductFilter, prices};

use crate::world::{World, amount, day, decimal, director, line, new};

#[tokio::test]
async fn a_product_keeps_all_its_prices() {
    let world = World::new().await;
    let id: ProductId = new();
    let registered = ProductEvent::ProductRegistered {
        code: line("CAF-1").expect("a code"),
        details: ProductDetails {
            name: line("Cafè en gra"),
            family: line("Cafès"),
            ..ProductDetails::default()
        },
        list_price: Some(amount("10")),
    };
    let repriced = |price: &str| ProductEvent::ProductPriceChanged {
        list_price: Some(amount(price)),
    };
    world
        .given::<Product>(
            id,
            vec![
                ("2025-01-01", registered),
                ("2025-06-01", repriced("12")),
                ("2025-03-01", repriced("11")),
                ("2025-07-01", ProductEvent::ProductRetired {}),
            ],
        )
        .await;
    world.project().await;

    let products = page::by_ids::<ProductFilter>(&world.reads, &director(), &[id.as_uuid()])
        .await
        .expect("rows");
    let prices = prices(&world.reads, &director(), &[id])
        .await
        .expect("prices");

    assert_eq!(
        (products[0].list_price, products[0].retired),
        (Some(decimal("11")), true)
    );
    let spans: Vec<_> = prices
        .iter()
        .map(|price| (price.list_price, price.from_date, price.to_date))
        .collect();
    let (first, second) = (day("2025-01-01"), day("2025-06-01"));
    assert_eq!(
        spans,
        [
            (Some(decimal("10")), first, Some(second)),
            // The backdated price ends it where it began: an empty span.
            (Some(decimal("12")), second, Some(second)),
            (Some(decimal("11")), second, None),
        ]
    );
    for filter in [
        ProductFilter {
            family: vec!["Cafès".to_owned()],
            ..ProductFilter::default()
        },
        ProductFilter {
            search: Some("cafe GRA".to_owned()),
            ..ProductFilter::default()
        },
        ProductFilter {
            code: Some("CAF-1".to_owned()),
            ..ProductFilter::default()
        },
        ProductFilter {
            retired: Some(true),
            ..ProductFilter::default()
        },
    ] {
        assert_eq!(
            page::count(&world.reads, &director(), &filter)
                .await
                .expect("a count"),
            1
        );
    }
    let sold = ProductFilter {
        retired: Some(false),
        ..ProductFilter::default()
    };
    assert_eq!(
        page::count(&world.reads, &director(), &sold)
            .await
            .expect("a count"),
        0
    );
    world.is_faithful().await;
}
