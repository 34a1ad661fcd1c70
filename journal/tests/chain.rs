use std::io::Write;

use cartera_domain::leads::{LeadDetails, LeadEvent};
use cartera_domain::values::Line;
use cartera_journal::{Checkpoint, Journal, JournalError, Problem};
use sqlx::Executor;

use crate::world::{
    World, append, contacted, happened, new_lead, random, registered_person, subject,
};

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

/// What the auditor's own program says of this log and these checkpoints; nothing where there is no Python.
async fn audited(
    world: &World,
    journal: &Journal,
    checkpoints: &[Checkpoint],
) -> Option<(bool, String)> {
    let rows = world
        .connection()
        .await
        .fetch_all(
            "SELECT row_to_json(e)::text FROM (
                 SELECT position, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
                        (extract(epoch FROM recorded_at) * 1000000)::bigint::text AS recorded_at, encode(hash, 'hex') AS hash
                 FROM events ORDER BY position) e",
        )
        .await
        .unwrap();
    let lines: Vec<String> = rows.iter().map(|row| sqlx::Row::get(row, 0)).collect();
    let folder = tempfile::tempdir().unwrap();
    let (log, anchors) = (
        folder.path().join("log"),
        folder.path().join("checkpoints.json"),
    );
    std::fs::write(&log, lines.join("\n")).unwrap();
    std::fs::write(&anchors, serde_json::to_string(checkpoints).unwrap()).unwrap();
    let public_key = serde_json::to_value(&checkpoints[0]).unwrap()["public_key"]
        .as_str()
        .unwrap()
        .to_owned();
    let ran = std::process::Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/audit/verify_log.py"))
        .arg(journal.id().0.to_string())
        .args([anchors.to_str().unwrap(), &public_key])
        .stdin(std::fs::File::open(&log).unwrap())
        .output();
    let Ok(output) = ran else {
        writeln!(std::io::stderr(), "skipped: python3 is not installed").unwrap();
        return None;
    };
    let said = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8(said).unwrap()))
}

#[tokio::test]
async fn a_verifier_that_shares_no_code_comes_to_the_same() {
    let world = World::new().await;
    let journal = log(&world).await;
    // Names and text on which writers of JSON differ.
    let details = LeadDetails {
        company_name: Line::parse("Ñandú \"\\ \u{1f600}\u{fb33}\u{7f} & Fills").ok(),
        ..LeadDetails::default()
    };
    let event = LeadEvent::LeadRegistered {
        details,
        channel: None,
        owner: None,
        team: None,
    };
    journal
        .append(append(
            random(),
            0,
            vec![
                happened(event),
                registered_person(subject(), "Montserrat Puig", "m@puig.example"),
            ],
        ))
        .await
        .unwrap();
    let checkpoint = journal.sign_checkpoint().await.unwrap().unwrap();
    let verified = journal.verify(&[]).await.unwrap();
    let Some((good, said)) = audited(&world, &journal, std::slice::from_ref(&checkpoint)).await
    else {
        return;
    };
    assert!(
        good && said.contains(&format!(
            "{} events, {} hash",
            verified.events, verified.hash
        )),
        "{said}"
    );

    let forged = Checkpoint {
        signed_at: checkpoint.signed_at + chrono::TimeDelta::seconds(1),
        ..checkpoint.clone()
    };
    let (good, said) = audited(&world, &journal, &[forged]).await.unwrap();
    assert!(!good && said.contains("not signed by this key"), "{said}");

    vandalise(
        &world,
        "UPDATE events SET metadata = metadata || '{\"depth\": \"1\"}' WHERE position = 4",
    )
    .await;
    let (good, said) = audited(&world, &journal, &[checkpoint]).await.unwrap();
    assert!(!good && said.contains("bad at position 4"), "{said}");
}
