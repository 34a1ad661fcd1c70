//! Users and their teams: who comes, who leaves, and what moves do to what is seen.

use cartera::auth::PUBLIC_DOCUMENTS;
use cartera::scalars::AnyGlobalId;
use cartera_domain::ids::{TeamId, TypedId};
use cartera_tests::world::PASSWORD;
use cartera_tests::{GraphQl, TestWorld};
use serde_json::{Value, json};

const USER: &str = "user { id name email role active locale team { name } version } version";
const TEAM: &str = "team { id name office worksAt disbanded parent { name } manager { name } }";

#[tokio::test]
async fn a_user_is_taken_in_comes_in_by_a_link_leaves_and_comes_back() {
    let world = TestWorld::start().await;
    let team = global(world.coast);
    let input = json!({ "name": "Pau", "email": "pau@tramuntana.example", "role": "SALESPERSON",
        "teamId": team, "locale": "CA" });
    let payload = world.anna.say("registerUser", input, USER).await;
    let user = payload["user"].clone();
    assert_eq!(user["team"]["name"], "Coast");
    let pau = welcome(&world, &user["id"]).await;
    let who = "{ viewer { user { name } role locale } }";
    let viewer = pau.get(who, json!({})).await["viewer"].clone();
    assert_eq!(
        (&viewer["user"]["name"], &viewer["locale"]),
        (&json!("Pau"), &json!("CA"))
    );
    let input = json!({ "userId": user["id"] });
    let payload = world.anna.say("deactivateUser", input.clone(), USER).await;
    assert_eq!(payload["user"]["active"], false);
    let answer = pau.ask(who, json!({})).await;
    assert_eq!(answer.code().as_deref(), Some("UNAUTHENTICATED"));
    assert_eq!(sign_in(&world, "pau@tramuntana.example").await, None);
    let payload = world.anna.say("reactivateUser", input, USER).await;
    assert_eq!(payload["user"]["active"], true);
    let name = sign_in(&world, "pau@tramuntana.example").await;
    assert_eq!(name.as_deref(), Some("Pau"));
}

#[tokio::test]
async fn what_is_known_of_a_user_changes_by_intention() {
    let world = TestWorld::start().await;
    let say = async |mutation: &str, mut input: Value| {
        input["userId"] = world.berta.id.clone().into();
        world.anna.say(mutation, input, USER).await["user"].clone()
    };
    let renamed = say("renameUser", json!({ "name": "Berta Roig" })).await;
    assert_eq!(renamed["name"], "Berta Roig");
    let moved = say("moveUserToTeam", json!({ "teamId": null })).await;
    assert_eq!(moved["team"], Value::Null);
    let promoted = say("changeUserRole", json!({ "role": "MANAGER" })).await;
    assert_eq!(promoted["role"], "MANAGER");
    let locale = say("changeUserLocale", json!({ "locale": "CA" })).await;
    assert_eq!(locale["locale"], "CA");
    let new = "roig@tramuntana.example";
    say("changeUserEmail", json!({ "email": new })).await;
    assert_eq!(
        sign_in(&world, &world.berta.email).await,
        None,
        "the old address is nobody's"
    );
    assert_eq!(sign_in(&world, new).await.as_deref(), Some("Berta Roig"));
    let own = json!({ "userId": world.nil.id, "locale": "ES" });
    world.nil.say("changeUserLocale", own, "").await;
}

#[tokio::test]
async fn the_last_administrator_stays_one() {
    let world = TestWorld::start().await;
    let user = json!({ "userId": world.anna.id });
    let mut demotion = user.clone();
    demotion["role"] = "DIRECTOR".into();
    let refused =
        async |mutation: &str, input: &Value| world.anna.refused(mutation, input.clone()).await.0;
    assert_eq!(refused("deactivateUser", &user).await, "LAST_ADMINISTRATOR");
    assert_eq!(
        refused("changeUserRole", &demotion).await,
        "LAST_ADMINISTRATOR"
    );
    let promotion = json!({ "userId": world.didac.id, "role": "ADMINISTRATOR" });
    world.anna.say("changeUserRole", promotion, "").await;
    let payload = world.anna.say("changeUserRole", demotion, USER).await;
    assert_eq!(payload["user"]["role"], "DIRECTOR");
}

#[tokio::test]
async fn of_two_administrators_who_leave_at_once_one_stays() {
    let world = TestWorld::start().await;
    let promotion = json!({ "userId": world.didac.id, "role": "ADMINISTRATOR" });
    world.anna.say("changeUserRole", promotion, "").await;
    let leave = async |who: &GraphQl, id: &str| {
        let document = "mutation($input: UserInput!) { deactivateUser(input: $input) { userErrors { code } } }";
        let input = json!({ "commandId": cartera_tests::graphql::command_id(), "userId": id });
        who.ask(document, json!({ "input": input })).await.body
    };
    let (anna, didac) = tokio::join!(
        leave(&world.anna, &world.anna.id),
        leave(&world.didac, &world.didac.id)
    );
    let left = [&anna, &didac]
        .iter()
        .filter(|answer| answer["data"]["deactivateUser"]["userErrors"] == json!([]))
        .count();
    assert_eq!(left, 1, "{anna} {didac}");
}

#[tokio::test]
async fn teams_are_a_tree() {
    let world = TestWorld::start().await;
    let (north, coast) = (global(world.north), global(world.coast));
    let input = json!({ "name": "Girona", "parentId": north, "managerId": world.berta.id, "office": "Girona" });
    let payload = world.anna.say("formTeam", input, TEAM).await;
    let girona = payload["team"]["id"].clone();
    assert_eq!(payload["team"]["parent"]["name"], "North");
    let say = async |mutation: &str, input: Value| {
        world.anna.say(mutation, input, TEAM).await["team"].clone()
    };
    let moved = say("moveTeam", json!({ "teamId": coast, "parentId": girona })).await;
    assert_eq!(moved["parent"]["name"], "Girona");
    assert_eq!(moved["worksAt"], "Girona", "the office of the team above");
    let circle = json!({ "teamId": north, "parentId": coast });
    assert_eq!(
        world.anna.refused("moveTeam", circle).await.0,
        "TEAM_CIRCLE"
    );
    let renamed = say("renameTeam", json!({ "teamId": girona, "name": "Gironès" })).await;
    assert_eq!(renamed["name"], "Gironès");
    let appointed = say(
        "appointTeamManager",
        json!({ "teamId": girona, "managerId": null }),
    )
    .await;
    assert_eq!(appointed["manager"], Value::Null);
    let office = json!({ "teamId": coast, "office": "Roses" });
    let office = say("changeTeamOffice", office).await;
    assert_eq!(office["worksAt"], "Roses");
    let input = json!({ "teamId": girona });
    assert_eq!(
        world.anna.refused("disbandTeam", input.clone()).await.0,
        "TEAM_HAS_TEAMS_BELOW"
    );
    say("moveTeam", json!({ "teamId": coast, "parentId": null })).await;
    let disbanded = say("disbandTeam", input).await;
    assert_eq!(disbanded["disbanded"], true);
}

#[tokio::test]
async fn who_moves_takes_the_own_rows_along() {
    let world = TestWorld::start().await;
    let lead = json!({ "details": { "companyName": "Ferros Puig" } });
    world.nil.make("registerLead", "lead", lead).await;
    world.caught_up().await;
    let seen_by_mar = async || {
        world.caught_up().await;
        let list = "{ leads { totalCount edges { node { name } } } }";
        let leads = world.mar.get(list, json!({})).await;
        leads["leads"]["totalCount"].as_u64().unwrap()
    };
    assert_eq!(seen_by_mar().await, 1, "Mar leads the team above Nil's");
    let input = json!({ "userId": world.nil.id, "teamId": null });
    world.anna.say("moveUserToTeam", input, USER).await;
    assert_eq!(seen_by_mar().await, 0, "Nil left Mar's teams");
    let input = json!({ "userId": world.nil.id, "teamId": global(world.coast) });
    world.anna.say("moveUserToTeam", input, USER).await;
    assert_eq!(seen_by_mar().await, 1);
    let input = json!({ "teamId": global(world.coast), "parentId": null });
    world.anna.say("moveTeam", input, TEAM).await;
    assert_eq!(seen_by_mar().await, 0, "Nil's team left Mar's");
    let input = json!({ "teamId": global(world.coast), "managerId": world.mar.id });
    world.anna.say("appointTeamManager", input, TEAM).await;
    assert_eq!(seen_by_mar().await, 1, "Mar leads Nil's team");
}

#[tokio::test]
async fn a_team_or_manager_that_is_not_there_is_refused() {
    let world = TestWorld::start().await;
    let nowhere = AnyGlobalId::render("Team", uuid::Uuid::from_u128(42));
    let nobody = AnyGlobalId::render("User", uuid::Uuid::from_u128(42));
    let coast = global(world.coast);
    for (mutation, input) in [
        (
            "registerUser",
            json!({ "name": "Pau", "role": "SALESPERSON", "teamId": nowhere }),
        ),
        (
            "moveUserToTeam",
            json!({ "userId": world.nil.id, "teamId": nowhere }),
        ),
        ("formTeam", json!({ "name": "Girona", "parentId": nowhere })),
        ("formTeam", json!({ "name": "Girona", "managerId": nobody })),
        (
            "appointTeamManager",
            json!({ "teamId": coast, "managerId": nobody }),
        ),
        ("moveTeam", json!({ "teamId": coast, "parentId": nowhere })),
    ] {
        let (code, _) = world.anna.refused(mutation, input).await;
        let expected = ["TEAM_NOT_FOUND", "NOT_FOUND"];
        assert!(expected.contains(&code.as_str()), "{mutation}: {code}");
    }
}

fn global(team: TeamId) -> String {
    AnyGlobalId::render("Team", team.as_uuid())
}

/// Signs in; the name of who came in.
async fn sign_in(world: &TestWorld, email: &str) -> Option<String> {
    let variables = json!({ "input": { "email": email, "password": PASSWORD } });
    let answer = world.anonymous().ask(PUBLIC_DOCUMENTS[0], variables).await;
    let viewer = &answer.body["data"]["signIn"]["viewer"];
    viewer["user"]["name"].as_str().map(str::to_owned)
}

/// Comes in by a link that the administrator made.
async fn welcome(world: &TestWorld, user: &Value) -> GraphQl {
    let document =
        "mutation($user: ID!) { createSignInLink(userId: $user) { link userErrors { code } } }";
    let made = world.anna.get(document, json!({ "user": user })).await;
    let input = json!({ "link": made["createSignInLink"]["link"], "password": PASSWORD });
    let (_, cookie) = world
        .anonymous()
        .send(PUBLIC_DOCUMENTS[1], json!({ "input": input }))
        .await;
    world
        .anonymous()
        .with_session(cookie.expect("a session's cookie"))
}
