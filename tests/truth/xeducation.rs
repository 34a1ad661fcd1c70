//! `02_xeducation_leads`: leads without any date, by where they came from. Once from the file as it is, by origin; once from
//! the workbook that calls itself a CSV file, by source.
//!
//! Not compared: figures by country, city, occupation, activity, tags, quality and the like, and about visits to the website:
//! a lead has no such grouping. The sources are compared as one spelling, which is what a channel's name is.

use serde_json::Value;

use crate::company::{Company, part};
use crate::figures::{Called, Comparison, NOTHING, Question, Table, truth};

const FOLDER: &str = "02_xeducation_leads";

const FIGURES: [(&str, &str); 3] = [
    ("leads", "leads_created"),
    ("converted", "created_leads_converted"),
    ("conversion_pct", "lead_conversion_rate"),
];

#[tokio::test]
async fn the_leads_of_a_school_are_as_computed_by_origin() {
    let parts = vec![part(
        "xeducation/leads.toml",
        "02_xeducation_leads/Leads.csv",
        9_240,
    )];
    let Some(company) = Company::with("Asia/Kolkata", parts).await else {
        return;
    };
    let truth = truth(FOLDER);
    let mut comparison = Comparison::new();
    let origins = ask(&company, "channel").await;
    comparison.groups(
        "by_lead_origin",
        &truth["by_lead_origin"],
        &origins,
        &FIGURES,
    );
    comparison.same("leads", &truth["rows"], origins.total("leads_created"));
    comparison.same(
        "converted",
        &truth["converted"],
        origins.total("created_leads_converted"),
    );
    comparison.same(
        "conversion",
        &truth["conversion_pct"],
        origins.total("lead_conversion_rate"),
    );
    by_specialization(&company, &truth["by_specialization"], &mut comparison).await;
    comparison.end(60);
    company.prove_sound().await;
}

#[tokio::test]
async fn the_leads_of_a_school_are_as_computed_by_source() {
    let file = "02_xeducation_leads/variants/Leads_is_really_an_xlsx.csv";
    let parts = vec![part("xeducation/leads_by_source.toml", file, 9_240)];
    let Some(company) = Company::with("Asia/Kolkata", parts).await else {
        return;
    };
    let mut comparison = Comparison::new();
    let sources = ask(&company, "channel").await.in_lower_case();
    let expected = &truth(FOLDER)["by_lead_source_case_insensitive"];
    comparison.groups("by_lead_source", expected, &sources, &FIGURES);
    comparison.end(60);
    company.prove_sound().await;
}

async fn ask(company: &Company, grouping: &str) -> Table {
    let called = Called {
        product: "name",
        client: "companyName",
    };
    let metrics = FIGURES.map(|(_, metric)| metric);
    Question::of(company, &called, &metrics)
        .by(&[grouping])
        .ask()
        .await
}

/// "Select" is the web form's way to say nothing, so the two groups of nothing are one.
async fn by_specialization(company: &Company, truth: &Value, comparison: &mut Comparison) {
    let sectors = ask(company, "sector").await;
    let mut truth = truth.clone();
    let groups = truth.as_object_mut().unwrap();
    let (empty, select) = (
        groups.remove(NOTHING).unwrap(),
        groups.remove("Select").unwrap(),
    );
    let both = |figure: &str| empty[figure].as_u64().unwrap() + select[figure].as_u64().unwrap();
    for (there, metric) in FIGURES.into_iter().take(2) {
        let found = sectors.figure(&[NOTHING], metric);
        comparison.same(
            format!("no specialization {there}"),
            &both(there).into(),
            found,
        );
    }
    comparison.groups(
        "by_specialization",
        &truth,
        &sectors.without(NOTHING),
        &FIGURES,
    );
}
