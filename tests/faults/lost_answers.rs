//! The commit happened and nobody heard: the same command again, with its id, answers what it answered.

use serde_json::json;

use crate::ground::Company;
use crate::ledger;
use crate::load::{Load, Seller};
use crate::way::Way;

/// How many commands are acknowledged in spite of it.
const COMMANDS: usize = 60;

#[tokio::test]
async fn a_command_whose_answer_is_lost_counts_once() {
    let company = Company::on_the_server().await;
    let mut program = company.serve().await;
    let way = Way::to(program.url.trim_start_matches("http://")).await;
    let seller = Seller::new(vec![way.lead(&program.url)], &company.key);
    let begun = ledger::end(&mut company.connection().await).await;

    let mut load = Load::begin(&seller, 4).await;
    way.lose_every_other_answer();
    load.until_further(COMMANDS).await;
    let acknowledged = load.end().await;

    let again = acknowledged.iter().filter(|command| command.tries > 1);
    assert!(
        again.count() > COMMANDS / 4,
        "answers were lost: {acknowledged:?}"
    );
    ledger::holds(&mut company.connection().await, begun, &acknowledged).await;
    program.signal("-TERM");
    assert!(program.wait().0.success());
}

#[tokio::test]
async fn the_same_id_with_other_content_is_refused_after_a_lost_answer_too() {
    let company = Company::on_the_server().await;
    let program = company.serve().await;
    let way = Way::to(program.url.trim_start_matches("http://")).await;
    let direct = cartera_tests::GraphQl::anonymous(&program.url).with_key(&company.key);
    let command = cartera_tests::graphql::command_id();
    let input = json!({ "commandId": command, "details": { "companyName": "Puig" } });
    way.lose_every_other_answer();
    let lost = reqwest::Client::new()
        .post(format!("{}/graphql", way.lead(&program.url)))
        .bearer_auth(&company.key)
        .json(&json!({
            "query": "mutation($input: RegisterLeadInput!) { registerLead(input: $input) { position } }",
            "variables": { "input": input },
        }));
    assert!(lost.send().await.is_err(), "nobody heard");
    let other = json!({ "commandId": command, "details": { "companyName": "Pujol" } });
    assert_eq!(
        direct.error("registerLead", other).await,
        "COMMAND_ID_REUSED"
    );
    let payload = direct
        .say("registerLead", input, "lead { name version }")
        .await;
    assert_eq!(payload["lead"], json!({ "name": "Puig", "version": 1 }));
}
