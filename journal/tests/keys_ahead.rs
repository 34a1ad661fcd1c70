//! Keys that are stored before anybody is known by them.

use std::collections::HashSet;
use std::time::Duration;

use cartera_domain::Event;
use cartera_domain::ids::{SubjectId, TypedId};
use cartera_domain::leads::LeadEvent;
use cartera_journal::{AppendError, Journal, Recorded, Refusal};
use chrono::NaiveDate;

use crate::world::{World, append, random, registered_person, subject};

const EMAIL: &str = "montse@puig.example";

/// A subject whose key was stored ahead, once there are some.
async fn ahead(journal: &Journal) -> SubjectId {
    loop {
        if let Some(subject) = journal.vault().subject_ahead(subject) {
            return subject;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

async fn meet(journal: &Journal, person: SubjectId, name: &str) -> Result<i64, AppendError> {
    let event = registered_person(person, name, EMAIL);
    let appended = journal.append(append(random(), 0, vec![event])).await?;
    Ok(appended.position)
}

/// Whose names a node reads that has seen nothing yet.
async fn names(world: &World) -> Vec<Option<String>> {
    let read = world.node().await.read_after(0, 10).await.unwrap();
    let name = |recorded: &Recorded| {
        let Event::Lead(LeadEvent::LeadRegistered { details, .. }) = &recorded.event else {
            panic!("not a new lead: {recorded:?}");
        };
        let name = details.person_name.as_ref()?.reveal()?;
        Some(name.as_str().to_owned())
    };
    read.iter().map(name).collect()
}

async fn keys(world: &World) -> i64 {
    world.number("SELECT count(*) FROM subject_keys").await
}

/// DEFINITIONS 9.
#[tokio::test]
async fn the_row_is_committed_before_the_subject_is_anybody() {
    let world = World::new().await;
    let journal = world.node().await;
    let person = ahead(&journal).await;
    let row = format!("SELECT count(*) FROM subject_keys WHERE subject = '{person}'");
    // Another session sees committed rows only.
    assert_eq!(world.number(&row).await, 1);
    let before = keys(&world).await;
    assert_eq!(meet(&journal, person, "Montserrat Puig").await, Ok(1));
    assert_eq!(keys(&world).await, before, "the append stored no key");
    assert_eq!(names(&world).await, [Some("Montserrat Puig".to_owned())]);
}

#[tokio::test]
async fn no_subject_is_given_out_twice_on_any_node() {
    let world = World::new().await;
    let nodes = [world.node().await, world.node().await];
    let mut given = HashSet::new();
    for turn in 0..200 {
        assert!(given.insert(ahead(&nodes[turn % 2]).await));
    }
    let listed: Vec<String> = given.iter().map(|id| format!("'{id}'")).collect();
    let stored = format!(
        "SELECT count(*) FROM subject_keys WHERE subject IN ({})",
        listed.join(",")
    );
    assert_eq!(world.number(&stored).await, 200);
}

/// A node that dies leaves keys that nobody uses: nothing goes wrong with them, and nobody gets them.
#[tokio::test]
async fn what_a_dead_node_had_stored_ahead_stays_unused() {
    let world = World::new().await;
    let dies = world.node().await;
    let known = ahead(&dies).await;
    assert_eq!(meet(&dies, known, "Montserrat Puig").await, Ok(1));
    drop(dies);
    let left = keys(&world).await;
    let lives = world.node().await;
    let next = ahead(&lives).await;
    assert_eq!(meet(&lives, next, "Jordi Camps").await, Ok(2));
    assert!(keys(&world).await > left, "it stored its own");
    lives.vault().destroy(known).await.unwrap();
    assert_eq!(names(&world).await, [None, Some("Jordi Camps".to_owned())]);
}

#[tokio::test]
async fn keys_that_are_forgotten_before_their_first_use_are_read_again() {
    let world = World::new().await;
    let journal = world.node().await;
    let (person, other) = (ahead(&journal).await, ahead(&journal).await);
    let before = keys(&world).await;
    // Forgets every unwrapped key of the node.
    journal.vault().destroy(other).await.unwrap();
    assert_eq!(meet(&journal, person, "Montserrat Puig").await, Ok(1));
    assert_eq!(keys(&world).await, before, "the stored key is the one used");
    assert_eq!(names(&world).await, [Some("Montserrat Puig".to_owned())]);
}

/// Block and destroy hold for a subject that was given out and is in no event yet, also when another node says so.
#[tokio::test]
async fn a_subject_that_was_blocked_or_destroyed_before_its_first_event_is_refused() {
    let world = World::new().await;
    let (here, there) = (world.node().await, world.node().await);
    let (blocked, destroyed) = (ahead(&here).await, ahead(&here).await);
    let date = NaiveDate::from_ymd_opt(2030, 1, 1).unwrap();
    there.vault().block(blocked, date).await.unwrap();
    there.vault().destroy(destroyed).await.unwrap();
    for person in [blocked, destroyed] {
        assert_eq!(
            meet(&here, person, "Montserrat Puig").await,
            Err(Refusal::SubjectErased(person).into())
        );
    }
    assert_eq!(world.events().await, 0);
}

/// A minted id that is somebody's already is not given out.
#[tokio::test]
async fn an_id_that_has_a_key_already_is_passed_over() {
    let world = World::new().await;
    let (here, there) = (world.node().await, world.node().await);
    let taken = subject();
    meet(&there, taken, "Montserrat Puig").await.unwrap();
    assert_eq!(here.vault().subject_ahead(move || taken), None);
    // What was being stored is through when more is wanted and stored.
    while here.vault().subject_ahead(subject).is_none() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    for _ in 0..40 {
        assert_ne!(ahead(&here).await, SubjectId::from_uuid(taken.as_uuid()));
    }
}
