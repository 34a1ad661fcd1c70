//! Coming in, staying in, being put out.

use cartera::auth::PUBLIC_DOCUMENTS;
use cartera_tests::TestWorld;
use cartera_tests::world::PASSWORD;
use serde_json::json;

const SIGN_IN: &str = PUBLIC_DOCUMENTS[0];
const WHO: &str = "{ viewer { user { name email } role reach permissions teams { name } } }";

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
async fn wrong_and_unknown_get_the_same_answer() {
    let world = TestWorld::start().await;
    let try_it = async |email: &str, password: &str| {
        let variables = json!({ "input": { "email": email, "password": password } });
        world.anonymous().ask(SIGN_IN, variables).await.body
    };
    let wrong = try_it(&world.nil.email, "not the password").await;
    let unknown = try_it("nobody@tramuntana.example", PASSWORD).await;
    assert_eq!(
        wrong["data"]["signIn"]["userErrors"][0]["code"],
        "CREDENTIALS_WRONG"
    );
    assert_eq!(wrong, unknown);
    let right = try_it(&world.nil.email, PASSWORD).await;
    assert_eq!(right["data"]["signIn"]["viewer"]["user"]["name"], "Nil");
}
