//! `05_superstore`: orders as won opportunities, whose lines have four decimals and are summed exactly. The region is the
//! channel of an order, the segment the sector of its client, the category the family of a product.
//!
//! Not compared: profit, which no line has; figures by subcategory, state and way of shipping, for which there is no grouping;
//! counts of lines; new and active customers and the days to ship; figures about the files themselves.

use serde_json::Value;

use crate::company::{Company, part};
use crate::figures::{Called, Comparison, LIKE_FOR_LIKE, Question, truth};

const FOLDER: &str = "05_superstore";
const FILE: &str = "05_superstore/Sample - Superstore.csv";
const YEARS: [&str; 4] = ["2016", "2017", "2018", "2019"];

#[tokio::test]
async fn the_orders_of_the_superstore_are_as_computed() {
    let parts = vec![
        part("superstore/products.toml", FILE, 1_862),
        part("superstore/customers.toml", FILE, 793),
        part("superstore/orders.toml", FILE, 5_009),
    ];
    let Some(company) = Company::with("America/New_York", parts).await else {
        return;
    };
    let called = Called {
        product: "code",
        client: "personName",
    };
    let truth = truth(FOLDER);
    let mut comparison = Comparison::new();
    totals(&company, &called, &truth, &mut comparison).await;
    through_the_years(&company, &called, &truth, &mut comparison).await;
    groups(&company, &called, &truth, &mut comparison).await;
    comparison.end(340);
    company.prove_sound().await;
}

async fn totals(company: &Company, called: &Called, truth: &Value, comparison: &mut Comparison) {
    let metrics = ["amount_won", "revenue", "opportunities_won", "units_sold"];
    let all = Question::of(company, called, &metrics).ask().await;
    comparison.same("sales", &truth["total_sales"], all.total("amount_won"));
    comparison.same("sales by line", &truth["total_sales"], all.total("revenue"));
    comparison.same("orders", &truth["orders"], all.total("opportunities_won"));
    comparison.same(
        "quantity",
        &truth["total_quantity"],
        all.total("units_sold"),
    );
}

async fn through_the_years(
    company: &Company,
    called: &Called,
    truth: &Value,
    comparison: &mut Comparison,
) {
    let metrics = ["amount_won", "opportunities_won", "average_amount_won"];
    let all = |grouping| {
        Question::of(company, called, &metrics)
            .by(&[grouping])
            .between("2016-01-01", "2019-12-31")
    };
    let revenue = &truth["revenue"];
    let months = all("month").ask().await;
    comparison.groups(
        "by_month",
        &revenue["by_month"],
        &months,
        &[("", "amount_won")],
    );
    comparison.groups(
        "orders",
        &truth["orders_by_month"],
        &months,
        &[("", "opportunities_won")],
    );
    let quarters = all("quarter").ask().await;
    comparison.groups(
        "by_quarter",
        &revenue["by_quarter"],
        &quarters,
        &[("", "amount_won")],
    );
    let years = all("fiscal_year").ask().await;
    comparison.groups(
        "by_year",
        &revenue["by_year"],
        &years,
        &[("", "amount_won")],
    );
    comparison.groups(
        "orders",
        &truth["orders_by_year"],
        &years,
        &[("", "opportunities_won")],
    );
    let average = &truth["avg_order_value_by_year"];
    comparison.groups("average", average, &years, &[("", "average_amount_won")]);
    let cumulative = all("month").cumulative().ask().await;
    let expected = &revenue["ytd_cumulative"];
    comparison.groups("cumulative", expected, &cumulative, &[("", "amount_won")]);
    for year in YEARS.into_iter().skip(1) {
        compared(company, called, truth, comparison, year).await;
    }
}

/// Year over year, by month, by quarter and as a whole.
async fn compared(
    company: &Company,
    called: &Called,
    truth: &Value,
    comparison: &mut Comparison,
    year: &str,
) {
    for (there, grouping) in [
        ("yoy_pct_by_month", "month"),
        ("yoy_pct_by_quarter", "quarter"),
        ("yoy_pct_by_year", "fiscal_year"),
    ] {
        let table = Question::of(company, called, &["amount_won"]).by(&[grouping]);
        let table = table
            .between(&format!("{year}-01-01"), &format!("{year}-12-31"))
            .compared(LIKE_FOR_LIKE)
            .ask()
            .await;
        let groups = truth["revenue"][there].as_object().unwrap();
        for (group, expected) in groups.iter().filter(|(group, _)| group.starts_with(year)) {
            let found = table.change(&[group], "amount_won");
            comparison.same(format!("{there} {group}"), expected, found);
        }
    }
}

async fn groups(company: &Company, called: &Called, truth: &Value, comparison: &mut Comparison) {
    for (there, grouping) in [
        ("by_region", "channel"),
        ("by_segment", "sector"),
        ("by_category", "product_family"),
    ] {
        let metrics = ["revenue", "opportunities_won"];
        let table = Question::of(company, called, &metrics)
            .by(&[grouping])
            .ask()
            .await;
        let wanted = [("sales", "revenue"), ("orders", "opportunities_won")];
        comparison.groups(there, &truth[there], &table, &wanted);
        let years = Question::of(company, called, &["revenue"]).by(&[grouping, "fiscal_year"]);
        let years = years.between("2016-01-01", "2019-12-31").ask().await;
        for (group, figures) in truth[there].as_object().unwrap() {
            for (year, sales) in figures["sales_by_year"].as_object().unwrap() {
                let found = years.figure(&[group, year], "revenue");
                comparison.same(format!("{there} {group} {year}"), sales, found);
            }
        }
    }
    let products = Question::of(company, called, &["revenue"])
        .by(&["product"])
        .ask()
        .await;
    for (product, figures) in truth["top20_products_by_id"].as_object().unwrap() {
        comparison.same(
            product,
            &figures["sales"],
            products.figure(&[product], "revenue"),
        );
    }
    let clients =
        Question::of(company, called, &["amount_won", "opportunities_won"]).by(&["client"]);
    let clients = clients.ask().await;
    for (client, figures) in truth["top20_customers"].as_object().unwrap() {
        comparison.same(
            client,
            &figures["sales"],
            clients.figure(&[client], "amount_won"),
        );
        comparison.same(
            client,
            &figures["orders"],
            clients.figure(&[client], "opportunities_won"),
        );
    }
}
