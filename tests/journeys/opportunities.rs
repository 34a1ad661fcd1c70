//! A sale from the first sight to its end, and back again.

use std::collections::BTreeMap;

use cartera_tests::TestWorld;
use serde_json::{Value, json};

const OPPORTUNITY: &str = "opportunity { id title amount probability expectedClose outcome openedOn closedOn competitor
    closingNote stageEnteredOn stage { name } reason { name } channel { name } client { name } owner { name }
    lines { description quantity unitPrice discount amount product { name } } version } version";

/// The company as it was set up, with a second won stage and another pipeline.
struct Sales {
    world: TestWorld,
    /// Ids of the stages of the first pipeline by name.
    stages: BTreeMap<String, String>,
    /// Another pipeline, drawn up years ago.
    renewals: String,
    /// Its open stage.
    elsewhere: String,
}

impl Sales {
    async fn start() -> Self {
        let world = TestWorld::start().await;
        let list = "{ pipelines { id stages { id name } } }";
        let pipelines = world.anna.get(list, json!({})).await;
        let first = &pipelines["pipelines"][0];
        let won = stage_of(first, "Won");
        let stage = json!({ "name": "Invoiced", "category": "WON", "probability": "100" });
        let input = json!({ "pipelineId": first["id"], "afterId": won, "stage": stage });
        let selection = "pipeline { id stages { id name } }";
        let payload = world.anna.say("addStage", input, selection).await;
        let all = payload["pipeline"]["stages"].as_array().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let stages = all
            .iter()
            .map(|stage| (text(&stage["name"]), text(&stage["id"])));
        let stages = stages.collect();
        let other = json!({ "name": "Renewals", "occurredAt": "2020-01-01", "stages": [
            { "name": "Due", "category": "OPEN", "probability": "60" },
            { "name": "Renewed", "category": "WON", "probability": "100" },
            { "name": "Left", "category": "LOST", "probability": "0" },
        ] });
        let payload = world.anna.say("createPipeline", other, selection).await;
        let renewals = text(&payload["pipeline"]["id"]);
        let elsewhere = stage_of(&payload["pipeline"], "Due");
        Self {
            world,
            stages,
            renewals,
            elsewhere,
        }
    }

    async fn reason(&self, kind: &str) -> Value {
        let list = "query($kind: ReasonKind!) { reasons(kinds: [$kind]) { id name } }";
        let reasons = self.world.nil.get(list, json!({ "kind": kind })).await;
        reasons["reasons"][0].clone()
    }

    /// An opportunity of Nil's.
    async fn open(&self, amount: &str, day: &str) -> String {
        let input = json!({ "details": { "title": "Beams" }, "amount": amount, "occurredAt": day });
        self.world
            .nil
            .make("openOpportunity", "opportunity", input)
            .await
    }

    /// Says a command of Nil's about an opportunity; the opportunity as it is then.
    async fn say(&self, mutation: &str, opportunity: &str, mut input: Value) -> Value {
        input["opportunityId"] = opportunity.into();
        let payload = self.world.nil.say(mutation, input, OPPORTUNITY).await;
        payload["opportunity"].clone()
    }
}

fn stage_of(pipeline: &Value, name: &str) -> String {
    let stages = pipeline["stages"].as_array().unwrap();
    let stage = stages.iter().find(|stage| stage["name"] == name).unwrap();
    stage["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_opportunity_opened_directly_is_worth_its_lines() {
    let sales = Sales::start().await;
    let product = json!({ "code": "B-1", "details": { "name": "Beam" }, "listPrice": "12.345678" });
    let product = sales
        .world
        .didac
        .make("registerProduct", "product", product)
        .await;
    let lines = json!([
        { "productId": product, "quantity": "3" },
        { "productId": product, "quantity": "2", "unitPrice": "10", "discount": "12.5", "description": "Cut" },
    ]);
    let input =
        json!({ "details": { "title": "Beams" }, "lines": lines, "expectedClose": "2026-05-01" });
    let payload = sales
        .world
        .nil
        .say("openOpportunity", input, OPPORTUNITY)
        .await;
    let opened = &payload["opportunity"];
    assert_eq!(opened["lines"][0]["amount"], "37.037034", "the list price");
    assert_eq!(opened["lines"][1]["amount"], "17.5");
    assert_eq!(opened["amount"], "54.537034", "exact, not rounded by line");
    assert_eq!(opened["stage"]["name"], "In analysis");
    let id = opened["id"].as_str().unwrap();
    let lines = json!({ "lines": [{ "productId": product, "quantity": "1", "unitPrice": "9" }] });
    let revised = sales.say("reviseOpportunityLines", id, lines).await;
    assert_eq!(revised["amount"], "9");
    assert_eq!(revised["lines"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_lead_becomes_an_opportunity_that_knows_it() {
    let sales = Sales::start().await;
    let details = json!({ "companyName": "Ferros Puig", "expectedValue": "900" });
    let lead = json!({ "details": details });
    let lead = sales.world.nil.make("registerLead", "lead", lead).await;
    let input = json!({ "leadId": lead, "opportunity": {} });
    let selection = "lead { opportunity { amount client { name } lead { id } } }";
    let payload = sales.world.nil.say("convertLead", input, selection).await;
    let opportunity = &payload["lead"]["opportunity"];
    assert_eq!(opportunity["amount"], "900", "as expected of the lead");
    assert_eq!(opportunity["client"]["name"], "Ferros Puig");
    assert_eq!(opportunity["lead"]["id"], lead);
}

#[tokio::test]
async fn what_is_known_of_an_opportunity_changes_by_intention() {
    let sales = Sales::start().await;
    let opportunity = sales.open("100", "2026-01-10").await;
    let changes = json!({ "changes": { "title": "Galvanised beams", "campaign": "Spring" } });
    let corrected = sales
        .say("correctOpportunityDetails", &opportunity, changes)
        .await;
    assert_eq!(corrected["title"], "Galvanised beams");
    let amount = json!({ "amount": "250.25" });
    let revised = sales
        .say("reviseOpportunityAmount", &opportunity, amount)
        .await;
    assert_eq!(revised["amount"], "250.25");
    let close = json!({ "expectedClose": "2026-06-30" });
    let expected = sales
        .say("changeOpportunityExpectedClose", &opportunity, close)
        .await;
    assert_eq!(expected["expectedClose"], "2026-06-30");
    let judged = json!({ "probability": "33.3" });
    let judged = sales
        .say("judgeOpportunityProbability", &opportunity, judged)
        .await;
    assert_eq!(judged["probability"], "33.3");
    let client = json!({ "kind": "COMPANY", "details": { "companyName": "Ferros Puig" } });
    let client = sales
        .world
        .nil
        .make("registerClient", "client", client)
        .await;
    let linked = sales
        .say(
            "linkOpportunityClient",
            &opportunity,
            json!({ "clientId": client }),
        )
        .await;
    assert_eq!(linked["client"]["name"], "Ferros Puig");
    let channels = sales
        .world
        .nil
        .get("{ channels { id name } }", json!({}))
        .await;
    let channel = json!({ "channelId": channels["channels"][0]["id"] });
    let came = sales
        .say("correctOpportunityChannel", &opportunity, channel)
        .await;
    assert_eq!(came["channel"]["name"], channels["channels"][0]["name"]);
    let input = json!({ "opportunityId": opportunity, "ownerId": sales.world.berta.id });
    let payload = sales
        .world
        .mar
        .say("assignOpportunity", input, OPPORTUNITY)
        .await;
    assert_eq!(payload["opportunity"]["owner"]["name"], "Berta");
}

#[tokio::test]
async fn a_sale_moves_on_is_won_and_moves_inside_its_outcome() {
    let sales = Sales::start().await;
    let opportunity = sales.open("100", "2026-01-10").await;
    let to = |stage: &str, day: &str| json!({ "stageId": sales.stages[stage], "occurredAt": day });
    let moved = sales
        .say(
            "moveOpportunity",
            &opportunity,
            to("In negotiation", "2026-02-01"),
        )
        .await;
    assert_eq!(moved["stage"]["name"], "In negotiation");
    assert_eq!(moved["stageEnteredOn"], "2026-02-01");
    let reason = sales.reason("WON").await;
    let win = json!({ "amount": "110", "reasonId": reason["id"], "note": "At last", "occurredAt": "2026-03-31" });
    let won = sales.say("winOpportunity", &opportunity, win).await;
    assert_eq!(won["outcome"], "WON");
    assert_eq!(won["closedOn"], "2026-03-31");
    assert_eq!(won["amount"], "110");
    assert_eq!(won["reason"]["name"], reason["name"]);
    let moved = sales
        .say(
            "moveOpportunity",
            &opportunity,
            to("Invoiced", "2026-04-15"),
        )
        .await;
    assert_eq!(moved["stage"]["name"], "Invoiced");
    assert_eq!(
        (&moved["outcome"], &moved["closedOn"]),
        (&json!("WON"), &json!("2026-03-31")),
        "a move inside the outcome closes nothing anew"
    );
}

#[tokio::test]
async fn a_closed_sale_is_reopened_before_it_ends_otherwise() {
    let sales = Sales::start().await;
    let opportunity = sales.open("100", "2026-01-10").await;
    let (lost, cancelled) = (sales.reason("LOST").await, sales.reason("CANCELLED").await);
    let given_up =
        json!({ "reasonId": lost["id"], "competitor": "Ferros Vila", "occurredAt": "2026-02-01" });
    let closed = sales.say("loseOpportunity", &opportunity, given_up).await;
    assert_eq!(closed["outcome"], "LOST");
    assert_eq!(closed["competitor"], "Ferros Vila");
    assert_eq!(closed["reason"]["name"], lost["name"]);
    let win = json!({ "opportunityId": opportunity });
    let (code, _) = sales.world.nil.refused("winOpportunity", win).await;
    assert_eq!(code, "OPPORTUNITY_CLOSED");
    let reopened = sales
        .say(
            "reopenOpportunity",
            &opportunity,
            json!({ "occurredAt": "2026-02-10" }),
        )
        .await;
    assert_eq!(
        (&reopened["outcome"], &reopened["closedOn"]),
        (&json!("OPEN"), &Value::Null)
    );
    assert_eq!(
        (&reopened["competitor"], &reopened["reason"]),
        (&Value::Null, &Value::Null),
        "why it was lost is forgotten"
    );
    let cancel =
        json!({ "reasonId": cancelled["id"], "note": "No money", "occurredAt": "2026-03-01" });
    let closed = sales.say("cancelOpportunity", &opportunity, cancel).await;
    assert_eq!(
        (
            &closed["outcome"],
            &closed["closedOn"],
            &closed["closingNote"]
        ),
        (
            &json!("CANCELLED"),
            &json!("2026-03-01"),
            &json!("No money")
        )
    );
}

#[tokio::test]
async fn a_backdated_event_is_taken_whatever_came_before_it() {
    let sales = Sales::start().await;
    let input = json!({ "details": {}, "stageId": sales.elsewhere, "pipelineId": sales.renewals,
        "occurredAt": "2026-03-10" });
    let opportunity = sales
        .world
        .nil
        .make("openOpportunity", "opportunity", input)
        .await;
    let won = sales
        .say(
            "winOpportunity",
            &opportunity,
            json!({ "occurredAt": "2026-03-08" }),
        )
        .await;
    assert_eq!(
        (&won["openedOn"], &won["closedOn"]),
        (&json!("2026-03-10"), &json!("2026-03-08"))
    );
    sales.world.caught_up().await;
    let board = "query($pipeline: ID!, $asOf: BusinessTime) {
        board(pipelineId: $pipeline, asOf: $asOf) { columns { name opportunitiesCount } } }";
    let variables = json!({ "pipeline": sales.renewals, "asOf": "2026-03-10" });
    let board = sales.world.nil.get(board, variables).await;
    let columns = board["board"]["columns"].as_array().unwrap();
    let full: Vec<&Value> = columns
        .iter()
        .filter(|column| column["opportunitiesCount"] == 1)
        .map(|column| &column["name"])
        .collect();
    assert_eq!(
        full,
        ["Renewed"],
        "on the day it was opened it was won already"
    );
}

#[tokio::test]
async fn a_stage_of_another_pipeline_or_outcome_is_not_entered() {
    let sales = Sales::start().await;
    let opportunity = sales.open("100", "2026-01-10").await;
    for (stage, expected) in [
        (&sales.elsewhere, "NOT_FOUND"),
        (&sales.stages["Won"], "STAGE_OF_OTHER_CATEGORY"),
    ] {
        let input = json!({ "opportunityId": opportunity, "stageId": stage });
        let (code, _) = sales.world.nil.refused("moveOpportunity", input).await;
        assert_eq!(code, expected);
    }
}
