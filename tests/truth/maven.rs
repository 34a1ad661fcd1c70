//! `01_maven_crm`: opportunities of a seller of hardware, in the five renderings that the same 8,800 rows have.
//!
//! Not compared: shortest and longest cycle, which no report shows; figures about the files themselves (orphans, spellings),
//! and the counts of zero values. The lists of records are compared in the API's own tests.

use crate::company::{Company, Part, part};
use crate::figures::{Called, Comparison, NOTHING, Question, Table, truth};

const FOLDER: &str = "01_maven_crm";

/// The figures that the truth file has of every group, and what they are called here.
const FIGURES: [(&str, &str); 6] = [
    ("won", "opportunities_won"),
    ("lost", "opportunities_lost"),
    ("win_rate_pct", "win_rate"),
    ("revenue", "amount_won"),
    ("avg_won_value", "average_amount_won"),
    ("mean_cycle_days_won", "cycle_days_won_mean"),
];

#[tokio::test]
async fn the_maven_pipeline_is_as_computed() {
    check("maven/pipeline.toml", "01_maven_crm/sales_pipeline.csv").await;
}

#[tokio::test]
async fn the_maven_pipeline_with_american_dates_is_as_computed() {
    check(
        "maven/pipeline.toml",
        "01_maven_crm/variants/sales_pipeline_us_dates_mdY.csv",
    )
    .await;
}

#[tokio::test]
async fn the_maven_pipeline_with_european_dates_is_as_computed() {
    check(
        "maven/pipeline.toml",
        "01_maven_crm/variants/sales_pipeline_eu_dates_ddmmyy_plus_quarters.csv",
    )
    .await;
}

#[tokio::test]
async fn the_maven_pipeline_in_a_workbook_is_as_computed() {
    check(
        "maven/pipeline_workbook.toml",
        "01_maven_crm/variants/data_model.xlsx",
    )
    .await;
}

#[tokio::test]
async fn the_maven_pipeline_in_catalan_is_as_computed() {
    check(
        "maven/pipeline_catalan.toml",
        "01_maven_crm/variants/oportunitats_excel_es_cp1252.csv",
    )
    .await;
}

fn parts(profile: &'static str, file: &'static str) -> Vec<Part> {
    vec![
        part("maven/teams.toml", "01_maven_crm/sales_teams.csv", 35),
        part("maven/products.toml", "01_maven_crm/products.csv", 7),
        part("maven/accounts.toml", "01_maven_crm/accounts.csv", 85),
        part(profile, file, 8_800),
    ]
}

async fn check(profile: &'static str, file: &'static str) {
    let Some(company) = Company::with("America/New_York", parts(profile, file)).await else {
        return;
    };
    let called = Called {
        product: "name",
        client: "companyName",
    };
    let mut comparison = Comparison::new();
    totals(&company, &called, &mut comparison).await;
    groups(&company, &called, &mut comparison).await;
    months(&company, &called, &mut comparison).await;
    pipeline(&company, &called, &mut comparison).await;
    as_of(&company, &called, &mut comparison).await;
    comparison.end(1_000);
    company.prove_sound().await;
}

async fn totals(company: &Company, called: &Called, comparison: &mut Comparison) {
    let truth = &truth(FOLDER)["totals"];
    let more = [
        ("median_cycle_days_won", "cycle_days_won_median"),
        ("mean_cycle_days_lost", "cycle_days_lost_mean"),
        ("mean_cycle_days_closed", "cycle_days_closed_mean"),
    ];
    let wanted = [FIGURES.as_slice(), &more].concat();
    let metrics: Vec<&str> = wanted.iter().map(|(_, metric)| *metric).collect();
    let table = Question::of(company, called, &metrics).ask().await;
    for (there, metric) in wanted {
        comparison.same(there, &truth[there], table.total(metric));
    }
}

async fn by(company: &Company, called: &Called, grouping: &str) -> Table {
    let metrics = FIGURES.map(|(_, metric)| metric);
    Question::of(company, called, &metrics)
        .by(&[grouping])
        .ask()
        .await
}

async fn groups(company: &Company, called: &Called, comparison: &mut Comparison) {
    let truth = truth(FOLDER);
    for (there, grouping) in [
        ("by_agent", "owner"),
        ("by_manager", "manager"),
        ("by_regional_office", "office"),
        ("by_product", "product"),
        ("by_series", "product_family"),
        ("by_sector", "sector"),
        ("by_account", "client"),
    ] {
        let table = by(company, called, grouping).await;
        comparison.groups(there, &truth[there], &table, &FIGURES);
    }
    let metrics = FIGURES.map(|(_, metric)| metric);
    let quarters = Question::of(company, called, &metrics).by(&["quarter"]);
    let quarters = quarters.between("2017-01-01", "2017-12-31").ask().await;
    comparison.groups("by_quarter", &truth["by_quarter"], &quarters, &FIGURES);
}

async fn months(company: &Company, called: &Called, comparison: &mut Comparison) {
    let truth = truth(FOLDER);
    let year = |metric, grouping| {
        Question::of(company, called, &[metric])
            .by(&[grouping])
            .between("2017-01-01", "2017-12-31")
    };
    for (expected, metric, grouping) in [
        (&truth["won_by_month"], "opportunities_won", "month"),
        (&truth["lost_by_month"], "opportunities_lost", "month"),
        (&truth["revenue"]["by_month"], "amount_won", "month"),
        (&truth["revenue"]["by_quarter"], "amount_won", "quarter"),
        (&truth["revenue"]["by_year"], "amount_won", "fiscal_year"),
    ] {
        let table = year(metric, grouping).ask().await;
        comparison.groups(metric, expected, &table, &[("", metric)]);
    }
    let table = year("amount_won", "month").cumulative().ask().await;
    let expected = &truth["revenue"]["ytd_cumulative"];
    comparison.groups("cumulative", expected, &table, &[("", "amount_won")]);
    let opened = Question::of(company, called, &["opportunities_opened"]).by(&["month"]);
    let opened = opened.between("2016-10-01", "2017-12-31").ask().await;
    let expected = &truth["engaged_by_month"];
    comparison.groups(
        "engaged",
        expected,
        &opened,
        &[("", "opportunities_opened")],
    );
}

async fn pipeline(company: &Company, called: &Called, comparison: &mut Comparison) {
    let truth = truth(FOLDER);
    let metrics = ["open_pipeline_count", "open_pipeline_list_price"];
    let stages = Question::of(company, called, &metrics)
        .by(&["stage"])
        .ask()
        .await;
    let wanted = [
        ("count", "open_pipeline_count"),
        ("open_list_value", "open_pipeline_list_price"),
    ];
    comparison.groups("pipeline", &truth["pipeline_open"], &stages, &wanted);
    let owners = Question::of(company, called, &["open_pipeline_count"]).by(&["owner", "stage"]);
    let owners = owners.ask().await;
    for (agent, stages) in truth["pipeline_open_by_agent"].as_object().unwrap() {
        for (stage, count) in stages.as_object().unwrap() {
            let found = owners.figure(&[agent, stage], "open_pipeline_count");
            comparison.same(format!("pipeline of {agent} in {stage}"), count, found);
        }
    }
    let all = Question::of(company, called, &["opportunities"])
        .by(&["stage"])
        .ask()
        .await;
    let expected = &truth["stage_counts"];
    comparison.groups("stages", expected, &all, &[("", "opportunities")]);
    comparison.same(
        "rows",
        &truth["rows"]["opportunities"],
        all.total("opportunities"),
    );
    let clients = Question::of(company, called, &["opportunities"]).by(&["client", "stage"]);
    let clients = clients.ask().await;
    let without = &truth["opportunities_without_account"]["by_stage"];
    for (stage, count) in without.as_object().unwrap() {
        let found = clients.figure(&[NOTHING, stage], "opportunities");
        comparison.same(format!("without account in {stage}"), count, found);
    }
}

async fn as_of(company: &Company, called: &Called, comparison: &mut Comparison) {
    let metrics = [
        "open_pipeline_count",
        "opportunities_won",
        "opportunities_lost",
        "amount_won",
    ];
    let there = [
        "engaged_and_not_yet_closed",
        "won_to_date",
        "lost_to_date",
        "revenue_to_date",
    ];
    for (day, expected) in truth(FOLDER)["snapshots"].as_object().unwrap() {
        let table = Question::of(company, called, &metrics)
            .at_end_of(day)
            .ask()
            .await;
        for (there, metric) in there.iter().zip(metrics) {
            comparison.same(
                format!("{there} {day}"),
                &expected[there],
                table.total(metric),
            );
        }
    }
}
