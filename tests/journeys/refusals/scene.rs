//! A company in which everything that can be refused is at hand, and the commands that are.

use cartera::scalars::AnyGlobalId;
use cartera_domain::ids::{TeamId, TypedId};
use cartera_tests::TestWorld;
use serde_json::{Value, json};
use uuid::Uuid;

/// Nothing has this id.
const NOTHING: Uuid = Uuid::from_u128(0x0190_c8a0_7f3e_7000_8000_0000_0000_0042);

/// A reason, a command, and its input that is refused for it.
pub(super) type Case = (&'static str, &'static str, Value);

/// A company in which everything that can be refused is at hand: ids by what they are.
pub(super) struct Scene {
    pub(super) world: TestWorld,
    ids: Value,
}

impl Scene {
    pub(super) async fn set() -> Self {
        let world = TestWorld::start().await;
        let anna = &world.anna;
        let list = "{ pipelines { id stages { id name } } }";
        let pipelines = anna.get(list, json!({})).await;
        let sales = &pipelines["pipelines"][0];
        let stage = |at: usize| sales["stages"][at]["id"].clone();
        let mut ids =
            json!({ "sales": sales["id"], "first": stage(0), "second": stage(1), "won": stage(3) });
        for (name, mutation, object, input) in things() {
            ids[name] = anna.make(mutation, object, input).await.into();
        }
        let lines = json!([{ "productId": ids["product"], "quantity": "1", "unitPrice": "9" }]);
        let input = json!({ "details": {}, "lines": lines });
        ids["withLines"] = anna
            .make("openOpportunity", "opportunity", input)
            .await
            .into();
        let input = json!({ "clientId": ids["client"], "details": { "name": "Aina" } });
        let payload = anna
            .say("addContact", input, "client { contacts { id } }")
            .await;
        ids["contact"] = payload["client"]["contacts"][0]["id"].clone();
        for (mutation, input) in endings(&ids) {
            anna.say(mutation, input, "").await;
        }
        Self { world, ids }
    }

    /// The refusals, each with a command that earns it.
    pub(super) fn cases(&self) -> Vec<Case> {
        [
            self.of_clients_and_leads(),
            self.of_opportunities(),
            self.of_products_and_settings(),
            self.of_users_and_teams(),
            self.of_fields(),
        ]
        .concat()
    }

    #[rustfmt::skip]
    fn of_clients_and_leads(&self) -> Vec<Case> {
        let id = |name: &str| self.ids[name].clone();
        let nobody = AnyGlobalId::render("Contact", NOTHING);
        vec![
            ("CLIENT_UNIDENTIFIABLE", "registerClient", json!({ "kind": "COMPANY", "details": {} })),
            ("CLIENT_UNIDENTIFIABLE", "correctClientDetails", json!({ "clientId": id("client"), "changes": { "companyName": null } })),
            ("CLIENT_ARCHIVED", "addContact", json!({ "clientId": id("archived"), "details": { "name": "Aina" } })),
            ("CLIENT_ARCHIVED", "linkOpportunityClient", json!({ "opportunityId": id("open"), "clientId": id("archived") })),
            ("CONTACT_NOT_FOUND", "correctContactDetails", json!({ "clientId": id("client"), "contactId": nobody, "changes": { "role": "Boss" } })),
            ("CONTACT_NAME_REQUIRED", "correctContactDetails", json!({ "clientId": id("client"), "contactId": id("contact"), "changes": { "name": null } })),
            ("LEAD_UNIDENTIFIABLE", "registerLead", json!({ "details": {} })),
            ("LEAD_UNIDENTIFIABLE", "correctLeadDetails", json!({ "leadId": id("lead"), "changes": { "companyName": null } })),
            ("LEAD_ALREADY_CONVERTED", "qualifyLead", json!({ "leadId": id("converted") })),
            ("LEAD_DISCARDED", "qualifyLead", json!({ "leadId": id("discarded") })),
            ("LEAD_REASON_REQUIRED", "discardLead", json!({ "leadId": id("lead") })),
            ("REASON_OF_OTHER_KIND", "discardLead", json!({ "leadId": id("lead"), "reasonId": id("otherReason") })),
            ("CHANNEL_RETIRED", "correctLeadChannel", json!({ "leadId": id("lead"), "channelId": id("channel") })),
            ("USER_INACTIVE", "assignLead", json!({ "leadId": id("lead"), "ownerId": id("inactive") })),
            ("USER_INACTIVE", "convertLead", json!({ "leadId": id("lead"), "opportunity": { "ownerId": id("inactive") } })),
        ]
    }

    #[rustfmt::skip]
    fn of_opportunities(&self) -> Vec<Case> {
        let id = |name: &str| self.ids[name].clone();
        let line = |product: &str, quantity: &str, price: &str| json!([{ "productId": id(product), "quantity": quantity, "unitPrice": price }]);
        let of = |opportunity: &str, mut input: Value| {
            input["opportunityId"] = id(opportunity);
            input
        };
        let huge = line("product", "900000000000", "900000000000");
        vec![
            ("STAGE_OF_OTHER_CATEGORY", "moveOpportunity", of("open", json!({ "stageId": id("won") }))),
            ("OPPORTUNITY_CLOSED", "winOpportunity", of("closed", json!({}))),
            ("OPPORTUNITY_NOT_CLOSED", "reopenOpportunity", of("open", json!({ "stageId": id("second") }))),
            ("OPPORTUNITY_AMOUNT_HAS_LINES", "reviseOpportunityAmount", of("withLines", json!({ "amount": "1" }))),
            ("OPPORTUNITY_LINE_INCONSISTENT", "reviseOpportunityLines", of("open", json!({ "lines": huge }))),
            ("OPPORTUNITY_AMOUNT_NEGATIVE", "reviseOpportunityAmount", of("open", json!({ "amount": "-1" }))),
            ("PRODUCT_RETIRED", "reviseOpportunityLines", of("open", json!({ "lines": line("retiredProduct", "1", "1") }))),
            ("PRODUCT_RETIRED", "convertLead", json!({ "leadId": id("lead"), "opportunity": { "lines": line("retiredProduct", "1", "1") } })),
            ("REASON_RETIRED", "loseOpportunity", of("open", json!({ "reasonId": id("reason") }))),
            ("PIPELINE_RETIRED", "openOpportunity", json!({ "details": {}, "pipelineId": id("pipeline") })),
        ]
    }

    #[rustfmt::skip]
    fn of_products_and_settings(&self) -> Vec<Case> {
        let id = |name: &str| self.ids[name].clone();
        let nowhere = |kind: &str| AnyGlobalId::render(kind, NOTHING);
        let set_up =
            json!({ "name": "Tramuntana", "currency": "EUR", "timeZone": "Europe/Madrid" });
        let open = json!([{ "name": "Due", "category": "OPEN", "probability": "60" }]);
        let stage = |name: &str, category: &str, probability: &str| {
            let stage = json!({ "name": name, "category": category, "probability": probability });
            json!({ "pipelineId": id("sales"), "stage": stage })
        };
        vec![
            ("PRODUCT_NAME_REQUIRED", "correctProductDetails", json!({ "productId": id("product"), "changes": { "name": null } })),
            ("PRODUCT_PRICE_NEGATIVE", "changeProductPrice", json!({ "productId": id("product"), "listPrice": "-1" })),
            ("PRODUCT_CODE_TAKEN", "registerProduct", json!({ "code": "b-1", "details": { "name": "Beam" } })),
            ("COMPANY_ALREADY_SET_UP", "setUpCompany", set_up),
            ("CHANNEL_NOT_FOUND", "renameChannel", json!({ "channelId": nowhere("Channel"), "name": "Radio" })),
            ("REASON_NOT_FOUND", "renameReason", json!({ "reasonId": nowhere("Reason"), "name": "Radio" })),
            ("CATALOGUE_NAME_TAKEN", "addChannel", json!({ "name": "website" })),
            ("PIPELINE_RETIRED", "renamePipeline", json!({ "pipelineId": id("pipeline"), "name": "Contracts" })),
            ("PIPELINE_CATEGORY_MISSING", "createPipeline", json!({ "name": "Short", "stages": open })),
            ("STAGE_NOT_FOUND", "retireStage", json!({ "pipelineId": id("sales"), "stageId": nowhere("Stage") })),
            ("STAGE_NAME_TAKEN", "addStage", stage("won", "OPEN", "10")),
            ("STAGE_PROBABILITY_FIXED", "addStage", stage("Invoiced", "WON", "90")),
        ]
    }

    #[rustfmt::skip]
    fn of_users_and_teams(&self) -> Vec<Case> {
        let team = |team: TeamId| AnyGlobalId::render("Team", team.as_uuid());
        let (north, coast) = (team(self.world.north), team(self.world.coast));
        let nowhere = AnyGlobalId::render("Team", NOTHING);
        let inactive = self.ids["inactive"].clone();
        vec![
            ("USER_INACTIVE", "renameUser", json!({ "userId": inactive, "name": "Pau" })),
            ("USER_INACTIVE", "appointTeamManager", json!({ "teamId": coast, "managerId": inactive })),
            ("USER_EMAIL_TAKEN", "registerUser", json!({ "name": "Nil", "role": "DIRECTOR", "email": "NIL@tramuntana.example" })),
            ("LAST_ADMINISTRATOR", "deactivateUser", json!({ "userId": self.world.anna.id })),
            ("TEAM_NOT_FOUND", "renameTeam", json!({ "teamId": nowhere, "name": "Girona" })),
            ("TEAM_NOT_FOUND", "registerUser", json!({ "name": "Pau", "role": "DIRECTOR", "teamId": nowhere })),
            ("TEAM_NAME_TAKEN", "formTeam", json!({ "name": "north" })),
            ("TEAM_CIRCLE", "moveTeam", json!({ "teamId": north, "parentId": coast })),
            ("TEAM_HAS_TEAMS_BELOW", "disbandTeam", json!({ "teamId": north })),
        ]
    }

    #[rustfmt::skip]
    fn of_fields(&self) -> Vec<Case> {
        let id = |name: &str| self.ids[name].clone();
        let client = |details: Value| json!({ "kind": "COMPANY", "details": details });
        let company = |currency: &str, zone: &str| json!({ "name": "Tramuntana", "currency": currency, "timeZone": zone });
        let line = json!({ "productId": id("product"), "quantity": "1" });
        let lines: Vec<&Value> = std::iter::repeat_n(&line, 501).collect();
        let third = json!([{ "productId": id("product"), "quantity": "0.0000001" }]);
        vec![
            ("REQUIRED", "addChannel", json!({ "name": " " })),
            ("TEXT_TOO_LONG", "registerClient", client(json!({ "companyName": "x".repeat(201) }))),
            ("TEXT_UNREADABLE", "registerClient", client(json!({ "companyName": "x\u{7}y" }))),
            ("EMAIL_INVALID", "registerClient", client(json!({ "email": "jordi" }))),
            ("PHONE_INVALID", "addContact", json!({ "clientId": id("client"), "details": { "name": "Aina", "phone": "none" } })),
            ("NUMBER_OUT_OF_RANGE", "registerClient", client(json!({ "employees": -1 }))),
            ("CURRENCY_INVALID", "setUpCompany", company("euro", "Europe/Madrid")),
            ("TIME_ZONE_UNKNOWN", "setUpCompany", company("EUR", "Europe/Girona")),
            ("MONTH_INVALID", "changeCompanyFiscalStart", json!({ "fiscalStartMonth": 13 })),
            ("AMOUNT_INVALID", "reviseOpportunityAmount", json!({ "opportunityId": id("open"), "amount": "1.0000001" })),
            ("AMOUNT_INVALID", "reviseOpportunityLines", json!({ "opportunityId": id("open"), "lines": third })),
            ("PERCENTAGE_INVALID", "judgeOpportunityProbability", json!({ "opportunityId": id("open"), "probability": "100.5" })),
            ("TOO_MANY_LINES", "reviseOpportunityLines", json!({ "opportunityId": id("open"), "lines": lines })),
        ]
    }
}

/// What there is: under which name, by which command.
#[rustfmt::skip]
fn things() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let company = json!({ "companyName": "Ferros Puig" });
    vec![
        ("lead", "registerLead", "lead", json!({ "details": company })),
        ("discarded", "registerLead", "lead", json!({ "details": company })),
        ("converted", "registerLead", "lead", json!({ "details": company })),
        ("client", "registerClient", "client", json!({ "kind": "COMPANY", "details": company })),
        ("archived", "registerClient", "client", json!({ "kind": "COMPANY", "details": company })),
        ("product", "registerProduct", "product", json!({ "code": "B-1", "details": { "name": "Beam" } })),
        ("retiredProduct", "registerProduct", "product", json!({ "code": "B-2", "details": { "name": "Bar" } })),
        ("open", "openOpportunity", "opportunity", json!({ "details": {}, "amount": "10" })),
        ("closed", "openOpportunity", "opportunity", json!({ "details": {}, "amount": "10" })),
        ("channel", "addChannel", "channel", json!({ "name": "Podcast" })),
        ("reason", "addReason", "reason", json!({ "name": "Too old", "kind": "LOST" })),
        ("otherReason", "addReason", "reason", json!({ "name": "Too far", "kind": "LOST" })),
        ("pipeline", "createPipeline", "pipeline", json!({ "name": "Renewals", "stages": [{ "name": "Due", "category": "OPEN", "probability": "60" }, { "name": "Renewed", "category": "WON", "probability": "100" }, { "name": "Left", "category": "LOST", "probability": "0" }] })),
        ("inactive", "registerUser", "user", json!({ "name": "Pau", "role": "DIRECTOR" })),
    ]
}

/// What becomes of some of it.
#[rustfmt::skip]
fn endings(ids: &Value) -> Vec<(&'static str, Value)> {
    vec![
        ("discardLead", json!({ "leadId": ids["discarded"], "note": "Retires" })),
        ("convertLead", json!({ "leadId": ids["converted"] })),
        ("archiveClient", json!({ "clientId": ids["archived"] })),
        ("retireProduct", json!({ "productId": ids["retiredProduct"] })),
        ("loseOpportunity", json!({ "opportunityId": ids["closed"] })),
        ("retireChannel", json!({ "channelId": ids["channel"] })),
        ("retireReason", json!({ "reasonId": ids["reason"] })),
        ("retirePipeline", json!({ "pipelineId": ids["pipeline"] })),
        ("deactivateUser", json!({ "userId": ids["inactive"] })),
    ]
}
