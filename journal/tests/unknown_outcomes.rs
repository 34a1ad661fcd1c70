//! A lost connection around the commit: the receipt is looked up before anything is written again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cartera_journal::AppendError;
use sqlx::Executor;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::world::{World, append, contacted, new_lead, random, receipted, subject};

const KILL_WAITING: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'";

#[tokio::test]
async fn a_command_whose_session_is_killed_is_written_once() {
    let world = World::new().await;
    let journal = world.node().await;
    let mut holder = world.holding_the_head().await;
    let command = receipted(new_lead(random()), 1);
    let waiting = tokio::spawn({
        let journal = journal.clone();
        async move { journal.append(command).await }
    });
    world.until_waiting(1).await;
    world
        .connection()
        .await
        .execute(KILL_WAITING)
        .await
        .unwrap();
    holder.execute("COMMIT").await.unwrap();
    assert_eq!(
        waiting.await.unwrap().map(|appended| appended.position),
        Ok(1)
    );
    assert_eq!(world.events().await, 1);
    assert_eq!(journal.statistics().retries, 1);
}

#[tokio::test]
async fn without_a_receipt_an_unknown_outcome_is_told_as_such() {
    let world = World::new().await;
    let journal = world.node().await;
    let mut holder = world.holding_the_head().await;
    let waiting = tokio::spawn({
        let journal = journal.clone();
        async move { journal.append(new_lead(random())).await }
    });
    world.until_waiting(1).await;
    world
        .connection()
        .await
        .execute(KILL_WAITING)
        .await
        .unwrap();
    assert!(matches!(
        waiting.await.unwrap(),
        Err(AppendError::Unavailable(_))
    ));
    holder.execute("COMMIT").await.unwrap();
    assert_eq!(
        journal
            .append(new_lead(random()))
            .await
            .map(|appended| appended.position),
        Ok(1),
        "the writer is back"
    );
}

/// A way to the database that can lose an answer: the request arrives, the answer does not.
struct Way {
    url: String,
    loses: Arc<AtomicBool>,
}

impl Way {
    async fn to(url: &str) -> Self {
        let server = url
            .split('@')
            .nth(1)
            .and_then(|rest| rest.split('/').next())
            .unwrap()
            .to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap();
        let loses = Arc::new(AtomicBool::new(false));
        let way = Self {
            url: url.replace(&server, &here.to_string()),
            loses: Arc::clone(&loses),
        };
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, server.clone(), Arc::clone(&loses)));
            }
        });
        way
    }
}

async fn carry(client: TcpStream, server: String, loses: Arc<AtomicBool>) {
    let server = TcpStream::connect(&server).await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let writes = Arc::new(AtomicBool::new(false));
    let appends = Arc::clone(&writes);
    let requests = tokio::spawn(async move {
        let mut request = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from_client.read(&mut request).await {
            let sent = &request[..length];
            appends.fetch_or(
                sent.windows(14).any(|text| text == b"journal_append"),
                Ordering::SeqCst,
            );
            to_server.write_all(sent).await.unwrap();
        }
    });
    let mut answer = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from_server.read(&mut answer).await {
        // The answer is here: whatever the writer asked is done. Lost is lost, once.
        let lost = writes.load(Ordering::SeqCst) && loses.swap(false, Ordering::SeqCst);
        if lost || to_client.write_all(&answer[..length]).await.is_err() {
            break;
        }
    }
    requests.abort();
}

#[tokio::test]
async fn a_command_whose_answer_is_lost_after_the_commit_counts_once() {
    let world = World::new().await;
    let way = Way::to(&world.url).await;
    let journal = world
        .node_with(|config| config.database_url.clone_from(&way.url))
        .await;
    let id = random();
    journal
        .append(receipted(append(id, 0, vec![contacted()]), 1))
        .await
        .unwrap();
    way.loses.store(true, Ordering::SeqCst);
    let appended = journal
        .append(receipted(append(id, 1, vec![contacted()]), 2))
        .await
        .unwrap();
    assert!(!way.loses.load(Ordering::SeqCst), "an answer was lost");
    assert_eq!(
        (appended.position, appended.replayed, appended.versions),
        (2, true, vec![(id, 2)])
    );
    assert_eq!(world.events().await, 2);
}

#[tokio::test]
async fn a_database_that_stays_away_is_told_in_time() {
    let world = World::new().await;
    let way = Way::to(&world.url).await;
    let journal = world
        .node_with(|config| {
            config.database_url.clone_from(&way.url);
            config.append_timeout = Duration::from_millis(200);
            config.retry_for = Duration::from_millis(300);
        })
        .await;
    let _held = world.holding_the_head().await;
    let refused = journal.append(receipted(new_lead(random()), 1)).await;
    assert!(
        matches!(refused, Err(AppendError::Unavailable(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn two_nodes_that_meet_a_person_at_once_seal_under_one_key() {
    let world = World::new().await;
    let nodes = [world.node().await, world.node().await];
    let person = subject();
    let meeting = (0..8).map(|n| {
        let name =
            crate::world::registered_person(person, "Montserrat Puig", "montse@puig.example");
        nodes[n % 2].append(append(random(), 0, vec![name]))
    });
    for met in futures_util::future::join_all(meeting).await {
        met.unwrap();
    }
    assert_eq!(world.number("SELECT count(*) FROM subject_keys").await, 1);
    let read = world.node().await.read_after(0, 10).await.unwrap();
    let expected =
        crate::world::registered_person(person, "Montserrat Puig", "montse@puig.example").event;
    assert!(read.len() == 8 && read.iter().all(|event| event.event == expected));
}

#[tokio::test]
async fn a_server_that_answers_before_the_disk_has_it_is_overruled() {
    let world = World::new().await;
    let mut owner = world.connection().await;
    owner.execute("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$").await.unwrap();
    let notes_what_is_set = "CREATE TABLE seen (setting text);
        CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
        CREATE TRIGGER look AFTER INSERT ON events EXECUTE FUNCTION look();
        CREATE TRIGGER look AFTER INSERT ON subject_keys EXECUTE FUNCTION look()";
    owner.execute(notes_what_is_set).await.unwrap();
    let journal = world.node().await;
    journal
        .append(append(
            random(),
            0,
            vec![crate::world::registered_person(
                subject(),
                "Montserrat Puig",
                "m@puig.example",
            )],
        ))
        .await
        .unwrap();
    journal.vault().destroy(subject()).await.unwrap();
    assert_eq!(
        world
            .number("SELECT count(*) FROM seen WHERE setting = 'on'")
            .await,
        3
    );
    assert_eq!(
        world
            .number("SELECT count(*) FROM seen WHERE setting <> 'on'")
            .await,
        0
    );
}
