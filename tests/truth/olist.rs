//! `03_olist_funnel`: leads by the day of their first contact, and those that became sellers.
//!
//! Not compared: the shortest and the longest time to close, which no report shows; figures by what is only known of the
//! closed deals (representative, segment, type, behaviour, declared revenue, state of the seller), for which a lead has no
//! grouping; figures about the files themselves.

use crate::company::{Company, part};
use crate::figures::{Called, Comparison, Question, truth};

const FOLDER: &str = "03_olist_funnel";

const FIGURES: [(&str, &str); 5] = [
    ("mqls", "leads_created"),
    ("won", "created_leads_converted"),
    ("conversion_pct", "lead_conversion_rate"),
    ("mean_days_to_close", "created_days_to_convert_mean"),
    ("median_days_to_close", "created_days_to_convert_median"),
];

#[tokio::test]
async fn the_funnel_of_leads_is_as_computed() {
    let parts = vec![
        part(
            "olist/leads.toml",
            "03_olist_funnel/olist_marketing_qualified_leads_dataset.csv",
            8_000,
        ),
        part(
            "olist/deals.toml",
            "03_olist_funnel/olist_closed_deals_dataset.csv",
            842,
        ),
    ];
    let Some(company) = Company::with("America/Sao_Paulo", parts).await else {
        return;
    };
    let called = Called {
        product: "name",
        client: "companyName",
    };
    let mut comparison = Comparison::new();
    by_origin_and_month(&company, &called, &mut comparison).await;
    conversions(&company, &called, &mut comparison).await;
    comparison.end(250);
    company.prove_sound().await;
}

async fn by_origin_and_month(company: &Company, called: &Called, comparison: &mut Comparison) {
    let truth = truth(FOLDER);
    let metrics = FIGURES.map(|(_, metric)| metric);
    let origins = Question::of(company, called, &metrics)
        .by(&["channel"])
        .ask()
        .await
        .in_lower_case();
    comparison.groups("by_origin", &truth["by_origin"], &origins, &FIGURES);
    comparison.same(
        "leads",
        &truth["rows"]["mqls"],
        origins.total("leads_created"),
    );
    let rate = origins.total("lead_conversion_rate");
    comparison.same("conversion", &truth["conversion_pct"], rate);
    let months = Question::of(company, called, &metrics).by(&["month"]);
    let months = months.between("2017-06-01", "2018-05-31").ask().await;
    comparison.groups(
        "by_contact_month",
        &truth["by_contact_month"],
        &months,
        &FIGURES,
    );
    let both = Question::of(company, called, &["leads_created"]).by(&["channel", "month"]);
    let both = both
        .between("2017-06-01", "2018-05-31")
        .ask()
        .await
        .in_lower_case();
    for (origin, months) in truth["mqls_by_origin_and_month"].as_object().unwrap() {
        for (month, count) in months.as_object().unwrap() {
            let found = both.figure(&[origin, month], "leads_created");
            comparison.same(format!("{origin} in {month}"), count, found);
        }
    }
}

async fn conversions(company: &Company, called: &Called, comparison: &mut Comparison) {
    let truth = truth(FOLDER);
    let metrics = [
        "leads_converted",
        "days_to_convert_mean",
        "days_to_convert_median",
    ];
    let totals = Question::of(company, called, &metrics).ask().await;
    let days = &truth["days_to_close"];
    comparison.same(
        "deals",
        &truth["rows"]["closed_deals"],
        totals.total("leads_converted"),
    );
    comparison.same("mean", &days["mean"], totals.total("days_to_convert_mean"));
    comparison.same(
        "median",
        &days["median"],
        totals.total("days_to_convert_median"),
    );
    let converted = |grouping, from, to| {
        Question::of(company, called, &["leads_converted"])
            .by(&[grouping])
            .between(from, to)
    };
    let wanted = [("", "leads_converted")];
    let months = converted("month", "2017-12-01", "2018-11-30").ask().await;
    comparison.groups("won_by_month", &truth["won_by_month"], &months, &wanted);
    let quarters = converted("quarter", "2017-10-01", "2018-12-31").ask().await;
    comparison.groups(
        "won_by_quarter",
        &truth["won_by_quarter"],
        &quarters,
        &wanted,
    );
    let cumulative = converted("month", "2018-01-01", "2018-11-30")
        .cumulative()
        .ask()
        .await;
    let expected = &truth["won_cumulative_2018"];
    comparison.groups("won_cumulative_2018", expected, &cumulative, &wanted);
}
