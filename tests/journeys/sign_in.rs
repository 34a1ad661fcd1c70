//! Coming in: by whom, how often one may try, and what the browser is given.

use cartera::auth::PUBLIC_DOCUMENTS;
use cartera_tests::world::PASSWORD;
use cartera_tests::{Answer, TestWorld};
use serde_json::{Value, json};

const SIGN_IN: &str = PUBLIC_DOCUMENTS[0];
const WHO: &str = "{ viewer { user { name email } role reach permissions teams { name } } }";

async fn try_it(world: &TestWorld, email: &str, password: &str) -> Answer {
    let variables = json!({ "input": { "email": email, "password": password } });
    world.anonymous().ask(SIGN_IN, variables).await
}

#[tokio::test]
async fn everybody_is_who_they_are() {
    let world = TestWorld::start().await;
    let mar = world.mar.get(WHO, json!({})).await;
    assert_eq!(mar["viewer"]["user"]["name"], "Mar");
    assert_eq!(mar["viewer"]["role"], "MANAGER");
    assert_eq!(mar["viewer"]["reach"], "TEAM");
    let teams = mar["viewer"]["teams"].as_array().unwrap();
    assert_eq!(teams.len(), 2, "{mar}");
}

#[tokio::test]
async fn wrong_unknown_and_deactivated_get_the_same_answer() {
    let world = TestWorld::start().await;
    let input = json!({ "userId": world.iu.id });
    world.anna.say("deactivateUser", input, "").await;
    let without = json!({ "name": "Pau", "email": "pau@tramuntana.example", "role": "DIRECTOR" });
    world.anna.say("registerUser", without, "").await;
    let wrong = try_it(&world, &world.nil.email, "not the password").await;
    assert_eq!(
        wrong.body["data"]["signIn"]["userErrors"][0]["code"],
        "CREDENTIALS_WRONG"
    );
    for email in [
        "nobody@tramuntana.example",
        "no address at all",
        &world.iu.email,
        "pau@tramuntana.example",
    ] {
        let answer = try_it(&world, email, PASSWORD).await;
        assert_eq!(answer, wrong, "{email}");
    }
    let right = try_it(&world, &world.nil.email.to_uppercase(), PASSWORD).await;
    assert_eq!(
        right.body["data"]["signIn"]["viewer"]["user"]["name"],
        "Nil"
    );
}

#[tokio::test]
async fn an_account_is_tried_ten_times_in_a_quarter_of_an_hour() {
    let world = TestWorld::start().await;
    let code = |answer: &Answer| {
        let refused = &answer.body["data"]["signIn"]["userErrors"][0]["code"];
        answer
            .code()
            .or_else(|| refused.as_str().map(str::to_owned))
    };
    for email in [&world.nil.email, "nobody@tramuntana.example"] {
        for _attempt in 0..10 {
            let answer = try_it(&world, email, "not the password").await;
            assert_eq!(code(&answer).as_deref(), Some("CREDENTIALS_WRONG"));
        }
        // The right password is not looked at any more either.
        let answer = try_it(&world, email, PASSWORD).await;
        assert_eq!(code(&answer).as_deref(), Some("RATE_LIMITED"), "{email}");
        let extensions = &answer.body["errors"][0]["extensions"];
        assert_eq!(extensions["retryable"], true);
        let wait = extensions["retryAfterSeconds"].as_u64().unwrap();
        assert!((1..=900).contains(&wait), "{wait}");
    }
    let other = try_it(&world, &world.berta.email, PASSWORD).await;
    assert_eq!(code(&other), None, "another account is not concerned");
}

#[tokio::test]
async fn a_source_tries_sixty_times_in_a_quarter_of_an_hour_whatever_the_account() {
    let world = TestWorld::start().await;
    // Nobody's secret looks like this, so each attempt costs no hash; links share the count of their source.
    let attempt = async || {
        let input = json!({ "link": "nonsense", "password": PASSWORD });
        let variables = json!({ "input": input });
        world.anonymous().ask(PUBLIC_DOCUMENTS[1], variables).await
    };
    let mut tried = 0;
    while attempt().await.code().is_none() {
        tried += 1;
        assert!(tried <= 60, "the source is never told to wait");
    }
    // The links of the company's seven users were counted as well.
    assert!((60 - 7..=60).contains(&tried), "{tried}");
    let answer = try_it(&world, &world.nil.email, PASSWORD).await;
    assert_eq!(answer.code().as_deref(), Some("RATE_LIMITED"));
}

#[tokio::test]
async fn a_right_password_makes_the_wrong_ones_before_it_forgotten() {
    let world = TestWorld::start().await;
    for _round in 0..3 {
        for _attempt in 0..4 {
            try_it(&world, &world.nil.email, "not the password").await;
        }
        let right = try_it(&world, &world.nil.email, PASSWORD).await;
        assert_eq!(
            right.body["data"]["signIn"]["viewer"]["user"]["name"],
            "Nil"
        );
    }
}

#[tokio::test]
async fn every_sign_in_gives_a_session_of_its_own_in_a_strict_cookie() {
    let world = TestWorld::start().await;
    let input = json!({ "email": world.nil.email, "password": PASSWORD });
    let body = json!({ "query": SIGN_IN, "variables": { "input": input } });
    let (_, old) = world.nil.credential_header().unwrap();
    // As a browser would that somebody else had given a session to beforehand.
    let response = reqwest::Client::new()
        .post(format!("{}/graphql", world.url))
        .header("cookie", &old)
        .json(&body)
        .send()
        .await
        .unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    let mut parts = cookie.split("; ");
    let session = parts.next().unwrap();
    assert_ne!(session, old, "a session is never taken over");
    let attributes: Vec<&str> = parts.collect();
    assert_eq!(
        attributes,
        ["Path=/", "Max-Age=2592000", "HttpOnly", "SameSite=Strict"]
    );
    let nil = world.anonymous().with_session(session);
    let signed_out = "mutation { signOut { done } }";
    let (_, cleared) = nil.send(signed_out, json!({})).await;
    assert_eq!(cleared.as_deref(), Some("cartera="));
}

#[tokio::test]
async fn a_link_works_once_and_an_older_one_no_more() {
    let world = TestWorld::start().await;
    let document = "mutation($user: ID!) { createSignInLink(userId: $user) { link } }";
    let variables = json!({ "user": world.nil.id });
    let link = async || {
        let made = world.anna.get(document, variables.clone()).await;
        made["createSignInLink"]["link"].clone()
    };
    let (older, newer) = (link().await, link().await);
    let redeem = async |link: &Value| {
        let input = json!({ "link": link, "password": "another one for the tests" });
        let variables = json!({ "input": input });
        let answer = world.anonymous().ask(PUBLIC_DOCUMENTS[1], variables).await;
        answer.body["data"]["useSignInLink"]["userErrors"][0]["code"].clone()
    };
    assert_eq!(redeem(&older).await, "LINK_INVALID");
    assert_eq!(redeem(&newer).await, Value::Null);
    assert_eq!(redeem(&newer).await, "LINK_INVALID");
    let answer = world.nil.ask(WHO, json!({})).await;
    assert_eq!(
        answer.code().as_deref(),
        Some("UNAUTHENTICATED"),
        "a new password ends the sessions"
    );
}
