//! Any object by its global id, for whoever sees it.

use std::collections::{BTreeMap, BTreeSet};

use cartera::scalars::AnyGlobalId;
use cartera_domain::ids::TypedId;
use cartera_tests::TestWorld;
use cartera_tests::graphql::command_id;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

const SCHEMA: &str = include_str!("../../api/schema.graphql");
const NODE: &str = "query($id: ID!) { node(id: $id) { __typename id } }";

/// What belongs to a sale of Nil's, and is seen by those who see Nil's rows.
const OF_SALES: [&str; 4] = ["Client", "Contact", "Lead", "Opportunity"];

/// The types that say they are nodes.
fn nodes() -> BTreeSet<&'static str> {
    let declared = SCHEMA.lines().filter_map(|line| line.strip_prefix("type "));
    let nodes = declared.filter(|line| line.contains(" implements Node"));
    nodes
        .map(|line| line.split(' ').next().unwrap_or_default())
        .collect()
}

/// Didac's import, which only he and the administrator see.
async fn import_job(world: &TestWorld) -> String {
    let file = world.didac.request(Method::POST, "/files?name=clients.csv");
    let file = file
        .body("code,name\nC1,Ferros Puig\n")
        .send()
        .await
        .unwrap();
    let file: serde_json::Value = file.json().await.unwrap();
    let profile = "name = \"clients\"\nsource = \"shop\"\nrecord = \"client\"\nkey = [\"code\"]\n[fields]\nname = \"name\"\n";
    let input = json!({ "commandId": command_id(), "fileId": file["id"], "profile": profile, "dryRun": true });
    let document = "mutation($input: StartImportInput!) { startImport(input: $input) { importJob { id } userErrors { message } } }";
    let started = world.didac.get(document, json!({ "input": input })).await;
    let id = started["startImport"]["importJob"]["id"].as_str();
    id.unwrap_or_else(|| panic!("{started}")).to_owned()
}

/// One object of every type, those of sales Nil's.
async fn objects(world: &TestWorld) -> BTreeMap<&'static str, String> {
    let lead = json!({ "details": { "companyName": "Ferros Puig", "personName": "Jordi Puig" } });
    let lead = world.nil.make("registerLead", "lead", lead).await;
    let input = json!({ "leadId": lead, "opportunity": {} });
    let selection =
        "lead { client { id contacts { id } } opportunity { id pipeline { id } stage { id } } }";
    let converted = world.nil.say("convertLead", input, selection).await;
    let product = json!({ "code": "B-1", "details": { "name": "Beam" } });
    let product = world
        .didac
        .make("registerProduct", "product", product)
        .await;
    let settings = "{ company { id } channels { id } reasons { id } }";
    let settings = world.nil.get(settings, json!({})).await;
    let of = |value: &serde_json::Value, pointer: &str| {
        let id = value.pointer(pointer).and_then(serde_json::Value::as_str);
        id.unwrap_or_else(|| panic!("{pointer} in {value}"))
            .to_owned()
    };
    BTreeMap::from([
        ("Lead", lead),
        ("Client", of(&converted, "/lead/client/id")),
        ("Contact", of(&converted, "/lead/client/contacts/0/id")),
        ("Opportunity", of(&converted, "/lead/opportunity/id")),
        ("Pipeline", of(&converted, "/lead/opportunity/pipeline/id")),
        ("Stage", of(&converted, "/lead/opportunity/stage/id")),
        ("Product", product),
        ("User", world.nil.id.clone()),
        ("Team", AnyGlobalId::render("Team", world.coast.as_uuid())),
        ("Company", of(&settings, "/company/id")),
        ("Channel", of(&settings, "/channels/0/id")),
        ("ImportJob", import_job(world).await),
        ("Reason", of(&settings, "/reasons/0/id")),
    ])
}

/// With what somebody is refused an object. Who may import nothing is told so; whose sales they are not is told nothing.
fn refusal(kind: &str, who: &str) -> Option<String> {
    let imports = ["administrator", "director"].contains(&who);
    let strange = ["colleague", "stranger"].contains(&who);
    let code = match kind {
        "ImportJob" if !imports => "FORBIDDEN",
        _ if strange && OF_SALES.contains(&kind) => "NOT_FOUND",
        _ => return None,
    };
    Some(code.to_owned())
}

#[tokio::test]
async fn every_type_of_node_is_found_by_those_who_see_it_and_by_no_other() {
    let world = TestWorld::start().await;
    let objects = objects(&world).await;
    assert_eq!(objects.keys().copied().collect::<BTreeSet<_>>(), nodes());
    world.caught_up().await;
    for (who, person) in world.everybody() {
        for (kind, id) in &objects {
            let answer = person.ask(NODE, json!({ "id": id })).await;
            let found = answer.body["data"]["node"].clone();
            let code = refusal(kind, who);
            let shown = code
                .is_none()
                .then(|| json!({ "__typename": kind, "id": id }));
            let expected = (code, json!(shown));
            assert_eq!((answer.code(), found), expected, "{kind} as {who}");
        }
    }
}

#[tokio::test]
async fn an_id_of_nothing_finds_nothing() {
    let world = TestWorld::start().await;
    let mut ids: Vec<String> = nodes()
        .iter()
        .map(|kind| AnyGlobalId::render(kind, Uuid::from_u128(42)))
        .collect();
    ids.extend([
        String::new(),
        "42".to_owned(),
        "no id".to_owned(),
        AnyGlobalId::render("Session", Uuid::from_u128(42)),
        AnyGlobalId::render("ApiKey", Uuid::from_u128(42)),
    ]);
    for id in ids {
        let answer = world.anna.ask(NODE, json!({ "id": id })).await;
        assert_eq!(answer.code().as_deref(), Some("NOT_FOUND"), "{id}");
        assert_eq!(answer.body["data"]["node"], json!(null));
    }
}

#[tokio::test]
async fn an_id_of_one_type_is_none_of_another() {
    let world = TestWorld::start().await;
    let document = "query($id: ID!) { client(id: $id) { id } }";
    let lead = json!({ "details": { "companyName": "Ferros Puig" } });
    let lead = world.nil.make("registerLead", "lead", lead).await;
    let answer = world.nil.ask(document, json!({ "id": lead })).await;
    assert_eq!(answer.code().as_deref(), Some("BAD_USER_INPUT"));
}
