//! A command counts once, whoever repeats it; a stale one is told where things stand.

use cartera_tests::graphql::command_id;
use cartera_tests::{GraphQl, TestWorld};
use serde_json::{Value, json};

const REGISTER: &str = "mutation($input: RegisterLeadInput!) {
    registerLead(input: $input) { lead { id } version position userErrors { code } } }";
const QUALIFY: &str = "mutation($input: LeadInput!) {
    qualifyLead(input: $input) { lead { status } version position userErrors { code } } }";
const CONVERT: &str = "mutation($input: ConvertLeadInput!) {
    convertLead(input: $input) { lead { client { id } } position userErrors { code } } }";

async fn say(who: &GraphQl, document: &str, input: Value) -> Value {
    who.ask(document, json!({ "input": input })).await.body
}

async fn head(world: &TestWorld) -> Value {
    let journal = world.aura.get("{ journal { head } }", json!({})).await;
    journal["journal"]["head"].clone()
}

#[tokio::test]
async fn the_same_command_again_is_the_first_result_and_no_event() {
    let world = TestWorld::start().await;
    let input = json!({ "commandId": command_id(), "details": { "companyName": "Ferros Puig" } });
    let first = say(&world.nil, REGISTER, input.clone()).await;
    let before = head(&world).await;
    let again = say(&world.nil, REGISTER, input).await;
    assert_eq!(again, first);
    assert_eq!(head(&world).await, before);
}

#[tokio::test]
async fn a_command_repeated_after_others_is_still_its_first_result() {
    let world = TestWorld::start().await;
    let lead = json!({ "details": { "companyName": "Ferros Puig" } });
    let lead = world.nil.make("registerLead", "lead", lead).await;
    let input = json!({ "commandId": command_id(), "leadId": lead, "expectedVersion": 1 });
    let first = say(&world.nil, QUALIFY, input.clone()).await;
    world
        .nil
        .say(
            "discardLead",
            json!({ "leadId": lead, "note": "Retires" }),
            "lead { status }",
        )
        .await;
    let before = head(&world).await;
    let again = say(&world.nil, QUALIFY, input).await;
    let (first, again) = (&first["data"]["qualifyLead"], &again["data"]["qualifyLead"]);
    assert_eq!(
        (&again["version"], &again["position"], &again["userErrors"]),
        (&first["version"], &first["position"], &json!([]))
    );
    assert_eq!(again["lead"]["status"], "DISCARDED", "shown as it is now");
    assert_eq!(head(&world).await, before);
}

#[tokio::test]
async fn one_id_is_not_for_two_commands() {
    let world = TestWorld::start().await;
    let id = command_id();
    let input = json!({ "commandId": id, "details": { "companyName": "Ferros Puig" } });
    let first = say(&world.nil, REGISTER, input).await;
    let lead = &first["data"]["registerLead"]["lead"]["id"];
    let before = head(&world).await;
    let other = json!({ "commandId": id, "details": { "companyName": "Ferros Vila" } });
    for (document, input) in [
        (REGISTER, other),
        (QUALIFY, json!({ "commandId": id, "leadId": lead })),
    ] {
        let answer = say(&world.nil, document, input).await;
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "COMMAND_ID_REUSED", "{answer}");
        assert_eq!(extensions["retryable"], false);
    }
    assert_eq!(head(&world).await, before);
}

#[tokio::test]
async fn ids_of_two_users_have_nothing_to_do_with_each_other() {
    let world = TestWorld::start().await;
    let input = json!({ "commandId": command_id(), "details": { "companyName": "Ferros Puig" } });
    let nils = say(&world.nil, REGISTER, input.clone()).await;
    let bertas = say(&world.berta, REGISTER, input).await;
    let lead = |answer: &Value| answer["data"]["registerLead"]["lead"]["id"].clone();
    assert_ne!(lead(&nils), lead(&bertas));
    assert!(lead(&bertas).is_string(), "{bertas}");
}

#[tokio::test]
async fn the_same_command_many_times_at_once_counts_once() {
    let world = TestWorld::start().await;
    let before = head(&world).await.as_i64().unwrap();
    let input = json!({ "commandId": command_id(), "details": { "companyName": "Ferros Puig" } });
    let sent = (0..8).map(|_| say(&world.nil, REGISTER, input.clone()));
    let answers = futures_util::future::join_all(sent).await;
    let position = |answer: &Value| answer["data"]["registerLead"]["position"].clone();
    for answer in &answers {
        assert_eq!(position(answer), before + 1, "{answer}");
    }
    assert_eq!(head(&world).await, before + 1);
}

#[tokio::test]
async fn a_stale_version_is_a_conflict_that_names_the_actual_one() {
    let world = TestWorld::start().await;
    let lead = json!({ "details": { "companyName": "Ferros Puig" } });
    let lead = world.nil.make("registerLead", "lead", lead).await;
    world
        .nil
        .say("markLeadContacted", json!({ "leadId": lead }), "version")
        .await;
    let before = head(&world).await;
    let stale = json!({ "commandId": command_id(), "leadId": lead, "expectedVersion": 1 });
    let answer = say(&world.nil, QUALIFY, stale).await;
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!(extensions["code"], "CONFLICT");
    assert_eq!(extensions["actualVersion"], 2);
    assert_eq!(head(&world).await, before, "nothing was written");
    let fresh = json!({ "commandId": command_id(), "leadId": lead, "expectedVersion": 2 });
    let answer = say(&world.nil, QUALIFY, fresh).await;
    assert_eq!(answer["data"]["qualifyLead"]["version"], 3);
}

#[tokio::test]
async fn of_many_who_convert_one_lead_at_once_one_makes_the_client() {
    let world = TestWorld::start().await;
    let lead = json!({ "details": { "companyName": "Ferros Puig" } });
    let lead = world.nil.make("registerLead", "lead", lead).await;
    let askers = [&world.nil, &world.mar, &world.didac, &world.anna];
    let sent = askers.map(|who| {
        let opportunity = json!({ "amount": "100" });
        let input =
            json!({ "commandId": command_id(), "leadId": lead, "opportunity": opportunity });
        say(who, CONVERT, input)
    });
    let answers = futures_util::future::join_all(sent).await;
    let refused = |answer: &Value| answer["data"]["convertLead"]["userErrors"][0]["code"].clone();
    let won = answers.iter().filter(|answer| refused(answer).is_null());
    assert_eq!(won.count(), 1, "{answers:#?}");
    for answer in answers.iter().filter(|answer| !refused(answer).is_null()) {
        assert_eq!(refused(answer), "LEAD_ALREADY_CONVERTED");
    }
    world.caught_up().await;
    let counts = "{ clients { totalCount } opportunities { totalCount } }";
    let counts = world.anna.get(counts, json!({})).await;
    assert_eq!(
        (
            &counts["clients"]["totalCount"],
            &counts["opportunities"]["totalCount"]
        ),
        (&json!(1), &json!(1))
    );
}
