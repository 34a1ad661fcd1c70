//! `07_adventureworks`: orders as won opportunities over two years and a half. The territory is the channel of an order, the
//! category the family of a product. 2017 is a year in progress: compared with the whole of 2016 it seems to shrink, compared
//! with the same days it has more than tripled.
//!
//! Not compared: figures by subcategory and country, for which there is no grouping; counts of lines; revenue at list price
//! of what was sold, and the cost; figures about the files themselves.

use serde_json::Value;

use crate::company::{Company, part};
use crate::figures::{Called, Comparison, LIKE_FOR_LIKE, Question, Table, WHOLE_PERIODS, truth};

const FOLDER: &str = "07_adventureworks";

#[tokio::test]
async fn the_sales_of_adventureworks_are_as_computed() {
    let parts = vec![
        part(
            "adventureworks/products.toml",
            "07_adventureworks/AdventureWorks_Products.csv",
            293,
        ),
        part(
            "adventureworks/customers.toml",
            "07_adventureworks/AdventureWorks_Customers.csv",
            18_148,
        ),
        part(
            "adventureworks/sales.toml",
            "07_adventureworks/AdventureWorks_Sales_2015.csv",
            2_630,
        ),
        part(
            "adventureworks/sales.toml",
            "07_adventureworks/AdventureWorks_Sales_2016.csv",
            SALES_2016,
        ),
        part(
            "adventureworks/sales.toml",
            "07_adventureworks/AdventureWorks_Sales_2017.csv",
            SALES_2017,
        ),
    ];
    let Some(company) = Company::with("America/Los_Angeles", parts).await else {
        return;
    };
    let called = Called {
        product: "name",
        client: "externalReference",
    };
    let truth = truth(FOLDER);
    let mut comparison = Comparison::new();
    totals(&company, &called, &truth, &mut comparison).await;
    through_the_years(&company, &called, &truth, &mut comparison).await;
    year_over_year(&company, &called, &truth, &mut comparison).await;
    year_in_progress(&company, &called, &truth, &mut comparison).await;
    groups(&company, &called, &truth, &mut comparison).await;
    top_products_and_customers(&company, &called, &truth, &mut comparison).await;
    comparison.end(250);
    company.prove_sound().await;
}

/// Orders of the two files.
const SALES_2016: u64 = 10_695;
const SALES_2017: u64 = 11_839;

async fn totals(company: &Company, called: &Called, truth: &Value, comparison: &mut Comparison) {
    let metrics = ["amount_won", "revenue", "opportunities_won", "units_sold"];
    let all = Question::of(company, called, &metrics).ask().await;
    comparison.same("revenue", &truth["total_revenue"], all.total("amount_won"));
    comparison.same(
        "revenue by line",
        &truth["total_revenue"],
        all.total("revenue"),
    );
    comparison.same("orders", &truth["orders"], all.total("opportunities_won"));
    comparison.same("units", &truth["units"], all.total("units_sold"));
}

async fn through_the_years(
    company: &Company,
    called: &Called,
    truth: &Value,
    comparison: &mut Comparison,
) {
    let all = |grouping| {
        Question::of(company, called, &["amount_won"])
            .by(&[grouping])
            .between("2015-01-01", "2017-12-31")
    };
    let revenue = &truth["revenue"];
    let wanted = [("", "amount_won")];
    for (there, grouping) in [
        ("by_month", "month"),
        ("by_quarter", "quarter"),
        ("by_year", "fiscal_year"),
    ] {
        let table = all(grouping).ask().await;
        comparison.groups(there, &revenue[there], &table, &wanted);
    }
    let cumulative = all("month")
        .cumulative()
        .at_end_of("2017-06-30")
        .ask()
        .await;
    for (month, expected) in revenue["ytd_cumulative"].as_object().unwrap() {
        let found = cumulative.figure(&[month], "amount_won");
        comparison.same(format!("cumulative {month}"), expected, found);
    }
}

/// What was known at the end of June 2017, beside the year before.
async fn beside(
    company: &Company,
    called: &Called,
    grouping: &str,
    year: &str,
    basis: &str,
) -> Table {
    Question::of(company, called, &["amount_won"])
        .by(&[grouping])
        .between(&format!("{year}-01-01"), &format!("{year}-12-31"))
        .compared(basis)
        .at_end_of("2017-06-30")
        .ask()
        .await
}

async fn year_over_year(
    company: &Company,
    called: &Called,
    truth: &Value,
    comparison: &mut Comparison,
) {
    for (there, grouping) in [
        ("yoy_pct_by_month", "month"),
        ("yoy_pct_by_quarter", "quarter"),
        ("yoy_pct_by_year", "fiscal_year"),
    ] {
        for year in ["2016", "2017"] {
            let table = beside(company, called, grouping, year, WHOLE_PERIODS).await;
            let groups = truth["revenue"][there].as_object().unwrap();
            for (group, expected) in groups.iter().filter(|(group, _)| group.starts_with(year)) {
                let found = table.change(&[group], "amount_won");
                comparison.same(format!("{there} {group}"), expected, found);
            }
        }
    }
}

async fn year_in_progress(
    company: &Company,
    called: &Called,
    truth: &Value,
    comparison: &mut Comparison,
) {
    let table = beside(company, called, "month", "2017", LIKE_FOR_LIKE).await;
    let expected = &truth["revenue"]["ytd_vs_same_months_prev_year"];
    assert_eq!(expected["pct"], "211.07", "the truth is the known one");
    let (before, change) = table.total_before("amount_won");
    comparison.same("so far", &expected["ytd"], table.total("amount_won"));
    comparison.same(
        "the same days before",
        &expected["prev_year_same_months"],
        before,
    );
    comparison.same("change like for like", &expected["pct"], change);
}

async fn groups(company: &Company, called: &Called, truth: &Value, comparison: &mut Comparison) {
    let wanted = [
        ("revenue", "revenue"),
        ("orders", "opportunities_won"),
        ("units", "units_sold"),
    ];
    let metrics = wanted.map(|(_, metric)| metric);
    for (there, grouping) in [
        ("by_territory", "channel"),
        ("by_category", "product_family"),
    ] {
        let table = Question::of(company, called, &metrics)
            .by(&[grouping])
            .ask()
            .await;
        comparison.groups(there, &truth[there], &table, &wanted);
        let years = Question::of(company, called, &["revenue"]).by(&[grouping, "fiscal_year"]);
        let years = years.between("2015-01-01", "2017-12-31").ask().await;
        for (group, figures) in truth[there].as_object().unwrap() {
            for (year, revenue) in figures["by_year"].as_object().unwrap() {
                let found = years.figure(&[group, year], "revenue");
                comparison.same(format!("{there} {group} {year}"), revenue, found);
            }
        }
    }
}

async fn top_products_and_customers(
    company: &Company,
    called: &Called,
    truth: &Value,
    comparison: &mut Comparison,
) {
    let wanted = [("revenue", "revenue"), ("units", "units_sold")];
    let metrics = wanted.map(|(_, metric)| metric);
    let products = Question::of(company, called, &metrics)
        .by(&["product"])
        .ask()
        .await;
    let customers = truth["top20_customers"].as_object().unwrap();
    let clients = Question::of(company, called, &metrics).by(&["client"]);
    let clients = clients.only_clients(customers.keys()).await.ask().await;
    for (there, metric) in wanted {
        for (product, figures) in truth["top20_products"].as_object().unwrap() {
            comparison.same(
                product,
                &figures[there],
                products.figure(&[product], metric),
            );
        }
        for (client, figures) in customers {
            comparison.same(client, &figures[there], clients.figure(&[client], metric));
        }
    }
}
