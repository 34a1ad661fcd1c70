//! From the first sign of interest to the client.

use cartera_tests::TestWorld;
use serde_json::json;

#[tokio::test]
async fn a_lead_is_registered_qualified_and_converted() {
    let world = TestWorld::start().await;
    let details = json!({ "companyName": "Ferros Puig", "personName": "Jordi Puig", "email": "jordi@puig.example" });
    let payload = world
        .nil
        .say(
            "registerLead",
            json!({ "details": details }),
            "lead { id name status owner { name } version } version upToDate",
        )
        .await;
    assert_eq!(payload["upToDate"], true);
    assert_eq!(payload["lead"]["name"], "Ferros Puig");
    assert_eq!(payload["lead"]["owner"]["name"], "Nil");
    let lead = &payload["lead"]["id"];
    let payload = world
        .nil
        .say(
            "qualifyLead",
            json!({ "leadId": lead }),
            "lead { status } version",
        )
        .await;
    assert_eq!(payload["lead"]["status"], "QUALIFIED");
    let opportunity = json!({ "details": { "title": "Bigues" }, "amount": "1200.50" });
    let input = json!({ "leadId": lead, "opportunity": opportunity });
    let selection = "lead { status client { name contacts { name email } } opportunity { title amount stage { name } } }";
    let payload = world.nil.say("convertLead", input, selection).await;
    let lead = &payload["lead"];
    assert_eq!(lead["status"], "CONVERTED");
    assert_eq!(lead["client"]["contacts"][0]["name"], "Jordi Puig");
    assert_eq!(lead["opportunity"]["amount"], "1200.5");
    assert_eq!(lead["opportunity"]["stage"]["name"], "In analysis");
}

#[tokio::test]
async fn a_lead_is_contacted_put_right_given_up_and_taken_up_again() {
    let world = TestWorld::start().await;
    let input = json!({ "details": { "personName": "Jordi Puig" }, "occurredAt": "2026-01-10" });
    let lead = world.nil.make("registerLead", "lead", input).await;
    let shown = "lead { status contactedOn discardNote discardReason { name } channel { name } owner { name } sector }";
    let say = async |mutation: &str, mut input: serde_json::Value| {
        input["leadId"] = lead.clone().into();
        world.mar.say(mutation, input, shown).await["lead"].clone()
    };
    let contacted = say("markLeadContacted", json!({ "occurredAt": "2026-01-12" })).await;
    assert_eq!(
        (&contacted["status"], &contacted["contactedOn"]),
        (&json!("CONTACTED"), &json!("2026-01-12"))
    );
    let corrected = say(
        "correctLeadDetails",
        json!({ "changes": { "sector": "Metal" } }),
    )
    .await;
    assert_eq!(corrected["sector"], "Metal");
    let catalogue = "{ channels { id name } reasons(kinds: [DISCARDED]) { id name } }";
    let catalogue = world.mar.get(catalogue, json!({})).await;
    let channel = &catalogue["channels"][1];
    let came = say("correctLeadChannel", json!({ "channelId": channel["id"] })).await;
    assert_eq!(came["channel"]["name"], channel["name"]);
    let given = say("assignLead", json!({ "ownerId": world.berta.id })).await;
    assert_eq!(given["owner"]["name"], "Berta");
    let reason = &catalogue["reasons"][0];
    let why = json!({ "reasonId": reason["id"], "note": "Retires" });
    let discarded = say("discardLead", why).await;
    assert_eq!(
        (
            &discarded["status"],
            &discarded["discardReason"]["name"],
            &discarded["discardNote"]
        ),
        (&json!("DISCARDED"), &reason["name"], &json!("Retires"))
    );
    let reopened = say("reopenLead", json!({})).await;
    assert_eq!(
        (&reopened["status"], &reopened["discardReason"]),
        (&json!("NEW"), &json!(null))
    );
}

#[tokio::test]
async fn a_lead_may_turn_out_to_be_a_client_that_is_known() {
    let world = TestWorld::start().await;
    let details = json!({ "companyName": "Ferros Puig" });
    let client = json!({ "kind": "COMPANY", "details": details });
    let client = world.nil.make("registerClient", "client", client).await;
    let lead = json!({ "details": details });
    let lead = world.nil.make("registerLead", "lead", lead).await;
    let input = json!({ "leadId": lead, "clientId": client });
    let selection = "lead { status client { id } opportunity { id } }";
    let payload = world.nil.say("convertLead", input, selection).await;
    assert_eq!(payload["lead"]["client"]["id"], client);
    assert_eq!(payload["lead"]["opportunity"], json!(null));
    let count = world.nil.get("{ clients { totalCount } }", json!({})).await;
    assert_eq!(count["clients"]["totalCount"], 1);
}

#[tokio::test]
async fn a_lead_that_came_by_a_channel_of_the_past_is_converted_all_the_same() {
    let world = TestWorld::start().await;
    let channel = json!({ "name": "Podcast" });
    let channel = world.anna.make("addChannel", "channel", channel).await;
    let lead = json!({ "details": { "companyName": "Ferros Puig" }, "channelId": channel });
    let lead = world.nil.make("registerLead", "lead", lead).await;
    let retired = json!({ "channelId": channel });
    world.anna.say("retireChannel", retired, "").await;
    let input = json!({ "leadId": lead, "opportunity": {} });
    let selection = "lead { opportunity { channel { name } } }";
    let payload = world.nil.say("convertLead", input, selection).await;
    assert_eq!(payload["lead"]["opportunity"]["channel"]["name"], "Podcast");
}
