use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use cartera_journal::{
    CancellationToken, EffectError, Effects, Follower, FollowerOptions, Journal, JournalError,
    Recorded, Step, async_trait,
};
use sqlx::{Executor, PgConnection};

use crate::world::{PINS, World, append, contacted, new_lead, random, raw_append, registered};

/// Writes down every position that it takes in, as often as it takes it in.
struct Notes {
    name: &'static str,
    /// Fails on this event; 0 fails on none.
    fails_on: AtomicI64,
    batches: AtomicUsize,
}

impl Notes {
    fn new(name: &'static str) -> Arc<Self> {
        Arc::new(Self {
            name,
            fails_on: AtomicI64::new(0),
            batches: AtomicUsize::new(0),
        })
    }
}

#[async_trait]
impl Effects for Notes {
    fn name(&self) -> &str {
        self.name
    }

    async fn apply(&self, tx: &mut PgConnection, batch: &[Recorded]) -> Result<(), EffectError> {
        self.batches.fetch_add(1, Ordering::SeqCst);
        let positions: Vec<String> = batch
            .iter()
            .map(|event| format!("({})", event.position))
            .collect();
        tx.execute(&*format!(
            "INSERT INTO {} VALUES {}",
            self.name,
            positions.join(",")
        ))
        .await?;
        let failing = self.fails_on.load(Ordering::SeqCst);
        if batch.iter().any(|event| event.position == failing) {
            return Err(EffectError::Event {
                position: failing,
                reason: "no such stage".to_owned(),
            });
        }
        Ok(())
    }
}

async fn world_with_notes(names: &[&str]) -> World {
    let world = World::new().await;
    for name in names {
        world
            .connection()
            .await
            .execute(&*format!("CREATE TABLE {name} (position bigint)"))
            .await
            .unwrap();
    }
    world
}

async fn append_leads(journal: &Journal, count: usize) {
    for appended in journal
        .append_many((0..count).map(|_| new_lead(random())).collect())
        .await
    {
        appended.unwrap();
    }
}

/// Every position from 1 to this one was taken in, and none twice.
async fn assert_noted_once(world: &World, name: &str, last: i64) {
    let noted = world.number(&format!("SELECT count(*) FROM {name}")).await;
    let distinct = world
        .number(&format!(
            "SELECT count(DISTINCT position) FROM {name} WHERE position BETWEEN 1 AND {last}"
        ))
        .await;
    assert_eq!((noted, distinct), (last, last));
}

fn small_batches() -> FollowerOptions {
    FollowerOptions {
        batch: 7,
        patience: Duration::from_millis(20),
        ..FollowerOptions::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_takes_effect_once_on_any_number_of_nodes() {
    let world = world_with_notes(&["notes"]).await;
    let nodes = [world.node().await, world.node().await, world.node().await];
    let stop = CancellationToken::new();
    let following: Vec<_> = nodes
        .iter()
        .map(|node| {
            tokio::spawn(
                Follower::new(node.clone(), Notes::new("notes"), small_batches()).run(stop.clone()),
            )
        })
        .collect();
    for node in &nodes {
        append_leads(node, 100).await;
    }
    let reached = nodes[0]
        .wait_for(&["notes"], 300, Duration::from_mins(1))
        .await
        .unwrap();
    assert_eq!((reached.up_to_date, reached.position), (true, 300));
    stop.cancel();
    for follower in following {
        follower.await.unwrap();
    }
    assert_noted_once(&world, "notes", 300).await;
}

#[tokio::test]
async fn a_follower_whose_session_is_killed_goes_on_where_it_stood() {
    let world = world_with_notes(&["notes"]).await;
    let journal = world.node().await;
    append_leads(&journal, 50).await;
    let stop = CancellationToken::new();
    let follower = tokio::spawn(
        Follower::new(journal.clone(), Notes::new("notes"), small_batches()).run(stop.clone()),
    );
    journal
        .wait_for(&["notes"], 10, Duration::from_mins(1))
        .await
        .unwrap();
    let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    world.connection().await.execute(others).await.unwrap();
    let last = loop {
        // The pool may hand out a killed connection or two before it notices.
        if journal
            .wait_for(&["notes"], 50, Duration::from_mins(1))
            .await
            .is_ok_and(|reached| reached.up_to_date)
        {
            break 50;
        }
    };
    stop.cancel();
    follower.await.unwrap();
    assert_noted_once(&world, "notes", last).await;
}

#[tokio::test]
async fn a_failing_event_pauses_its_follower_alone() {
    let world = world_with_notes(&["broken", "healthy"]).await;
    let journal = world.node().await;
    append_leads(&journal, 60).await;
    let broken = Notes::new("broken");
    broken.fails_on.store(37, Ordering::SeqCst);
    let effects = Arc::<Notes>::clone(&broken);
    let follower = Follower::new(journal.clone(), effects, FollowerOptions::default());
    let paused = follower.catch_up(60).await.unwrap_err();
    assert!(
        matches!(&paused, JournalError::FollowerPaused { position: 37, reason, .. } if reason == "no such stage"),
        "{paused}"
    );
    assert!(
        broken.batches.load(Ordering::SeqCst) < 20,
        "the failing event is searched by halves"
    );
    assert_noted_once(&world, "broken", 36).await;
    let status = journal.followers().await.unwrap().remove(0);
    assert_eq!(
        (status.name.as_str(), status.position, status.paused),
        ("broken", 36, Some((37, "no such stage".to_owned())))
    );

    let healthy = Follower::new(
        journal.clone(),
        Notes::new("healthy"),
        FollowerOptions::default(),
    );
    assert_eq!(healthy.catch_up(60).await.unwrap(), 60);
    assert!(
        matches!(
            follower.step(100).await.unwrap(),
            Step::Paused { position: 37, .. }
        ),
        "it stays paused"
    );

    broken.fails_on.store(0, Ordering::SeqCst);
    journal.resume_follower("broken").await.unwrap();
    assert_eq!(follower.catch_up(60).await.unwrap(), 60);
    assert_noted_once(&world, "broken", 60).await;
}

#[tokio::test]
async fn an_event_that_does_not_read_pauses_at_its_position() {
    let world = world_with_notes(&["notes"]).await;
    let journal = world.node().await;
    append_leads(&journal, 3).await;
    let mut session = world.connection().await;
    session.execute(PINS).await.unwrap();
    session
        .execute(&*raw_append(random()).replace("lead_contacted", "lead_teleported"))
        .await
        .unwrap();
    append_leads(&journal, 3).await;
    let follower = Follower::new(
        journal.clone(),
        Notes::new("notes"),
        FollowerOptions::default(),
    );
    let paused = follower.catch_up(7).await.unwrap_err();
    assert!(
        matches!(paused, JournalError::FollowerPaused { position: 4, .. }),
        "{paused}"
    );
    assert_noted_once(&world, "notes", 3).await;
}

#[tokio::test]
async fn a_gap_is_told_and_never_skipped() {
    let world = world_with_notes(&["notes"]).await;
    let journal = world.node().await;
    append_leads(&journal, 5).await;
    let mut vandal = world.connection().await;
    vandal.execute("ALTER TABLE events DISABLE TRIGGER events_are_history; DELETE FROM events WHERE position = 3").await.unwrap();
    let follower = Follower::new(journal, Notes::new("notes"), FollowerOptions::default());
    let told = follower.catch_up(5).await;
    assert!(matches!(told, Err(JournalError::Gap(2))), "{told:?}");
}

#[tokio::test]
async fn one_waits_for_what_another_node_takes_in() {
    let world = world_with_notes(&["here", "there"]).await;
    let (asking, working) = (world.node().await, world.node().await);
    let stop = CancellationToken::new();
    for (node, name) in [(&asking, "here"), (&working, "there")] {
        tokio::spawn(
            Follower::new(node.clone(), Notes::new(name), FollowerOptions::default())
                .run(stop.clone()),
        );
    }
    let position = asking.append(new_lead(random())).await.unwrap().position;
    let reached = asking
        .wait_for(&["here", "there"], position, Duration::from_mins(1))
        .await
        .unwrap();
    assert_eq!((reached.up_to_date, reached.position), (true, position));
    stop.cancel();
}

#[tokio::test]
async fn nobody_waits_for_a_paused_follower_nor_longer_than_given() {
    let world = world_with_notes(&["notes"]).await;
    let journal = world.node().await;
    append_leads(&journal, 3).await;
    let notes = Notes::new("notes");
    notes.fails_on.store(2, Ordering::SeqCst);
    let follower = Follower::new(journal.clone(), notes, FollowerOptions::default());
    assert!(follower.catch_up(3).await.is_err());
    let reached = journal
        .wait_for(&["notes"], 3, Duration::from_hours(1))
        .await
        .unwrap();
    assert_eq!((reached.up_to_date, reached.position), (false, 1));
    let nobody = journal
        .wait_for(&["nobody"], 3, Duration::from_millis(10))
        .await
        .unwrap();
    assert_eq!((nobody.up_to_date, nobody.position), (false, 0));
    let nothing = journal
        .wait_for(&[], 3, Duration::from_hours(1))
        .await
        .unwrap();
    assert_eq!((nothing.up_to_date, nothing.position), (true, 3));
}

#[tokio::test]
async fn a_follower_writes_where_its_search_path_leads() {
    let world = world_with_notes(&["notes"]).await;
    world
        .connection()
        .await
        .execute("CREATE SCHEMA g2; CREATE TABLE g2.notes (position bigint)")
        .await
        .unwrap();
    let journal = world.node().await;
    append_leads(&journal, 4).await;
    let beside = FollowerOptions {
        generation: 2,
        live: false,
        search_path: Some("g2, public".to_owned()),
        until: Some(3),
        ..FollowerOptions::default()
    };
    Follower::new(journal.clone(), Notes::new("notes"), beside)
        .run(CancellationToken::new())
        .await;
    Follower::new(
        journal.clone(),
        Notes::new("notes"),
        FollowerOptions::default(),
    )
    .catch_up(4)
    .await
    .unwrap();
    assert_eq!(world.number("SELECT count(*) FROM g2.notes").await, 3);
    assert_eq!(world.number("SELECT count(*) FROM public.notes").await, 4);
    let standings: Vec<_> = journal
        .followers()
        .await
        .unwrap()
        .iter()
        .map(|of| (of.generation, of.live, of.position))
        .collect();
    assert_eq!(standings, [(1, true, 4), (2, false, 3)]);
}

#[tokio::test]
async fn a_new_follower_begins_where_it_is_told_to() {
    let world = world_with_notes(&["notes"]).await;
    let journal = world.node().await;
    append_leads(&journal, 5).await;
    let options = FollowerOptions {
        start_after: 3,
        ..FollowerOptions::default()
    };
    Follower::new(journal, Notes::new("notes"), options)
        .catch_up(5)
        .await
        .unwrap();
    assert_eq!(world.number("SELECT min(position) FROM notes").await, 4);
}

#[tokio::test]
async fn a_follower_wakes_for_each_append_and_stops_when_told() {
    let world = world_with_notes(&["notes"]).await;
    let journal = world.node().await;
    let stop = CancellationToken::new();
    let patient = FollowerOptions {
        patience: Duration::from_hours(1),
        // It does not let events gather that somebody waits for.
        gather: Duration::from_hours(1),
        ..FollowerOptions::default()
    };
    let follower = tokio::spawn(
        Follower::new(journal.clone(), Notes::new("notes"), patient).run(stop.clone()),
    );
    let id = random();
    for version in 0..20 {
        let event = if version == 0 {
            registered("A")
        } else {
            contacted()
        };
        let position = journal
            .append(append(id, version, vec![event]))
            .await
            .unwrap()
            .position;
        let reached = journal
            .wait_for(&["notes"], position, Duration::from_mins(1))
            .await
            .unwrap();
        assert!(reached.up_to_date, "woken for {position}");
    }
    stop.cancel();
    follower.await.unwrap();
    assert_noted_once(&world, "notes", 20).await;
}

#[tokio::test]
async fn pages_that_followers_share_hold_what_was_appended() {
    let world = world_with_notes(&["first", "second"]).await;
    let journal = world.node().await;
    append_leads(&journal, 2_100).await;
    for name in ["first", "second"] {
        let options = FollowerOptions {
            batch: 500,
            ..FollowerOptions::default()
        };
        Follower::new(journal.clone(), Notes::new(name), options)
            .catch_up(2_100)
            .await
            .unwrap();
        assert_noted_once(&world, name, 2_100).await;
    }
}

#[tokio::test]
async fn all_nodes_hear_where_the_log_ends() {
    let world = World::new().await;
    let (writing, listening) = (
        world.node().await,
        world
            .node_with(|config| config.poll_interval = Duration::from_millis(10))
            .await,
    );
    let mut news = listening.appended();
    append_leads(&writing, 3).await;
    assert_eq!(*news.wait_for(|position| *position >= 3).await.unwrap(), 3);
    assert_eq!(listening.head().await.unwrap(), 3);
}
