use cartera_journal::{Journal, JournalError, Problem};
use sqlx::Executor;

use crate::world::{World, append, contacted, new_lead, random};

/// A log of five events in two streams.
async fn log(world: &World) -> Journal {
    let journal = world.node().await;
    let id = random();
    journal.append(new_lead(id)).await.unwrap();
    journal
        .append(append(id, 1, vec![contacted(), contacted()]))
        .await
        .unwrap();
    journal
        .append_many(vec![new_lead(random()), append(id, 3, vec![contacted()])])
        .await;
    journal
}

/// Does what the database refuses, as its owner can.
async fn vandalise(world: &World, change: &str) {
    let mut vandal = world.connection().await;
    vandal
        .execute("ALTER TABLE events DISABLE TRIGGER events_are_history")
        .await
        .unwrap();
    vandal.execute(change).await.unwrap();
}

#[tokio::test]
async fn what_was_written_verifies() {
    let world = World::new().await;
    let journal = world.node().await;
    let empty = journal.verify(&[]).await.unwrap();
    assert_eq!(
        (empty.events, empty.hash.as_str(), empty.problem),
        (0, "", None)
    );
    log(&world).await;
    let verified = journal.verify(&[]).await.unwrap();
    assert_eq!((verified.events, verified.problem), (5, None));
    let row = world
        .connection()
        .await
        .fetch_one("SELECT encode(hash, 'hex') FROM events WHERE position = 5")
        .await
        .unwrap();
    assert_eq!(verified.hash, sqlx::Row::get::<String, _>(&row, 0));
}

#[tokio::test]
async fn every_change_is_found_where_it_was_made() {
    let changes = [
        (
            "UPDATE events SET payload = '{\"forged\": true}' WHERE position = 3",
            3,
            Problem::Changed,
        ),
        (
            "UPDATE events SET metadata = metadata || '{\"actor\": \"user:00000000-0000-0000-0000-000000000001\"}' WHERE position = 2",
            2,
            Problem::Changed,
        ),
        (
            "UPDATE events SET recorded_at = recorded_at - interval '1 microsecond' WHERE position = 1",
            1,
            Problem::Changed,
        ),
        (
            "UPDATE events SET event_type = 'lead_qualified' WHERE position = 5",
            5,
            Problem::Changed,
        ),
        (
            "UPDATE events SET hash = sha256('') WHERE position = 4",
            4,
            Problem::Changed,
        ),
        ("DELETE FROM events WHERE position = 2", 2, Problem::Missing),
        ("DELETE FROM events WHERE position = 1", 1, Problem::Missing),
        (
            "UPDATE events SET position = CASE position WHEN 2 THEN 30 ELSE 2 END WHERE position IN (2, 3); UPDATE events SET position = 3 WHERE position = 30",
            2,
            Problem::Changed,
        ),
        (
            "INSERT INTO events SELECT 6, 9, now(), aggregate_type, aggregate_id, event_type, event_version, payload, metadata, hash FROM events WHERE position = 5",
            6,
            Problem::Changed,
        ),
    ];
    for (change, position, problem) in changes {
        let world = World::new().await;
        let journal = log(&world).await;
        vandalise(&world, change).await;
        assert_eq!(
            journal.verify(&[]).await.unwrap().problem,
            Some((position, problem)),
            "{change}"
        );
    }
}

#[tokio::test]
async fn an_end_that_was_cut_off_is_found_by_a_checkpoint() {
    let world = World::new().await;
    let journal = log(&world).await;
    let kept = journal.sign_checkpoint().await.unwrap().unwrap();
    assert_eq!(kept.position, 5);
    assert_eq!(
        journal.sign_checkpoint().await.unwrap(),
        None,
        "nothing was appended since"
    );
    vandalise(&world, "DELETE FROM events WHERE position = 5").await;
    assert_eq!(
        journal.verify(&[]).await.unwrap().problem,
        Some((5, Problem::Missing))
    );
    vandalise(&world, "DELETE FROM chain_checkpoints").await;
    assert_eq!(
        journal.verify(&[]).await.unwrap().problem,
        None,
        "the database alone does not know any more"
    );
    assert_eq!(
        journal.verify(&[kept]).await.unwrap().problem,
        Some((5, Problem::Missing)),
        "what was kept elsewhere does"
    );
}

#[tokio::test]
async fn a_log_that_was_computed_anew_is_found_by_a_checkpoint() {
    let world = World::new().await;
    let journal = log(&world).await;
    journal.sign_checkpoint().await.unwrap();
    // The forger drops the last event and lets the journal itself write another one with a good chain.
    vandalise(&world, "DELETE FROM events WHERE position = 5").await;
    world.node().await.append(new_lead(random())).await.unwrap();
    assert_eq!(
        journal.verify(&[]).await.unwrap().problem,
        Some((5, Problem::Checkpoint))
    );
}

#[tokio::test]
async fn a_checkpoint_that_was_forged_is_found() {
    let world = World::new().await;
    let journal = log(&world).await;
    let checkpoint = journal.sign_checkpoint().await.unwrap().unwrap();
    assert_eq!(checkpoint.verify(&journal.public_key()), Ok(()));
    assert!(checkpoint.verify(&[7; 32]).is_err());
    vandalise(
        &world,
        "UPDATE chain_checkpoints SET signed_at = signed_at + interval '1 day'",
    )
    .await;
    assert_eq!(
        journal.verify(&[]).await.unwrap().problem,
        Some((5, Problem::Signature))
    );
    assert!(
        journal.sign_checkpoint().await.is_err(),
        "nothing is signed on top of it"
    );
}

#[tokio::test]
async fn a_bad_log_is_not_signed() {
    let world = World::new().await;
    let journal = log(&world).await;
    journal.sign_checkpoint().await.unwrap();
    journal.append(new_lead(random())).await.unwrap();
    journal.append(new_lead(random())).await.unwrap();
    vandalise(
        &world,
        "UPDATE events SET payload = '{}' WHERE position = 6",
    )
    .await;
    let refused = journal.sign_checkpoint().await.unwrap_err();
    assert!(
        matches!(
            refused,
            JournalError::Tampered {
                position: 6,
                problem: Problem::Changed
            }
        ),
        "{refused}"
    );
    assert_eq!(journal.checkpoints().await.unwrap().len(), 1);
}

#[tokio::test]
async fn checkpoints_follow_one_another() {
    let world = World::new().await;
    let journal = log(&world).await;
    journal.sign_checkpoint().await.unwrap();
    journal.append(new_lead(random())).await.unwrap();
    world.node().await.sign_checkpoint().await.unwrap();
    let positions: Vec<i64> = journal
        .checkpoints()
        .await
        .unwrap()
        .iter()
        .map(|checkpoint| checkpoint.position)
        .collect();
    assert_eq!(positions, [5, 6]);
    assert_eq!(journal.verify(&[]).await.unwrap().problem, None);
}
