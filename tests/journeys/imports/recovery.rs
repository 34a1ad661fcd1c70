//! An import survives its node.

use std::time::Duration;

use cartera_tests::program::MASTER_KEY_VARIABLE;
use cartera_tests::world::MASTER_KEY;
use cartera_tests::{Program, TestWorld};
use serde_json::{Value, json};

use super::*;

/// What is promised for a clean end.
const END_TIME: Duration = Duration::from_secs(5);
const RECORDS: usize = 12_000;

async fn serve(world: &TestWorld) -> Program {
    Program::serve(|command| {
        command
            .env("DATABASE_URL", world.database.url())
            .env(MASTER_KEY_VARIABLE, MASTER_KEY)
            .env("CARTERA_PUBLIC_URL", "http://localhost")
    })
    .await
}

/// Starts an import and waits until some of it is in.
async fn half_way(world: &TestWorld, program: &Program) -> Value {
    let anna = world.anna.at(&program.url);
    let file = uploaded(&anna, "clients.csv", clients(RECORDS)).await;
    let job = start(&anna, &wanted(&file)).await;
    let begun = |job: &Value| job["accepted"].as_i64() > Some(0);
    let job = reached(&anna, &job["id"], "begun", begun).await;
    assert_eq!(job["state"], "RUNNING", "it is under way");
    job["id"].clone()
}

/// Another program goes on with it; every record is in once, and counted as accepted.
async fn goes_on(world: &TestWorld, id: &Value) {
    let program = serve(world).await;
    let job = finished(&world.anna.at(&program.url), id).await;
    let all = i64::try_from(RECORDS).unwrap();
    assert_eq!(
        (&job["accepted"], &job["alreadyThere"], &job["refused"]),
        (&json!(all), &json!(0), &json!(0)),
        "{job}"
    );
    assert_eq!(registered(world).await, (all, all), "each record once");
    let verified = world.service.bus.journal().verify(&[]).await.unwrap();
    assert_eq!(verified.problem, None);
}

#[tokio::test]
async fn a_killed_service_s_import_is_taken_up_by_the_next_one() {
    let world = TestWorld::start().await;
    let mut program = serve(&world).await;
    let id = half_way(&world, &program).await;
    program.signal("-KILL");
    program.wait();
    let (written, _) = registered(&world).await;
    assert!(
        0 < written && written < i64::try_from(RECORDS).unwrap(),
        "{written}"
    );
    goes_on(&world, &id).await;
}

#[tokio::test]
async fn a_stopping_service_lets_go_of_its_import() {
    let world = TestWorld::start().await;
    let mut program = serve(&world).await;
    let id = half_way(&world, &program).await;
    program.signal("-TERM");
    let (status, time) = program.wait();
    assert!(status.success());
    assert!(time < END_TIME, "it took {time:?}");
    let now = job(&world.anna, &id).await;
    assert_eq!(now["state"], "QUEUED", "another may take it at once");
    goes_on(&world, &id).await;
}
