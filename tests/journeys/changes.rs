//! The subscription to changes: in order, without loss or doubles, to nobody who may not see them.

use cartera_tests::{GraphQl, Socket, TestWorld};
use serde_json::{Value, json};

const CHANGES: &str = "subscription($after: Position, $kinds: [SubjectKind!]) {
    changes(after: $after, kinds: $kinds) { position kind eventType subjectId } }";

/// A subscription of somebody from a position on.
struct Listening(Socket);

impl Listening {
    async fn from(who: &GraphQl, after: i64) -> Self {
        Self::to(who, json!({ "after": after })).await
    }

    async fn to(who: &GraphQl, variables: Value) -> Self {
        let mut socket = Socket::open(who).await;
        socket.subscribe("1", CHANGES, variables).await;
        Self(socket)
    }

    async fn next(&mut self) -> Value {
        let message = self.0.hear().await;
        assert_eq!(message["type"], "next", "{message}");
        message["payload"]["data"]["changes"].clone()
    }

    /// The changes up to one position.
    async fn until(&mut self, position: i64) -> Vec<i64> {
        let mut heard = vec![];
        while heard.last() != Some(&position) {
            heard.push(self.next().await["position"].as_i64().unwrap());
        }
        heard
    }
}

async fn head(world: &TestWorld) -> i64 {
    let journal = world.aura.get("{ journal { head } }", json!({})).await;
    journal["journal"]["head"].as_i64().unwrap()
}

async fn register(who: &GraphQl, name: &str) -> String {
    let input = json!({ "details": { "companyName": name } });
    who.make("registerLead", "lead", input).await
}

#[tokio::test]
async fn what_is_read_in_parts_is_what_is_read_at_once() {
    let world = TestWorld::start().await;
    let begin = head(&world).await;
    let mut parts = vec![];
    let mut listening = Listening::from(&world.anna, begin).await;
    for round in 0..6 {
        let lead = register(&world.nil, &format!("Ferros {round}")).await;
        world
            .nil
            .say("qualifyLead", json!({ "leadId": lead }), "")
            .await;
        // Every round the connection breaks, at times between two events that were said together.
        let heard = listening.until(begin + 2 * round + 1).await;
        let last = *heard.last().unwrap();
        parts.extend(heard);
        listening = Listening::from(&world.anna, last).await;
    }
    let end = head(&world).await;
    parts.extend(listening.until(end).await);
    let whole = Listening::from(&world.anna, begin).await.until(end).await;
    assert_eq!(parts, whole);
    assert_eq!(whole, (begin + 1..=end).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_change_comes_to_those_who_see_what_changed() {
    let world = TestWorld::start().await;
    let begin = head(&world).await;
    let people = [
        (&world.nil, true),
        (&world.berta, false),
        (&world.iu, false),
        (&world.mar, true),
        (&world.aura, true),
    ];
    let mut listening = vec![];
    for (who, sees) in people {
        listening.push((Listening::from(who, begin).await, sees));
    }
    let lead = register(&world.nil, "Ferros Puig").await;
    // What everybody sees ends the test for those who see nothing before it.
    let product = json!({ "code": "B-1", "details": { "name": "Beam" } });
    let product = world
        .didac
        .make("registerProduct", "product", product)
        .await;
    for (listening, sees) in &mut listening {
        let first = listening.next().await;
        if *sees {
            assert_eq!(first["subjectId"], lead);
            assert_eq!(listening.next().await["subjectId"], product);
        } else {
            assert_eq!(first["subjectId"], product);
        }
    }
}

#[tokio::test]
async fn a_change_of_hands_comes_to_who_sees_it_then() {
    let world = TestWorld::start().await;
    let lead = register(&world.nil, "Ferros Puig").await;
    let begin = head(&world).await;
    let mut berta = Listening::from(&world.berta, begin).await;
    let mut nil = Listening::from(&world.nil, begin).await;
    let input = json!({ "leadId": lead, "ownerId": world.berta.id });
    world.mar.say("assignLead", input, "lead { id }").await;
    assert_eq!(berta.next().await["eventType"], "lead_assigned");
    let own = register(&world.nil, "Ferros Vila").await;
    assert_eq!(nil.next().await["subjectId"], own, "the other is Berta's");
}

#[tokio::test]
async fn only_the_kinds_asked_for_come() {
    let world = TestWorld::start().await;
    let begin = head(&world).await;
    let wanted = json!({ "after": begin, "kinds": ["CLIENT"] });
    let mut listening = Listening::to(&world.nil, wanted).await;
    let lead = register(&world.nil, "Ferros Puig").await;
    world
        .nil
        .say("convertLead", json!({ "leadId": lead }), "lead { id }")
        .await;
    let change = listening.next().await;
    assert_eq!(
        (&change["kind"], &change["eventType"]),
        (&json!("CLIENT"), &json!("client_registered"))
    );
}

#[tokio::test]
async fn without_a_position_only_what_is_new_comes() {
    let world = TestWorld::start().await;
    register(&world.nil, "Ferros Puig").await;
    let begin = head(&world).await;
    let mut listening = Listening::to(&world.nil, json!({})).await;
    // Nobody is told when a subscription has begun: leads are registered until one is heard of.
    let change = loop {
        register(&world.nil, "Ferros Vila").await;
        let patience = std::time::Duration::from_millis(300);
        if let Ok(change) = tokio::time::timeout(patience, listening.next()).await {
            break change;
        }
    };
    assert!(change["position"].as_i64().unwrap() > begin, "{change}");
}
