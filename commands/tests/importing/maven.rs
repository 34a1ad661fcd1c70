//! The whole of `01_maven_crm`, twice.

use cartera_commands::importing::Mode;

use crate::world::{World, shared};

#[tokio::test]
async fn the_maven_files_go_in_once_and_the_second_time_add_nothing() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("01_maven_crm");
    let files = [
        ("maven/teams.toml", "sales_teams.csv", 35),
        ("maven/products.toml", "products.csv", 7),
        ("maven/accounts.toml", "accounts.csv", 85),
        ("maven/pipeline.toml", "sales_pipeline.csv", 8_800),
    ];
    let world = World::new().await;
    for (profile, file, records) in files {
        let before = world.events().await;
        let (dry, _) = world
            .import(profile, &folder.join(file), Mode::DryRun)
            .await;
        assert_eq!(world.events().await, before, "a dry run writes nothing");
        let (summary, refused) = world.import(profile, &folder.join(file), Mode::Write).await;
        assert_eq!(
            (summary.progress.created, summary.progress.refused),
            (records, 0),
            "{file}: {refused}"
        );
        assert_eq!(
            (dry.progress, dry.refusals),
            (summary.progress, summary.refusals),
            "{file}: the dry run said the same"
        );
    }
    let once = world.events().await;
    for (profile, file, records) in files {
        let (summary, _) = world.import(profile, &folder.join(file), Mode::Write).await;
        assert_eq!(
            (summary.progress.unchanged, summary.progress.events),
            (records, 0),
            "{file}"
        );
    }
    assert_eq!(world.events().await, once);
}
