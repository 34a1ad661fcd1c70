//! The company and its catalogues: set up once, changed by day, retired and never forgotten.

use cartera_tests::TestWorld;
use cartera_tests::founded::until;
use cartera_tests::world::NewService;
use serde_json::{Value, json};

const COMPANY: &str = "company { name currency timeZone fiscalStartMonth locale version }";
const PIPELINE: &str =
    "pipeline { id name retired stages { id name category probability rank retired } version }";

#[tokio::test]
async fn the_first_administrator_sets_the_company_up_and_changes_it() {
    let service = NewService::start().await;
    let anna = service.first_administrator().await;
    assert_eq!(
        anna.get("{ company { name } }", json!({})).await["company"],
        Value::Null
    );
    let input = json!({ "name": "Tramuntana", "currency": "EUR", "timeZone": "Europe/Madrid", "locale": "CA",
        "fiscalStartMonth": 4 });
    let payload = anna.say("setUpCompany", input, COMPANY).await;
    assert_eq!(payload["company"]["fiscalStartMonth"], 4);
    let stages = "{ pipelines { stages { name } } }";
    let in_its_language = async || {
        let shown = anna.get(stages, json!({})).await;
        shown["pipelines"][0]["stages"][0]["name"] == "En anàlisi"
    };
    until(
        in_its_language,
        "the first stage is named in the company's language",
    )
    .await;
    for (mutation, input, field, expected) in [
        (
            "renameCompany",
            json!({ "name": "Tramuntana SL" }),
            "name",
            json!("Tramuntana SL"),
        ),
        (
            "changeCompanyLocale",
            json!({ "locale": "ES" }),
            "locale",
            json!("ES"),
        ),
        (
            "changeCompanyTimeZone",
            json!({ "timeZone": "Atlantic/Canary" }),
            "timeZone",
            json!("Atlantic/Canary"),
        ),
        (
            "changeCompanyFiscalStart",
            json!({ "fiscalStartMonth": 1 }),
            "fiscalStartMonth",
            json!(1),
        ),
    ] {
        let payload = anna.say(mutation, input, COMPANY).await;
        assert_eq!(payload["company"][field], expected, "{mutation}");
    }
}

#[tokio::test]
async fn a_pipeline_is_drawn_up_changed_and_retired() {
    let world = TestWorld::start().await;
    let anna = &world.anna;
    let input = json!({ "name": "Renewals", "stages": [
        { "name": "Due", "category": "OPEN", "probability": "60" },
        { "name": "Renewed", "category": "WON", "probability": "100" },
        { "name": "Left", "category": "LOST", "probability": "0" },
    ] });
    let payload = anna.say("createPipeline", input, PIPELINE).await;
    let pipeline = payload["pipeline"]["id"].clone();
    let due = payload["pipeline"]["stages"][0]["id"].clone();
    let say = async |mutation: &str, mut input: Value| {
        input["pipelineId"] = pipeline.clone();
        anna.say(mutation, input, PIPELINE).await["pipeline"].clone()
    };
    let names = |pipeline: &Value| {
        let stages = pipeline["stages"].as_array().unwrap();
        let in_use = stages.iter().filter(|stage| stage["retired"] == false);
        in_use
            .map(|stage| stage["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let stage = json!({ "name": "Spoken", "category": "OPEN", "probability": "80" });
    let added = say("addStage", json!({ "afterId": due, "stage": stage })).await;
    assert_eq!(names(&added), ["Due", "Spoken", "Renewed", "Left"]);
    let spoken = added["stages"][1]["id"].clone();
    let renamed = say(
        "renameStage",
        json!({ "stageId": spoken, "name": "Talked to" }),
    )
    .await;
    let reordered = say("reorderStage", json!({ "stageId": spoken })).await;
    assert_eq!(names(&renamed), ["Due", "Talked to", "Renewed", "Left"]);
    assert_eq!(names(&reordered), ["Talked to", "Due", "Renewed", "Left"]);
    let change = json!({ "stageId": spoken, "probability": "85", "occurredAt": "2026-01-01" });
    let changed = say("changeStageProbability", change).await;
    assert_eq!(changed["stages"][0]["probability"], "85");
    let retired = say("retireStage", json!({ "stageId": due })).await;
    assert_eq!(names(&retired), ["Talked to", "Renewed", "Left"]);
    let renamed = say("renamePipeline", json!({ "name": "Contracts" })).await;
    assert_eq!(renamed["name"], "Contracts");
    let input = json!({ "details": {}, "pipelineId": pipeline });
    let running = world
        .nil
        .make("openOpportunity", "opportunity", input.clone())
        .await;
    let retired = say("retirePipeline", json!({})).await;
    assert_eq!(retired["retired"], true);
    let (code, path) = world.nil.refused("openOpportunity", input).await;
    assert_eq!(code, "PIPELINE_RETIRED", "nothing is opened in it any more");
    assert_eq!(path, ["input", "pipelineId"]);
    let input = json!({ "opportunityId": running, "stageId": stage_named(&retired, "Renewed") });
    let won = "opportunity { outcome }";
    let payload = world.nil.say("winOpportunity", input, won).await;
    assert_eq!(
        payload["opportunity"]["outcome"], "WON",
        "what runs goes on"
    );
}

fn stage_named(pipeline: &Value, name: &str) -> Value {
    let stages = pipeline["stages"].as_array().unwrap();
    let found = stages.iter().find(|stage| stage["name"] == name);
    found.unwrap()["id"].clone()
}

#[tokio::test]
async fn a_probability_changed_today_leaves_yesterdays_pipeline_as_it_was() {
    let world = TestWorld::start().await;
    let input = json!({ "name": "Renewals", "occurredAt": "2025-01-01", "stages": [
        { "name": "Due", "category": "OPEN", "probability": "20" },
        { "name": "Renewed", "category": "WON", "probability": "100" },
        { "name": "Left", "category": "LOST", "probability": "0" },
    ] });
    let payload = world.anna.say("createPipeline", input, PIPELINE).await;
    let pipeline = &payload["pipeline"];
    let stage = &pipeline["stages"][0]["id"];
    let input = json!({ "details": {}, "amount": "100", "pipelineId": pipeline["id"],
        "occurredAt": "2025-02-01" });
    world
        .nil
        .make("openOpportunity", "opportunity", input)
        .await;
    let change = json!({ "pipelineId": pipeline["id"], "stageId": stage, "probability": "90",
        "occurredAt": "2025-06-01" });
    world
        .anna
        .say("changeStageProbability", change, PIPELINE)
        .await;
    world.caught_up().await;
    let board = "query($id: ID!, $asOf: BusinessTime) {
        board(pipelineId: $id, asOf: $asOf) { columns { probability weightedAmount } } }";
    let weighted = async |day: &str| {
        let variables = json!({ "id": pipeline["id"], "asOf": day });
        let board = world.nil.get(board, variables).await;
        board["board"]["columns"][0]["weightedAmount"].clone()
    };
    assert_eq!(weighted("2025-05-31").await, "20");
    assert_eq!(weighted("2025-06-01").await, "90");
}

#[tokio::test]
async fn channels_and_reasons_come_are_renamed_and_retired() {
    let world = TestWorld::start().await;
    let anna = &world.anna;
    let channel = "channel { id name retired }";
    let payload = anna
        .say("addChannel", json!({ "name": "Podcast" }), channel)
        .await;
    let id = payload["channel"]["id"].clone();
    let renamed = json!({ "channelId": id, "name": "Radio" });
    let payload = anna.say("renameChannel", renamed, channel).await;
    assert_eq!(payload["channel"]["name"], "Radio");
    let payload = anna
        .say("retireChannel", json!({ "channelId": id }), channel)
        .await;
    assert_eq!(payload["channel"]["retired"], true);
    let lead = json!({ "details": { "companyName": "Ferros Puig" }, "channelId": id });
    assert_eq!(
        world.nil.refused("registerLead", lead).await.0,
        "CHANNEL_RETIRED"
    );
    let reason = "reason { id name kind retired }";
    let input = json!({ "name": "Too far", "kind": "LOST" });
    let payload = anna.say("addReason", input, reason).await;
    let id = payload["reason"]["id"].clone();
    let renamed = json!({ "reasonId": id, "name": "Too far away" });
    let payload = anna.say("renameReason", renamed, reason).await;
    assert_eq!(payload["reason"]["name"], "Too far away");
    let payload = anna
        .say("retireReason", json!({ "reasonId": id }), reason)
        .await;
    assert_eq!(payload["reason"]["retired"], true);
}
