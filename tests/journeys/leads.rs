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
