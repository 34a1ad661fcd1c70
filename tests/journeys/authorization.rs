//! Who may what: every field of the schema × every role, from an explicit table. A field without a row fails.
//!
//! Letters: A administrator, D director, M manager, S salesperson, U auditor.
#![expect(
    clippy::excessive_nesting,
    reason = "a table is gone through field by field, role by role"
)]

use std::collections::{BTreeMap, BTreeSet};

use cartera_tests::sdl::Sdl;
use cartera_tests::{GraphQl, TestWorld};
use serde_json::json;

const SCHEMA: &str = include_str!("../../api/schema.graphql");

const EVERYBODY: &str = "ADMSU";
const SELLERS: &str = "ADMS";
const ASSIGNERS: &str = "ADM";

const QUERIES: [(&str, &str); 29] = [
    ("apiKeys", EVERYBODY),
    ("board", EVERYBODY),
    ("channels", EVERYBODY),
    ("client", EVERYBODY),
    ("clients", EVERYBODY),
    ("company", EVERYBODY),
    ("contact", EVERYBODY),
    ("contacts", EVERYBODY),
    ("importJob", "AD"),
    ("importJobs", "AD"),
    ("journal", "AU"),
    ("lead", EVERYBODY),
    ("leads", EVERYBODY),
    ("node", EVERYBODY),
    ("opportunities", EVERYBODY),
    ("opportunity", EVERYBODY),
    ("pipeline", EVERYBODY),
    ("pipelines", EVERYBODY),
    ("product", EVERYBODY),
    ("products", EVERYBODY),
    ("reasons", EVERYBODY),
    ("report", EVERYBODY),
    ("sessions", EVERYBODY),
    ("team", EVERYBODY),
    ("teams", EVERYBODY),
    ("timeline", EVERYBODY),
    ("user", EVERYBODY),
    ("users", EVERYBODY),
    ("viewer", EVERYBODY),
];

const MUTATIONS: &[(&str, &str)] = &[
    ("addChannel", "A"),
    ("addContact", SELLERS),
    ("addReason", "A"),
    ("addStage", "A"),
    ("appointTeamManager", "A"),
    ("archiveClient", SELLERS),
    ("assignClient", ASSIGNERS),
    ("assignLead", ASSIGNERS),
    ("assignOpportunity", ASSIGNERS),
    ("becomeFirstAdministrator", EVERYBODY),
    ("cancelImport", "AD"),
    ("cancelOpportunity", SELLERS),
    ("changeCompanyFiscalStart", "A"),
    ("changeCompanyLocale", "A"),
    ("changeCompanyTimeZone", "A"),
    ("changeOpportunityExpectedClose", SELLERS),
    ("changePassword", EVERYBODY),
    ("changeProductPrice", "AD"),
    ("changeStageProbability", "A"),
    ("changeTeamOffice", "A"),
    ("changeUserEmail", "A"),
    // One's own is everybody's; the generated call names somebody else.
    ("changeUserLocale", "A"),
    ("changeUserRole", "A"),
    ("convertLead", SELLERS),
    ("correctClientDetails", SELLERS),
    ("correctContactDetails", SELLERS),
    ("correctLeadChannel", SELLERS),
    ("correctLeadDetails", SELLERS),
    ("correctOpportunityChannel", SELLERS),
    ("correctOpportunityDetails", SELLERS),
    ("correctProductDetails", "AD"),
    ("createApiKey", EVERYBODY),
    ("createPipeline", "A"),
    ("createSignInLink", "A"),
    ("deactivateUser", "A"),
    ("disbandTeam", "A"),
    ("discardLead", SELLERS),
    ("endSession", EVERYBODY),
    ("formTeam", "A"),
    ("judgeOpportunityProbability", SELLERS),
    ("linkOpportunityClient", SELLERS),
    ("loseOpportunity", SELLERS),
    ("markLeadContacted", SELLERS),
    ("moveOpportunity", SELLERS),
    ("moveTeam", "A"),
    ("moveUserToTeam", "A"),
    ("openOpportunity", SELLERS),
    ("qualifyLead", SELLERS),
    ("reactivateUser", "A"),
    ("registerClient", SELLERS),
    ("registerLead", SELLERS),
    ("registerProduct", "AD"),
    ("registerUser", "A"),
    ("reinstateProduct", "AD"),
    ("removeContact", SELLERS),
    ("renameChannel", "A"),
    ("renameCompany", "A"),
    ("renamePipeline", "A"),
    ("renameReason", "A"),
    ("renameStage", "A"),
    ("renameTeam", "A"),
    ("renameUser", "A"),
    ("reopenLead", SELLERS),
    ("reopenOpportunity", SELLERS),
    ("reorderStage", "A"),
    ("restoreClient", SELLERS),
    ("retireChannel", "A"),
    ("retirePipeline", "A"),
    ("retireProduct", "AD"),
    ("retireReason", "A"),
    ("retireStage", "A"),
    ("reviseOpportunityAmount", SELLERS),
    ("reviseOpportunityLines", SELLERS),
    ("revokeApiKey", EVERYBODY),
    ("setUpCompany", "A"),
    ("signIn", EVERYBODY),
    ("startImport", "AD"),
    ("useSignInLink", EVERYBODY),
    ("winOpportunity", SELLERS),
    // Last: it ends the session that asks.
    ("signOut", EVERYBODY),
];

const SUBSCRIPTIONS: [(&str, &str); 1] = [("changes", EVERYBODY)];

fn roles(world: &TestWorld) -> [(char, &GraphQl); 5] {
    [
        ('A', &world.anna),
        ('D', &world.didac),
        ('M', &world.mar),
        ('S', &world.nil),
        ('U', &world.aura),
    ]
}

#[test]
fn every_field_has_a_row() {
    let sdl = Sdl::of(SCHEMA);
    for (name, rows) in [
        ("Query", &QUERIES[..]),
        ("Mutation", MUTATIONS),
        ("Subscription", &SUBSCRIPTIONS[..]),
    ] {
        let known: BTreeSet<&str> = rows.iter().map(|(field, _)| *field).collect();
        let fields = sdl.fields(name).iter().map(|field| field.name.as_str());
        assert_eq!(fields.collect::<BTreeSet<_>>(), known, "{name}");
    }
}

#[test]
fn every_mutation_is_said_in_a_story() {
    let stories = concat!(env!("CARGO_MANIFEST_DIR"), "/journeys");
    let folders = [stories.to_owned(), format!("{stories}/imports")];
    let files = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let files = files.map(|file| file.unwrap().path());
    // This file names them all.
    let files = files.filter(|path| path.is_file() && !path.ends_with("authorization.rs"));
    let text: String = files
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let untold = |name: &&str| {
        !text.contains(&format!("\"{name}\"")) && !text.contains(&format!(" {name}("))
    };
    let untold: Vec<&str> = MUTATIONS
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| !text.contains(&format!("mutation {{ {name} ")))
        .filter(untold)
        .collect();
    // Every company of the tests begins with it.
    assert_eq!(untold, ["becomeFirstAdministrator"]);
}

#[tokio::test]
async fn every_role_may_what_the_table_says_and_nobody_else_anything() {
    let world = TestWorld::start().await;
    let sdl = Sdl::of(SCHEMA);
    let mut wrong = vec![];
    for (operation, name, rows) in [
        ("query", "Query", &QUERIES[..]),
        ("mutation", "Mutation", MUTATIONS),
    ] {
        for (row, allowed) in rows {
            let field = sdl
                .fields(name)
                .iter()
                .find(|field| field.name == *row)
                .unwrap();
            for (role, asker) in roles(&world) {
                let (document, variables) = sdl.call(operation, field, &BTreeMap::new());
                let answer = asker.ask(&document, variables).await;
                let code = answer.code().unwrap_or_default();
                let refused = code == "FORBIDDEN";
                let bad = [
                    "UNAUTHENTICATED",
                    "GRAPHQL_VALIDATION_FAILED",
                    "BAD_USER_INPUT",
                    "INTERNAL",
                ];
                if refused == allowed.contains(role) || bad.contains(&code.as_str()) {
                    wrong.push(format!("{row} as {role}: {code} {document}"));
                }
            }
            let (document, variables) = sdl.call(operation, field, &BTreeMap::new());
            let answer = world.anonymous().ask(&document, variables).await;
            if answer.code().as_deref() != Some("UNAUTHENTICATED") {
                wrong.push(format!("{row} by nobody: {}", answer.body));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_is_another_salespersons_is_as_good_as_not_there() {
    let world = TestWorld::start().await;
    let known = sale_of_nil(&world).await;
    let sdl = Sdl::of(SCHEMA);
    let mut wrong = vec![];
    for (operation, name, rows) in [
        ("query", "Query", &QUERIES[..]),
        ("mutation", "Mutation", MUTATIONS),
    ] {
        for field in sdl.fields(name) {
            let (document, variables) = sdl.call(operation, field, &known);
            let names_it = known
                .values()
                .any(|id| variables.to_string().contains(id.as_str()));
            let allowed = rows
                .iter()
                .any(|(row, allowed)| *row == field.name && allowed.contains('S'));
            if !names_it || !allowed {
                continue;
            }
            for (who, asker) in [("colleague", &world.berta), ("stranger", &world.iu)] {
                let answer = asker.ask(&document, variables.clone()).await;
                if answer.code().as_deref() != Some("NOT_FOUND") {
                    wrong.push(format!("{} as {who}: {}", field.name, answer.body));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let count = "{ leads { totalCount } clients { totalCount } opportunities { totalCount } contacts { totalCount } }";
    for (asker, expected) in [
        (&world.berta, 0),
        (&world.iu, 0),
        (&world.nil, 1),
        (&world.mar, 1),
        (&world.aura, 1),
    ] {
        let counts = asker.get(count, json!({})).await;
        for list in ["leads", "clients", "opportunities", "contacts"] {
            assert_eq!(counts[list]["totalCount"], expected, "{list}");
        }
    }
}

/// A lead, a client with a contact and an opportunity of Nil's: their ids by type.
async fn sale_of_nil(world: &TestWorld) -> BTreeMap<&'static str, String> {
    let details = json!({ "companyName": "Ferros Puig", "personName": "Jordi Puig" });
    let lead = world
        .nil
        .say("registerLead", json!({ "details": details }), "lead { id }")
        .await;
    let lead = lead["lead"]["id"].as_str().unwrap().to_owned();
    let input = json!({ "leadId": lead, "opportunity": { "amount": "10" } });
    let selection = "lead { client { id contacts { id } } opportunity { id } }";
    let converted = world.nil.say("convertLead", input, selection).await;
    let id = |pointer: &str| {
        converted["lead"]
            .pointer(pointer)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    };
    world.caught_up().await;
    BTreeMap::from([
        ("Client", id("/client/id")),
        ("Contact", id("/client/contacts/0/id")),
        ("Opportunity", id("/opportunity/id")),
        ("Lead", lead),
    ])
}
