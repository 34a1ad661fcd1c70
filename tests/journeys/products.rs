//! The catalogue of products: families, list prices by day, what is sold no more.

use cartera_tests::TestWorld;
use serde_json::{Value, json};

const PRODUCT: &str =
    "product { id code name family unit listPrice retired prices { from to listPrice } version }";

#[tokio::test]
async fn a_product_keeps_the_price_of_every_day() {
    let world = TestWorld::start().await;
    let details = json!({ "name": "Beam", "family": "Steel", "unit": "m" });
    let input = json!({ "code": "B-1", "details": details, "listPrice": "10.5", "occurredAt": "2025-01-01" });
    let payload = world.didac.say("registerProduct", input, PRODUCT).await;
    let product = payload["product"]["id"].clone();
    let price = |price: Value, day: &str| json!({ "productId": product, "listPrice": price, "occurredAt": day });
    world
        .didac
        .say("changeProductPrice", price(json!("12"), "2025-07-01"), "")
        .await;
    let last = price(Value::Null, "2026-01-01");
    let payload = world.didac.say("changeProductPrice", last, PRODUCT).await;
    let expected = json!([
        { "from": "2025-01-01", "to": "2025-07-01", "listPrice": "10.5" },
        { "from": "2025-07-01", "to": "2026-01-01", "listPrice": "12" },
        { "from": "2026-01-01", "to": null, "listPrice": null },
    ]);
    assert_eq!(payload["product"]["prices"], expected);
}

#[tokio::test]
async fn a_product_is_put_right_retired_and_sold_again() {
    let world = TestWorld::start().await;
    let input = json!({ "code": "B-1", "details": { "name": "Beam", "family": "Steel" } });
    let product = world.didac.make("registerProduct", "product", input).await;
    let changes = json!({ "name": "Beam, galvanised", "family": null, "unit": "m" });
    let input = json!({ "productId": product, "changes": changes });
    let payload = world
        .didac
        .say("correctProductDetails", input, PRODUCT)
        .await;
    assert_eq!(payload["product"]["name"], "Beam, galvanised");
    assert_eq!(payload["product"]["family"], Value::Null);
    let input = json!({ "productId": product });
    let payload = world
        .didac
        .say("retireProduct", input.clone(), PRODUCT)
        .await;
    assert_eq!(payload["product"]["retired"], true);
    let line = json!({ "details": {}, "lines": [{ "productId": product, "quantity": "1" }] });
    let (code, _) = world.nil.refused("openOpportunity", line.clone()).await;
    assert_eq!(code, "PRODUCT_RETIRED");
    let payload = world.didac.say("reinstateProduct", input, PRODUCT).await;
    assert_eq!(payload["product"]["retired"], false);
    world.nil.say("openOpportunity", line, "").await;
}

#[tokio::test]
async fn a_code_belongs_to_one_product() {
    let world = TestWorld::start().await;
    let input = json!({ "code": "B-1", "details": { "name": "Beam" } });
    world
        .didac
        .say("registerProduct", input.clone(), PRODUCT)
        .await;
    let (code, path) = world.didac.refused("registerProduct", input).await;
    assert_eq!(code, "PRODUCT_CODE_TAKEN");
    assert_eq!(path, ["input", "code"]);
}
