//! `08_bpi2012_loan_offers`: applications for loans, whose way through the stages is migrated event by event.
//!
//! Not compared: the rate of approvals among all decided ones, cancelled ones included, which is no rate of ours; the outcomes
//! and amounts by the month of registration, for a report tells outcomes by the day of closing; mean and largest amount; all
//! about offers (the events that begin with O_) and work items, which nobody takes in yet; figures about the files.

use serde_json::Value;

use crate::company::{Company, part};
use crate::figures::{Called, Comparison, Question, truth};

const FOLDER: &str = "08_bpi2012_loan_offers";

#[tokio::test]
async fn the_ways_of_the_loan_applications_are_as_computed() {
    let parts = vec![
        part(
            "bpi2012/applications.toml",
            "08_bpi2012_loan_offers/applications.csv",
            13_087,
        ),
        part(
            "bpi2012/history.toml",
            "08_bpi2012_loan_offers/events_A_and_O.csv",
            13_087,
        ),
    ];
    let Some(company) = Company::with("Europe/Amsterdam", parts).await else {
        return;
    };
    let called = Called {
        product: "name",
        client: "companyName",
    };
    let truth = truth(FOLDER);
    let mut comparison = Comparison::new();
    outcomes(&company, &called, &truth, &mut comparison).await;
    durations(&company, &called, &truth, &mut comparison).await;
    stages(&company, &called, &truth, &mut comparison).await;
    comparison.end(60);
    company.prove_sound().await;
}

async fn outcomes(company: &Company, called: &Called, truth: &Value, comparison: &mut Comparison) {
    let wanted = [
        ("approved", "opportunities_won"),
        ("declined", "opportunities_lost"),
        ("cancelled", "opportunities_cancelled"),
        ("open", "open_pipeline_count"),
    ];
    let more = ["opportunities", "opportunities_amount", "amount_won"];
    let metrics = [wanted.map(|(_, metric)| metric).as_slice(), &more].concat();
    let all = Question::of(company, called, &metrics).ask().await;
    for (there, metric) in wanted {
        comparison.same(there, &truth["final_state"][there], all.total(metric));
    }
    let amount = &truth["amount_requested"];
    comparison.same("cases", &truth["cases"], all.total("opportunities"));
    comparison.same(
        "requested",
        &amount["sum"],
        all.total("opportunities_amount"),
    );
    comparison.same("approved", &amount["approved_sum"], all.total("amount_won"));
    let months = Question::of(company, called, &["opportunities_opened"]).by(&["month"]);
    let months = months.between("2011-10-01", "2012-02-29").ask().await;
    let wanted = [("registered", "opportunities_opened")];
    comparison.groups(
        "registered",
        &truth["by_registered_month"],
        &months,
        &wanted,
    );
}

async fn durations(company: &Company, called: &Called, truth: &Value, comparison: &mut Comparison) {
    let metrics = [
        "cycle_days_closed_mean",
        "cycle_days_closed_median",
        "cycle_days_won_mean",
        "cycle_days_won_median",
    ];
    let all = Question::of(company, called, &metrics).ask().await;
    for (there, outcome) in [("days_to_decision", "closed"), ("days_to_approval", "won")] {
        for figure in ["mean", "median"] {
            let found = all.total(&format!("cycle_days_{outcome}_{figure}"));
            comparison.same(format!("{there} {figure}"), &truth[there][figure], found);
        }
    }
}

async fn stages(company: &Company, called: &Called, truth: &Value, comparison: &mut Comparison) {
    let funnel = Question::of(company, called, &["stage_entries"])
        .by(&["stage"])
        .ask()
        .await;
    let expected = truth["funnel"].as_object().unwrap().iter();
    for (stage, count) in expected.filter(|(stage, _)| stage.starts_with("A_")) {
        let found = funnel.figure(&[stage], "stage_entries");
        comparison.same(format!("funnel {stage}"), count, found);
    }
    for (day, expected) in truth["snapshots"].as_object().unwrap() {
        let then = Question::of(company, called, &["opportunities"])
            .by(&["stage"])
            .at_end_of(day);
        let then = then.ask().await;
        comparison.groups(day, expected, &then, &[("", "opportunities")]);
    }
}
