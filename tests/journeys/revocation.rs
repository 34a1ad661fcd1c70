//! Rights that end while somebody is at work: the next request is refused, and open sockets close within a second.

use std::time::{Duration, Instant};

use cartera::auth::PUBLIC_DOCUMENTS;
use cartera_tests::world::PASSWORD;
use cartera_tests::{GraphQl, Person, Socket, TestWorld};
use serde_json::{Value, json};

const WHO: &str = "{ viewer { role permissions } }";
const CHANGES: &str = "subscription { changes { position } }";
const WITHIN: Duration = Duration::from_secs(1);

/// A socket on which a subscription runs.
async fn listening(who: &GraphQl) -> Socket {
    let mut socket = Socket::open(who).await;
    socket.subscribe("1", CHANGES, json!({})).await;
    socket
}

#[track_caller]
fn assert_soon(code: u16, since: Instant) {
    assert_eq!(code, 4401);
    let took = since.elapsed();
    assert!(took <= WITHIN, "closed after {took:?}");
}

async fn assert_nobody(who: &GraphQl) {
    let answer = who.ask(WHO, json!({})).await;
    assert_eq!(answer.code().as_deref(), Some("UNAUTHENTICATED"));
}

/// Another session of somebody.
async fn sign_in(world: &TestWorld, who: &Person) -> GraphQl {
    let variables = json!({ "input": { "email": who.email, "password": PASSWORD } });
    let (_, cookie) = world.anonymous().send(PUBLIC_DOCUMENTS[0], variables).await;
    world.anonymous().with_session(cookie.expect("a session"))
}

async fn key_of(who: &GraphQl, world: &TestWorld, permissions: Value) -> (GraphQl, String) {
    let document = "mutation($input: CreateApiKeyInput!) {
        createApiKey(input: $input) { apiKey { id } secret userErrors { code } } }";
    let input = json!({ "name": "nightly", "permissions": permissions });
    let made = who.get(document, json!({ "input": input })).await;
    let made = &made["createApiKey"];
    let key = world
        .anonymous()
        .with_key(made["secret"].as_str().expect("a secret"));
    (
        key,
        made["apiKey"]["id"].as_str().expect("an id").to_owned(),
    )
}

#[tokio::test]
async fn signing_out_ends_the_session_and_its_socket_and_no_other() {
    let world = TestWorld::start().await;
    let other = sign_in(&world, &world.nil).await;
    let mut socket = listening(&world.nil).await;
    let since = Instant::now();
    world
        .nil
        .get("mutation { signOut { done } }", json!({}))
        .await;
    assert_soon(socket.closed().await, since);
    assert_nobody(&world.nil).await;
    other.get(WHO, json!({})).await;
}

#[tokio::test]
async fn another_session_of_ones_own_can_be_ended() {
    let world = TestWorld::start().await;
    let other = sign_in(&world, &world.nil).await;
    let list = "{ sessions { id current } }";
    let sessions = other.get(list, json!({})).await;
    let sessions = sessions["sessions"].as_array().unwrap();
    let first = sessions.iter().find(|one| one["current"] == false).unwrap();
    let mut socket = listening(&world.nil).await;
    let since = Instant::now();
    let end = "mutation($id: ID!) { endSession(id: $id) { done } }";
    other.get(end, json!({ "id": first["id"] })).await;
    assert_soon(socket.closed().await, since);
    assert_nobody(&world.nil).await;
    let foreign = world.berta.ask(end, json!({ "id": first["id"] })).await;
    assert_eq!(foreign.code().as_deref(), Some("NOT_FOUND"));
}

#[tokio::test]
async fn another_password_ends_the_other_sessions() {
    let world = TestWorld::start().await;
    let other = sign_in(&world, &world.nil).await;
    let change =
        "mutation($input: ChangePasswordInput!) { changePassword(input: $input) { done } }";
    let input = json!({ "currentPassword": PASSWORD, "newPassword": "another one for the tests" });
    let changed = other.get(change, json!({ "input": input })).await;
    assert_eq!(changed["changePassword"]["done"], true);
    assert_nobody(&world.nil).await;
    other.get(WHO, json!({})).await;
}

#[tokio::test]
async fn a_deactivated_users_sessions_keys_and_sockets_end() {
    let world = TestWorld::start().await;
    let (key, _) = key_of(&world.nil, &world, Value::Null).await;
    let mut sockets = [listening(&world.nil).await, listening(&key).await];
    let since = Instant::now();
    let input = json!({ "userId": world.nil.id });
    world.anna.say("deactivateUser", input, "").await;
    assert_nobody(&world.nil).await;
    assert_nobody(&key).await;
    for socket in &mut sockets {
        assert_soon(socket.closed().await, since);
    }
}

#[tokio::test]
async fn a_revoked_key_is_nobodys() {
    let world = TestWorld::start().await;
    let (key, id) = key_of(&world.nil, &world, Value::Null).await;
    let mut socket = listening(&key).await;
    let since = Instant::now();
    let revoke =
        "mutation($id: ID!) { revokeApiKey(id: $id) { apiKey { revokedAt } userErrors { code } } }";
    let foreign = world.berta.ask(revoke, json!({ "id": id })).await;
    assert_eq!(foreign.code().as_deref(), Some("NOT_FOUND"));
    world.nil.get(revoke, json!({ "id": id })).await;
    assert_soon(socket.closed().await, since);
    assert_nobody(&key).await;
}

#[tokio::test]
async fn another_role_holds_from_the_next_request_on_and_closes_open_sockets() {
    let world = TestWorld::start().await;
    let mut socket = listening(&world.didac).await;
    let since = Instant::now();
    let input = json!({ "userId": world.didac.id, "role": "SALESPERSON" });
    world.anna.say("changeUserRole", input, "").await;
    let viewer = world.didac.get(WHO, json!({})).await;
    assert_eq!(viewer["viewer"]["role"], "SALESPERSON");
    let product = json!({ "code": "B-1", "details": { "name": "Beam" } });
    assert_eq!(
        world.didac.error("registerProduct", product).await,
        "FORBIDDEN"
    );
    assert_soon(socket.closed().await, since);
}

#[tokio::test]
async fn another_team_holds_from_the_next_request_on() {
    let world = TestWorld::start().await;
    let mut socket = listening(&world.mar).await;
    let since = Instant::now();
    let input = json!({ "userId": world.nil.id, "teamId": null });
    world.anna.say("moveUserToTeam", input, "").await;
    assert_soon(socket.closed().await, since);
}

#[tokio::test]
async fn a_key_may_do_less_than_its_user_and_never_more() {
    let world = TestWorld::start().await;
    let wanted = json!(["READ_SALES", "MANAGE_USERS"]);
    let (key, _) = key_of(&world.nil, &world, wanted).await;
    let viewer = key.get(WHO, json!({})).await;
    assert_eq!(viewer["viewer"]["permissions"], json!(["READ_SALES"]));
    key.get("{ leads { totalCount } }", json!({})).await;
    let lead = json!({ "details": { "companyName": "Ferros Puig" } });
    assert_eq!(key.error("registerLead", lead).await, "FORBIDDEN");
    let user = json!({ "name": "Pau", "role": "DIRECTOR" });
    assert_eq!(key.error("registerUser", user).await, "FORBIDDEN");
    for document in [
        "{ users { totalCount } }",
        "{ sessions { id } }",
        "{ apiKeys { id } }",
        "mutation { endSession(id: \"no id\") { done } }",
        "mutation { revokeApiKey(id: \"no id\") { secret } }",
        "mutation { signOut { done } }",
        "mutation { createApiKey(input: { name: \"more\" }) { secret } }",
        "mutation { changePassword(input: { currentPassword: \"a\", newPassword: \"b\" }) { done } }",
    ] {
        let answer = key.ask(document, json!({})).await;
        assert_eq!(answer.code().as_deref(), Some("FORBIDDEN"), "{document}");
    }
}

#[tokio::test]
async fn a_keys_secret_is_shown_once_and_no_table_holds_it_a_session_or_a_password() {
    let world = TestWorld::start().await;
    let document =
        "mutation { createApiKey(input: { name: \"nightly\" }) { secret apiKey { id } } }";
    let made = world.nil.get(document, json!({})).await;
    let key = made["createApiKey"]["secret"].as_str().unwrap();
    let list = "{ apiKeys { id name permissions createdAt lastUsedAt user { name } } }";
    let keys = world.nil.get(list, json!({})).await.to_string();
    assert!(keys.contains("nightly"), "{keys}");
    let (_, cookie) = world.nil.credential_header().expect("a session");
    let (_, session) = cookie.split_once('=').expect("a cookie");
    for secret in [random(key), random(session), PASSWORD] {
        assert!(!keys.contains(secret), "{keys}");
        assert_eq!(tables_with(&world, secret).await, Vec::<String>::new());
    }
    assert_eq!(
        tables_with(&world, "nightly").await,
        ["api_keys"],
        "the search finds what is there"
    );
}

/// The random part of a secret, which begins with what it is.
fn random(secret: &str) -> &str {
    let (kind, random) = secret.split_at(4);
    assert!(kind.starts_with("ct") && kind.ends_with('_'), "{kind}");
    random
}

/// The tables in which a text stands, plainly or as the bytes of it.
async fn tables_with(world: &TestWorld, text: &str) -> Vec<String> {
    let pool = &world.database.pool;
    let tables = "SELECT table_name::text FROM information_schema.tables
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(pool).await.unwrap();
    let mut found = vec![];
    for table in tables {
        let sql = format!(
            "SELECT count(*) FROM \"{table}\" AS t WHERE strpos(t::text, $1) > 0
                OR strpos(t::text, encode(convert_to($1, 'UTF8'), 'hex')) > 0"
        );
        let count: i64 = sqlx::query_scalar(&sql)
            .bind(text)
            .fetch_one(pool)
            .await
            .unwrap();
        if count > 0 {
            found.push(table);
        }
    }
    found
}
