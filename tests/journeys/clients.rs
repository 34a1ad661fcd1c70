//! The book of clients: companies and persons, their contacts, what is put right, who takes care.

use cartera_tests::TestWorld;
use serde_json::{Value, json};

const CLIENT: &str =
    "client { id name kind sector phone externalReference archived registeredOn owner { name }
    contacts { id name role email } version } version";
const ONE: &str = "query($id: ID!) { client(id: $id) { name } }";

#[tokio::test]
async fn a_company_is_registered_and_put_right_field_by_field() {
    let world = TestWorld::start().await;
    let details = json!({ "companyName": " Ferros Puig ", "sector": "Metal", "phone": "+34 972 123 456",
        "externalReference": "ERP-17" });
    let input = json!({ "kind": "COMPANY", "details": details, "occurredAt": "2025-03-01" });
    let payload = world.nil.say("registerClient", input, CLIENT).await;
    let client = &payload["client"];
    assert_eq!(client["name"], "Ferros Puig");
    assert_eq!(client["phone"], "+34972123456");
    assert_eq!(client["owner"]["name"], "Nil", "who registers takes care");
    assert_eq!(client["registeredOn"], "2025-03-01");
    let changes = json!({ "sector": "Steel", "phone": null, "companyName": "Ferros Puig i Fills" });
    let input = json!({ "clientId": client["id"], "changes": changes, "expectedVersion": payload["version"] });
    let payload = world.nil.say("correctClientDetails", input, CLIENT).await;
    let client = &payload["client"];
    assert_eq!(client["name"], "Ferros Puig i Fills");
    assert_eq!(client["sector"], "Steel");
    assert_eq!(client["phone"], Value::Null, "null clears");
    assert_eq!(client["externalReference"], "ERP-17", "absent keeps");
    assert_eq!(client["version"], 2);
}

#[tokio::test]
async fn a_person_is_a_client_under_the_own_name() {
    let world = TestWorld::start().await;
    let details = json!({ "personName": "Jordi Puig", "email": "jordi@puig.example" });
    let input = json!({ "kind": "PERSON", "details": details });
    let payload = world.nil.say("registerClient", input, CLIENT).await;
    assert_eq!(payload["client"]["name"], "Jordi Puig");
    let (code, _) = world
        .nil
        .refused("registerClient", json!({ "kind": "PERSON", "details": {} }))
        .await;
    assert_eq!(code, "CLIENT_UNIDENTIFIABLE");
}

#[tokio::test]
async fn persons_of_contact_come_are_put_right_and_go() {
    let world = TestWorld::start().await;
    let client = company(&world, "Ferros Puig").await;
    for (name, role) in [("Zoe", "Purchasing"), ("Aina", "Management")] {
        let details = json!({ "name": name, "role": role });
        let input = json!({ "clientId": client, "details": details });
        world.nil.say("addContact", input, CLIENT).await;
    }
    let contacts = world
        .nil
        .get(
            "query($id: ID!) { client(id: $id) { contacts { id name } } }",
            json!({ "id": client }),
        )
        .await;
    let contacts = &contacts["client"]["contacts"];
    assert_eq!(contacts[0]["name"], "Aina", "by name");
    let input = json!({ "clientId": client, "contactId": contacts[0]["id"],
        "changes": { "role": null, "email": "aina@puig.example" } });
    let payload = world.nil.say("correctContactDetails", input, CLIENT).await;
    let aina = &payload["client"]["contacts"][0];
    assert_eq!(
        (&aina["role"], &aina["email"]),
        (&Value::Null, &json!("aina@puig.example"))
    );
    let input = json!({ "clientId": client, "contactId": contacts[1]["id"] });
    let payload = world.nil.say("removeContact", input, CLIENT).await;
    assert_eq!(payload["client"]["contacts"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_client_is_given_to_a_colleague_and_is_then_out_of_the_first_ones_sight() {
    let world = TestWorld::start().await;
    let client = company(&world, "Ferros Puig").await;
    let input = json!({ "clientId": client, "ownerId": world.berta.id });
    let payload = world.mar.say("assignClient", input, CLIENT).await;
    assert_eq!(payload["client"]["owner"]["name"], "Berta");
    let answer = world.nil.ask(ONE, json!({ "id": client })).await;
    assert_eq!(answer.code().as_deref(), Some("NOT_FOUND"));
    let seen = world.berta.get(ONE, json!({ "id": client })).await;
    assert_eq!(seen["client"]["name"], "Ferros Puig");
}

#[tokio::test]
async fn an_archived_client_is_out_of_the_lists_until_restored() {
    let world = TestWorld::start().await;
    let client = company(&world, "Ferros Puig").await;
    let listed = async || {
        let list = "{ clients(filter: { archived: false }) { totalCount } }";
        world.nil.get(list, json!({})).await["clients"]["totalCount"].clone()
    };
    let input = json!({ "clientId": client });
    let payload = world.nil.say("archiveClient", input.clone(), CLIENT).await;
    assert_eq!(payload["client"]["archived"], true);
    assert_eq!(listed().await, 0);
    let payload = world.nil.say("restoreClient", input, CLIENT).await;
    assert_eq!(payload["client"]["archived"], false);
    assert_eq!(listed().await, 1);
}

/// A company of Nil's.
async fn company(world: &TestWorld, name: &str) -> String {
    let input = json!({ "kind": "COMPANY", "details": { "companyName": name } });
    world.nil.make("registerClient", "client", input).await
}
