//! Files of more records than are planned and written together.

use std::fmt::Write as _;

use cartera_commands::Caller;
use cartera_commands::importing::{Import, Mode, Profile, Summary};

use crate::world::World;

const PIPELINE: &str = r#"
    [pipeline]
    name = "Steps"
    stages = [
        { name = "A", category = "open" },
        { name = "B", category = "open" },
        { name = "C", category = "open" },
        { name = "Won", category = "won" },
        { name = "Lost", category = "lost" },
    ]
"#;

const OPPORTUNITIES: &str = r#"
    name = "opportunities"
    source = "test"
    record = "opportunity"
    key = ["id"]
    create = ["clients", "users"]
    [fields]
    stage = { value = "A" }
    client = "client"
    owner = "owner"
"#;

const HISTORY: &str = r#"
    name = "history"
    source = "test"
    record = "stage_history"
    key = ["step"]
    [fields]
    opportunity = "id"
    stage = "stage"
"#;

async fn import(world: &World, profile: &str, content: &str) -> Summary {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    let profile = Profile::parse(&format!("{profile}{PIPELINE}")).unwrap();
    let import = Import::new(&world.bus, &profile, &Caller::Operator, Mode::Write).unwrap();
    let run = import.run(file.path(), std::io::sink(), |_progress| ());
    run.await.unwrap()
}

#[tokio::test]
async fn a_record_that_leans_on_the_batch_before_is_decided_on_what_that_left() {
    let world = World::new().await;
    let (mut opportunities, mut steps) =
        ("id,client,owner\n".to_owned(), "step,id,stage\n".to_owned());
    for id in 1..=1_000 {
        writeln!(opportunities, "{id},Client {},Nil", id % 400).unwrap();
        writeln!(steps, "{id},{id},B").unwrap();
    }
    // Planned while the first thousand are written, on the versions before.
    steps.push_str("1001,1,C\n1002,2,C\n1003,3,B\n");
    let summary = import(&world, OPPORTUNITIES, &opportunities).await;
    // A pipeline, a user, and clients are created once for all that name them.
    assert_eq!(summary.progress.events, 1_000 + 1 + 1 + 400, "{summary:?}");
    let summary = import(&world, HISTORY, &steps).await;
    let told = summary.progress;
    assert_eq!((told.updated, told.unchanged, told.refused), (1_002, 1, 0));
    assert_eq!(told.events, 1_002);
    let head = world.events().await;
    let again = import(&world, HISTORY, &steps).await.progress;
    assert_eq!((again.events, again.refused), (0, 0), "{again:?}");
    assert_eq!(world.events().await, head);
}
