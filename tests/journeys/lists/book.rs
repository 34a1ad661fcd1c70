//! A few rows of everything, and what each part of each filter lets through of them.

use std::collections::BTreeMap;

use cartera::scalars::AnyGlobalId;
use cartera_domain::ids::TypedId;
use cartera_tests::TestWorld;
use serde_json::{Value, json};

/// A company with a few rows of everything, told apart by their names.
pub(super) struct Book {
    pub(super) world: TestWorld,
    ids: BTreeMap<&'static str, String>,
}

impl Book {
    pub(super) async fn open() -> Self {
        let world = TestWorld::start().await;
        let settings =
            "{ channels { id } reasons(kinds: [LOST]) { id } pipelines { id stages { id } } }";
        let settings = world.anna.get(settings, json!({})).await;
        let text = |pointer: &str| {
            settings
                .pointer(pointer)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        };
        let ids = BTreeMap::from([
            ("channel", text("/channels/0/id")),
            ("other channel", text("/channels/1/id")),
            ("reason", text("/reasons/0/id")),
            ("stage", text("/pipelines/0/stages/1/id")),
            ("north", AnyGlobalId::render("Team", world.north.as_uuid())),
            ("coast", AnyGlobalId::render("Team", world.coast.as_uuid())),
        ]);
        let mut book = Self { world, ids };
        book.write_leads().await;
        book.write_clients().await;
        book.write_opportunities().await;
        book.write_products().await;
        book.write_people().await;
        book.world.caught_up().await;
        book
    }

    async fn make(&mut self, name: &'static str, mutation: &str, object: &str, input: Value) {
        let id = self.world.anna.make(mutation, object, input).await;
        self.ids.insert(name, id);
    }

    async fn say(&self, mutation: &str, input: Value) {
        self.world.anna.say(mutation, input, "").await;
    }

    async fn write_leads(&mut self) {
        let (nil, berta) = (self.world.nil.id.clone(), self.world.berta.id.clone());
        let details =
            json!({ "companyName": "Alpha", "externalReference": "X-1", "expectedValue": "90" });
        let input = json!({ "details": details, "ownerId": nil, "channelId": self.ids["channel"], "occurredAt": "2026-01-05" });
        self.make("alpha", "registerLead", "lead", input).await;
        let details = json!({ "companyName": "Beta", "expectedValue": "100" });
        let input = json!({ "details": details, "ownerId": berta, "channelId": self.ids["other channel"], "occurredAt": "2026-02-05" });
        self.make("beta", "registerLead", "lead", input).await;
        self.say("qualifyLead", json!({ "leadId": self.ids["beta"] }))
            .await;
        let input = json!({ "details": { "companyName": "Gamma" }, "occurredAt": "2026-02-06" });
        self.make("gamma", "registerLead", "lead", input).await;
        let opportunity = json!({ "details": { "title": "Gamma" }, "amount": "30" });
        let input = json!({ "leadId": self.ids["gamma"], "opportunity": opportunity, "occurredAt": "2026-03-10" });
        self.say("convertLead", input).await;
    }

    async fn write_clients(&mut self) {
        let (nil, berta) = (self.world.nil.id.clone(), self.world.berta.id.clone());
        let details = json!({ "companyName": "Delta", "externalReference": "X-2", "sector": "Metal", "revenue": "90" });
        let input = json!({ "kind": "COMPANY", "details": details, "ownerId": nil, "occurredAt": "2026-01-05" });
        self.make("delta", "registerClient", "client", input).await;
        for (name, role) in [("Zoe", "Purchasing"), ("Aina", "Management")] {
            let details = json!({ "name": name, "role": role });
            let input = json!({ "clientId": self.ids["delta"], "details": details });
            self.say("addContact", input).await;
        }
        let details = json!({ "personName": "Epsilon", "revenue": "100" });
        let input = json!({ "kind": "PERSON", "details": details, "ownerId": berta, "occurredAt": "2026-02-05" });
        self.make("epsilon", "registerClient", "client", input)
            .await;
        let details = json!({ "name": "Carles" });
        let input = json!({ "clientId": self.ids["epsilon"], "details": details });
        self.say("addContact", input).await;
        let input = json!({ "kind": "COMPANY", "details": { "companyName": "Zeta" }, "occurredAt": "2026-02-06" });
        self.make("zeta", "registerClient", "client", input).await;
        self.say("archiveClient", json!({ "clientId": self.ids["zeta"] }))
            .await;
    }

    async fn write_opportunities(&mut self) {
        let (nil, berta) = (self.world.nil.id.clone(), self.world.berta.id.clone());
        let details = json!({ "title": "Roof", "externalReference": "X-3" });
        let input = json!({ "details": details, "ownerId": nil, "clientId": self.ids["delta"], "amount": "1000",
            "channelId": self.ids["channel"], "expectedClose": "2026-05-01", "occurredAt": "2026-01-05" });
        self.make("roof", "openOpportunity", "opportunity", input)
            .await;
        let input = json!({ "opportunityId": self.ids["roof"], "reasonId": self.ids["reason"], "occurredAt": "2026-04-02" });
        self.say("loseOpportunity", input).await;
        let input = json!({ "details": { "title": "Gate" }, "ownerId": berta, "amount": "200", "occurredAt": "2026-02-05" });
        self.make("gate", "openOpportunity", "opportunity", input)
            .await;
        let input = json!({ "opportunityId": self.ids["gate"], "stageId": self.ids["stage"], "occurredAt": "2026-02-08" });
        self.say("moveOpportunity", input).await;
        let stages = json!([
            { "name": "Due", "category": "OPEN", "probability": "60" },
            { "name": "Renewed", "category": "WON", "probability": "100" },
            { "name": "Left", "category": "LOST", "probability": "0" },
        ]);
        let input = json!({ "name": "Renewals", "stages": stages });
        self.make("renewals", "createPipeline", "pipeline", input)
            .await;
        let input = json!({ "details": { "title": "Lease" }, "pipelineId": self.ids["renewals"], "occurredAt": "2026-02-07" });
        self.make("lease", "openOpportunity", "opportunity", input)
            .await;
    }

    async fn write_products(&mut self) {
        for (name, code, family, price) in [
            ("Beam", "B-1", Some("Steel"), Some("90")),
            ("Wood screw", "W-1", Some("Screws"), Some("100")),
            ("Anvil", "A-1", None, None),
        ] {
            let details = json!({ "name": name, "family": family });
            let input = json!({ "code": code, "details": details, "listPrice": price });
            self.make(name, "registerProduct", "product", input).await;
        }
        self.say("retireProduct", json!({ "productId": self.ids["Anvil"] }))
            .await;
    }

    async fn write_people(&mut self) {
        self.say("deactivateUser", json!({ "userId": self.world.iu.id }))
            .await;
        let input = json!({ "name": "Girona", "parentId": self.ids["north"] });
        self.make("girona", "formTeam", "team", input).await;
        self.say("disbandTeam", json!({ "teamId": self.ids["girona"] }))
            .await;
    }

    /// Each filter, and the names of the rows that it lets through.
    #[rustfmt::skip]
    pub(super) fn filters(&self) -> Vec<(&'static str, Value, Vec<&'static str>)> {
        let id = |name: &str| self.ids[name].clone();
        let (nil, berta) = (&self.world.nil.id, &self.world.berta.id);
        let of = |owner: &str| json!({ "owner": { "anyOf": [owner] } });
        let nobodys = json!({ "owner": { "nobody": true } });
        let days = |from: &str, to: &str| json!({ "from": from, "to": to });
        vec![
            ("leads", json!({ "channelIds": [id("channel")] }), vec!["Alpha"]),
            ("leads", json!({ "converted": days("2026-03-10", "2026-03-10") }), vec!["Gamma"]),
            ("leads", json!({ "externalReference": "X-1" }), vec!["Alpha"]),
            ("leads", of(berta), vec!["Beta"]),
            ("leads", nobodys.clone(), vec!["Gamma"]),
            ("leads", json!({ "registered": { "to": "2026-02-05" } }), vec!["Alpha", "Beta"]),
            ("leads", json!({ "search": "bet" }), vec!["Beta"]),
            ("leads", json!({ "status": ["QUALIFIED", "CONVERTED"] }), vec!["Beta", "Gamma"]),
            ("clients", json!({ "archived": true }), vec!["Zeta"]),
            ("clients", json!({ "externalReference": "X-2" }), vec!["Delta"]),
            ("clients", json!({ "kind": "PERSON" }), vec!["Epsilon"]),
            ("clients", of(nil), vec!["Delta"]),
            ("clients", json!({ "registered": days("2026-02-01", "2026-02-05") }), vec!["Epsilon"]),
            ("clients", json!({ "search": "psil" }), vec!["Epsilon"]),
            ("clients", json!({ "sectors": ["Metal"] }), vec!["Delta"]),
            ("contacts", json!({ "clientIds": [id("delta")] }), vec!["Aina", "Zoe"]),
            ("contacts", json!({ "search": "car" }), vec!["Carles"]),
            ("opportunities", json!({ "amountFrom": "200" }), vec!["Gate", "Roof"]),
            ("opportunities", json!({ "amountTo": "199.99" }), vec!["Gamma"]),
            ("opportunities", json!({ "channelIds": [id("channel")] }), vec!["Roof"]),
            ("opportunities", json!({ "clientIds": [id("delta")] }), vec!["Roof"]),
            ("opportunities", json!({ "closed": days("2026-04-01", "2026-04-30") }), vec!["Roof"]),
            ("opportunities", json!({ "expectedClose": days("2026-05-01", "2026-05-01") }), vec!["Roof"]),
            ("opportunities", json!({ "externalReference": "X-3" }), vec!["Roof"]),
            ("opportunities", json!({ "leadId": id("gamma") }), vec!["Gamma"]),
            ("opportunities", json!({ "opened": days("2026-02-01", "2026-02-28") }), vec!["Gate", "Lease"]),
            ("opportunities", json!({ "outcome": ["LOST"] }), vec!["Roof"]),
            ("opportunities", of(berta), vec!["Gate"]),
            ("opportunities", json!({ "pipelineId": id("renewals") }), vec!["Lease"]),
            ("opportunities", json!({ "reasonIds": [id("reason")] }), vec!["Roof"]),
            ("opportunities", json!({ "search": "gat" }), vec!["Gate"]),
            ("opportunities", json!({ "stageIds": [id("stage")] }), vec!["Gate"]),
            ("products", json!({ "code": "B-1" }), vec!["Beam"]),
            ("products", json!({ "families": ["Screws"] }), vec!["Wood screw"]),
            ("products", json!({ "retired": true }), vec!["Anvil"]),
            ("products", json!({ "search": "screw" }), vec!["Wood screw"]),
            ("users", json!({ "active": false }), vec!["Iu"]),
            ("users", json!({ "roles": ["AUDITOR", "DIRECTOR"] }), vec!["Aura", "Didac"]),
            ("users", json!({ "search": "ber" }), vec!["Berta"]),
            ("users", json!({ "teamIds": [id("coast")] }), vec!["Berta", "Nil"]),
            ("teams", json!({ "disbanded": true }), vec!["Girona"]),
            ("teams", json!({ "parentId": id("north"), "disbanded": false }), vec!["Coast"]),
        ]
    }
}
