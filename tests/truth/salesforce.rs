//! `12_salesforce_dataloader`: the samples of Salesforce's Data Loader, and the files of its own tests, which insert accounts
//! and then update them by their id in another system.
//!
//! Not compared: figures about the files.

use cartera_commands::importing::Mode;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::company::{Company, part};
use crate::figures::{Called, Comparison, Question, truth};

const FOLDER: &str = "12_salesforce_dataloader";

#[tokio::test]
async fn the_samples_of_salesforce_are_as_computed() {
    let parts = vec![
        part(
            "salesforce/accounts.toml",
            "12_salesforce_dataloader/samples/accountData.csv",
            423,
        ),
        part(
            "salesforce/opportunities.toml",
            "12_salesforce_dataloader/samples/opportunityData.csv",
            38,
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
    stages(&company, &called, &truth, &mut comparison).await;
    won(&company, &called, &truth, &mut comparison).await;
    accounts(&company, &called, &truth, &mut comparison).await;
    comparison.end(20);
    company.prove_sound().await;
}

async fn stages(company: &Company, called: &Called, truth: &Value, comparison: &mut Comparison) {
    let metrics = ["opportunities", "opportunities_amount"];
    let stages = Question::of(company, called, &metrics).by(&["stage"]);
    let stages = stages.ask().await;
    let wanted = [("count", metrics[0]), ("amount", metrics[1])];
    comparison.groups("by_stage", &truth["by_stage"], &stages, &wanted);
    let all = stages.total("opportunities");
    comparison.same("opportunities", &truth["opportunities"], all);
}

async fn won(company: &Company, called: &Called, truth: &Value, comparison: &mut Comparison) {
    let metrics = ["opportunities_won", "amount_won"];
    let years = Question::of(company, called, &metrics).by(&["fiscal_year"]);
    let years = years.between("2005-01-01", "2006-12-31").ask().await;
    let amount = [("", "amount_won")];
    comparison.groups("by year", &truth["won_by_close_year"], &years, &amount);
    let won = &truth["won"];
    comparison.same("won", &won["count"], years.total("opportunities_won"));
    comparison.same("amount", &won["amount"], years.total("amount_won"));
}

/// Each opportunity is one of an account that went in.
async fn accounts(company: &Company, called: &Called, truth: &Value, comparison: &mut Comparison) {
    let clients = Question::of(company, called, &["opportunities"]).by(&["client"]);
    let clients = clients.ask().await;
    let known = clients
        .groups()
        .filter(|group| group[0].starts_with("001x"));
    let counts = known.filter_map(|group| clients.figure(&[&group[0]], "opportunities"));
    let sum: Decimal = counts.map(|count| count.parse::<Decimal>().unwrap()).sum();
    let there = &truth["opportunity_account_in_accounts"];
    comparison.same("with an account", there, Some(sum.to_string()));
    let document = "{ clients(first: 1) { totalCount } }";
    let answer = company.director().get(document, json!({}));
    let found = answer.await["clients"]["totalCount"].to_string();
    comparison.same("accounts", &truth["accounts"], Some(found));
}

#[tokio::test]
async fn accounts_are_inserted_once_and_then_corrected_by_their_external_id() {
    let Some(company) = Company::with("America/Los_Angeles", vec![]).await else {
        return;
    };
    let profile = "salesforce/accounts_by_oracle_id.toml";
    let steps = [
        // The records that the file creates, corrects and leaves as they are. The second one has the first's content; the last
        // one, a part of the first, went in before and does not undo what was corrected since.
        ("upsertAccountCsvTemplate", (100, 0, 0)),
        ("bulkV2MultipleJobsCsvTemplate", (0, 0, 100)),
        ("updateAccountWithExternalIdCsvTemplate", (0, 5, 0)),
        ("updateAccountWithExternalIdCsvTemplate", (0, 0, 5)),
        ("upsertAccountSmallTemplate", (0, 0, 10)),
    ];
    for (file, expected) in steps {
        let path = format!("{FOLDER}/testfiles/{file}.csv");
        let part = part(profile, &path, 0);
        let (dry, _) = company.import(&part, Mode::DryRun).await;
        let (summary, refused) = company.import(&part, Mode::Write).await;
        let told = summary.progress;
        let counts = (told.created, told.updated, told.unchanged);
        assert_eq!((counts, told.refused), (expected, 0), "{file}: {refused}");
        assert_eq!(dry.progress, told, "{file}: the dry run said the same");
    }
    company.prove_sound().await;
}
