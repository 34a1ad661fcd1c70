//! Several nodes on one database (RELIABILITY 19).

use std::time::Duration;

use cartera_tests::{GraphQl, Program};
use serde_json::{Value, json};

use crate::ground::{Company, DIRECTOR, kill, until};
use crate::ledger;
use crate::load::{Load, Seller};

/// Password of the demo's users.
const PASSWORD: &str = "a demo of cartera";
/// What is promised for a revocation.
const REVOKED_WITHIN: Duration = Duration::from_secs(1);
const SIGN_IN: &str = include_str!("../../api/src/auth/documents/sign_in.graphql");
const WHO: &str = "{ viewer { user { id name } } }";

/// Two services on one database.
struct Nodes {
    company: Company,
    first: Program,
    second: Program,
}

impl Nodes {
    async fn start() -> Self {
        let company = Company::on_the_server().await;
        let (first, second) = tokio::join!(company.serve(), company.serve());
        Self {
            company,
            first,
            second,
        }
    }

    /// Somebody's new session, made at the first node.
    async fn sign_in(&self, email: &str) -> String {
        let input = json!({ "input": { "email": email, "password": PASSWORD } });
        loop {
            let anonymous = GraphQl::anonymous(&self.first.url);
            let (answer, cookie) = anonymous.send(SIGN_IN, input.clone()).await;
            if let Some(cookie) = cookie {
                return cookie;
            }
            // Hashing a password takes longest of all, on a busy machine too long: the code says to try again.
            assert_eq!(answer.code().as_deref(), Some("TIMEOUT"), "{}", answer.body);
        }
    }

    /// A session's holder at the first and at the second node.
    fn holder(&self, cookie: &str) -> [GraphQl; 2] {
        [&self.first, &self.second].map(|node| GraphQl::anonymous(&node.url).with_session(cookie))
    }
}

async fn is_refused(asking: &GraphQl) -> bool {
    let answer = asking.ask(WHO, json!({})).await;
    answer.code().as_deref() == Some("UNAUTHENTICATED")
}

#[tokio::test]
async fn a_session_of_one_node_holds_at_the_other_and_its_end_is_heard_there() {
    let nodes = Nodes::start().await;
    let cookie = nodes.sign_in(DIRECTOR).await;
    let [here, there] = nodes.holder(&cookie);
    let who = there.get(WHO, json!({})).await;
    assert_eq!(who, here.get(WHO, json!({})).await);

    here.get("mutation { signOut { __typename } }", json!({}))
        .await;
    assert!(is_refused(&here).await, "at once where it was ended");
    // The promise is about whoever asks later than that.
    tokio::time::sleep(REVOKED_WITHIN).await;
    assert!(is_refused(&there).await, "and at the other node");
}

#[tokio::test]
async fn who_has_left_is_refused_at_every_node() {
    let nodes = Nodes::start().await;
    let seller = nodes.sign_in("jordi.puig@canigo.example").await;
    let [here, there] = nodes.holder(&seller);
    let who = there.get(WHO, json!({})).await;
    assert!(!is_refused(&here).await);
    let administrator = nodes.sign_in("admin@canigo.example").await;
    let [administrator, _] = nodes.holder(&administrator);
    let leaving = json!({ "userId": who["viewer"]["user"]["id"] });
    administrator
        .say("deactivateUser", leaving, "user { id }")
        .await;
    tokio::time::sleep(REVOKED_WITHIN).await;
    assert!(is_refused(&here).await && is_refused(&there).await);
}

#[tokio::test]
async fn what_one_node_wrote_another_shows_to_whoever_names_the_position() {
    let nodes = Nodes::start().await;
    let at = |node: &Program| Seller::new(vec![node.url.clone()], &nodes.company.key);
    let (first, second) = (at(&nodes.first), at(&nodes.second));
    for turn in 0..20 {
        let (writing, reading) = if turn % 2 == 0 {
            (&first, &second)
        } else {
            (&second, &first)
        };
        let details = json!({ "details": { "companyName": format!("Turn {turn}") } });
        let written = writing
            .say("registerLead", details, "lead { id }", "/lead/id")
            .await;
        let query = format!(
            "{{ lead(id: {}, afterPosition: {}) {{ name }} }}",
            written["lead"]["id"], written["position"]
        );
        let read = reading.ask(&query).await;
        assert_eq!(read["lead"]["name"], format!("Turn {turn}"), "{query}");
    }
}

#[tokio::test]
async fn two_nodes_share_the_work_and_one_is_killed() {
    let mut nodes = Nodes::start().await;
    let begun = ledger::end(&mut nodes.company.connection().await).await;
    let urls = vec![nodes.first.url.clone(), nodes.second.url.clone()];
    let seller = Seller::new(urls, &nodes.company.key);
    let mut load = Load::begin(&seller, 6).await;
    load.until_further(30).await;
    kill(&[nodes.first.pid()]);
    nodes.first.wait();
    load.until_further(30).await;
    let address = nodes.first.url.replace("http://", "");
    nodes.first = nodes.company.serve_at(&address).await;
    load.until_further(30).await;
    let acknowledged = load.end().await;
    ledger::holds(&mut nodes.company.connection().await, begun, &acknowledged).await;
    for node in [&mut nodes.first, &mut nodes.second] {
        node.signal("-TERM");
        assert!(node.wait().0.success());
    }
    nodes.company.is_faithful().await;
}

/// The number of a read model's live generation. Nodes that start together may have begun more than one.
async fn live_generation(company: &Company, model: &str) -> u32 {
    let status = company.cartera(&["projections", "status"]).await.unwrap();
    let mut lines = status.lines();
    let line = lines.find(|line| line.starts_with(model) && line.contains(" live"));
    let line = line.unwrap();
    let (number, _) = line.split_once(" live").unwrap();
    number.rsplit(' ').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_read_model_that_another_node_swaps_is_read_on_without_a_break() {
    let nodes = Nodes::start().await;
    let [first, second] = [&nodes.first, &nodes.second]
        .map(|node| GraphQl::anonymous(&node.url).with_key(&nodes.company.key));
    let count = "{ leads(first: 1) { totalCount } }";
    let total = |answer: Value| answer["leads"]["totalCount"].as_i64().unwrap();
    let end = ledger::end(&mut nodes.company.connection().await).await;
    let settled =
        format!("{{ leads(first: 1, afterPosition: {end}) {{ totalCount asOfPosition }} }}");
    let is_settled = async || {
        let answer = first.get(&settled, json!({})).await;
        answer["leads"]["asOfPosition"].as_i64() >= Some(end)
    };
    until(is_settled, "the demo is in the rows").await;
    let before = total(first.get(count, json!({})).await);
    let first_generation = live_generation(&nodes.company, "lead_list").await;
    let mut rebuilding = Box::pin(
        nodes
            .company
            .cartera(&["projections", "rebuild", "lead_list"]),
    );
    let rebuilt = loop {
        for node in [&first, &second] {
            assert_eq!(total(node.get(count, json!({})).await), before);
        }
        tokio::select! {
            biased;
            rebuilt = &mut rebuilding => break rebuilt,
            () = tokio::time::sleep(Duration::from_millis(5)) => {}
        }
    };
    rebuilt.unwrap();
    let swapped = live_generation(&nodes.company, "lead_list").await;
    assert!(swapped > first_generation, "{swapped}");
    let details = json!({ "details": { "companyName": "After the swap" } });
    let written = second.say("registerLead", details, "position").await;
    let query = format!(
        "{{ leads(first: 1, afterPosition: {}) {{ totalCount }} }}",
        written["position"]
    );
    for node in [&first, &second] {
        // A node may take a moment to follow what another has swapped in; what it answers until then says how far it is.
        let shown = async || total(node.get(&query, json!({})).await) == before + 1;
        until(shown, "the new generation is followed").await;
    }
}
