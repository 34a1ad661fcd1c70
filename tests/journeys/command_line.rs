//! What the operator does: the program's commands, the schema, ways in for users and programs.

use std::process::{Command, Output};

use cartera::auth::PUBLIC_DOCUMENTS;
use cartera_tests::world::MASTER_KEY;
use cartera_tests::{TestWorld, program};
use serde_json::json;

const SCHEMA: &str = include_str!("../../api/schema.graphql");

async fn run(arguments: &[&str], settings: impl FnOnce(&mut Command)) -> Output {
    let mut command = program::command();
    command.args(arguments);
    settings(&mut command);
    program::run(command).await
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("the program says text")
}

/// Runs a command on the company's database, as its operator.
async fn operate(world: &TestWorld, arguments: &[&str]) -> Output {
    run(arguments, |command| {
        command
            .env("DATABASE_URL", world.database.url())
            .env("CARTERA_MASTER_KEY", MASTER_KEY);
    })
    .await
}

#[tokio::test]
async fn help_lists_every_command() {
    let output = run(&["--help"], |_| {}).await;
    assert!(output.status.success());
    let help = said(&output);
    for command in [
        "serve",
        "migrate",
        "import",
        "demo",
        "schema",
        "sbom",
        "projections",
        "audit",
        "backup",
        "restore",
        "user",
        "token",
        "bench",
    ] {
        let listed = help
            .lines()
            .any(|line| line.trim_start().split(' ').next() == Some(command));
        assert!(listed, "{command} is not in {help}");
    }
    for (command, below) in [
        ("projections", &["status", "rebuild", "verify"][..]),
        ("audit", &["verify"]),
    ] {
        let help = said(&run(&[command, "--help"], |_| {}).await);
        for below in below {
            assert!(help.contains(below), "{command} {below} is not in {help}");
        }
    }
}

#[tokio::test]
async fn the_schema_is_printed_without_a_database() {
    let output = run(&["schema"], |_| {}).await;
    assert!(output.status.success());
    assert_eq!(said(&output).trim_end(), SCHEMA.trim_end());
}

#[tokio::test]
async fn a_link_from_the_command_line_lets_its_user_choose_a_password() {
    let world = TestWorld::start().await;
    let output = operate(&world, &["user", &world.nil.email]).await;
    assert!(output.status.success(), "{output:?}");
    let link = said(&output);
    let (_, secret) = link.trim_end().split_once('#').expect("the link's secret");
    let input = json!({ "link": secret, "password": "another one for the tests" });
    let answer = world
        .anonymous()
        .ask(PUBLIC_DOCUMENTS[1], json!({ "input": input }))
        .await;
    let viewer = &answer.body["data"]["useSignInLink"]["viewer"];
    assert_eq!(viewer["user"]["name"], "Nil", "{}", answer.body);
}

#[tokio::test]
async fn a_key_from_the_command_line_acts_in_its_users_name() {
    let world = TestWorld::start().await;
    let output = operate(&world, &["token", &world.mar.email, "nightly export"]).await;
    assert!(output.status.success(), "{output:?}");
    let key = world.anonymous().with_key(said(&output).trim_end());
    let viewer = key
        .get("{ viewer { user { name } role } }", json!({}))
        .await;
    assert_eq!(viewer["viewer"]["user"]["name"], "Mar");
    let keys = world.mar.get("{ apiKeys { name } }", json!({})).await;
    assert_eq!(keys["apiKeys"][0]["name"], "nightly export");
}

#[tokio::test]
async fn nobody_gets_a_way_in_who_is_not_there() {
    let world = TestWorld::start().await;
    let input = json!({ "userId": world.iu.id });
    world.anna.say("deactivateUser", input, "").await;
    for arguments in [
        &["user", "nobody@tramuntana.example"][..],
        &["user", &world.iu.email],
        &["token", &world.iu.email, "nightly export"],
        &["user", "no address"],
        &["token", &world.mar.email],
    ] {
        let output = operate(&world, arguments).await;
        assert!(!output.status.success(), "{arguments:?}");
        assert_eq!(said(&output), "", "{arguments:?}");
        assert!(
            !output.stderr.is_empty(),
            "{arguments:?} is refused in silence"
        );
    }
}
