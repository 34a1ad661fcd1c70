//! Position order is visibility order (RELIABILITY 4).

use std::sync::Arc;
use std::time::{Duration, Instant};

use cartera_journal::{
    Append, AppendError, CancellationToken, EffectError, Effects, Follower, FollowerOptions,
    Journal, Recorded, async_trait,
};
use futures_util::future::join_all;
use sqlx::{Executor, PgConnection, Row};

use crate::world::{PINS, World, new_lead, random, raw_append, receipted};

#[tokio::test]
async fn nobody_sees_a_position_before_the_ones_below_it() {
    let world = World::new().await;
    let (writing, reading) = (world.node().await, world.node().await);
    let mut held = world.connection().await;
    held.execute(PINS).await.unwrap();
    held.execute("BEGIN").await.unwrap();
    held.execute(&*raw_append(random())).await.unwrap();
    // Position 1 is given out and not visible. Whoever comes next waits, and is not visible either.
    let next = tokio::spawn(async move { writing.append(new_lead(random())).await });
    world.until_waiting(1).await;
    assert!(!next.is_finished());
    assert_eq!(reading.read_after(0, 10).await.unwrap().len(), 0);
    held.execute("COMMIT").await.unwrap();
    assert_eq!(next.await.unwrap().map(|appended| appended.position), Ok(2));
    let positions: Vec<i64> = reading
        .read_after(0, 10)
        .await
        .unwrap()
        .iter()
        .map(|event| event.position)
        .collect();
    assert_eq!(positions, [1, 2]);
}

#[tokio::test]
async fn an_append_that_is_rolled_back_leaves_no_hole() {
    let world = World::new().await;
    let journal = world.node().await;
    let mut held = world.connection().await;
    held.execute(PINS).await.unwrap();
    held.execute("BEGIN").await.unwrap();
    held.execute(&*raw_append(random())).await.unwrap();
    held.execute("ROLLBACK").await.unwrap();
    assert_eq!(
        journal
            .append(new_lead(random()))
            .await
            .map(|appended| appended.position),
        Ok(1)
    );
}

/// The control of the tests above: a sequence's numbers become visible out of order, and a follower skips.
#[tokio::test]
async fn a_follower_of_a_sequence_would_skip() {
    let world = World::new().await;
    let mut setup = world.connection().await;
    setup
        .execute("CREATE TABLE naive (position bigserial PRIMARY KEY)")
        .await
        .unwrap();
    let (mut slow, mut quick) = (world.connection().await, world.connection().await);
    slow.execute("BEGIN; INSERT INTO naive DEFAULT VALUES")
        .await
        .unwrap();
    quick
        .execute("INSERT INTO naive DEFAULT VALUES")
        .await
        .unwrap();
    let mut checkpoint = 0;
    let mut seen = Vec::new();
    for commits in [true, false] {
        for row in setup
            .fetch_all(&*format!(
                "SELECT position FROM naive WHERE position > {checkpoint}"
            ))
            .await
            .unwrap()
        {
            checkpoint = row.get::<i64, _>(0);
            seen.push(checkpoint);
        }
        if commits {
            slow.execute("COMMIT").await.unwrap();
        }
    }
    assert_eq!(seen, [2], "position 1 is skipped for ever");
}

/// RELIABILITY 4: the positions that a stuck writer was given stay invisible, and so do all behind them, for as long as it
/// takes; meanwhile everybody who reads is answered, and nobody who appends is lost or counts twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_that_stays_for_ten_seconds_makes_nobody_skip() {
    let world = World::new().await;
    let mut setup = world.connection().await;
    setup
        .execute("CREATE TABLE seen (place bigserial, position bigint)")
        .await
        .unwrap();
    // One node waits it out; the other gives up waiting meanwhile and its callers say their commands again.
    let patient = world
        .node_with(|config| config.append_timeout = Duration::from_mins(1))
        .await;
    let hasty = world
        .node_with(|config| config.append_timeout = Duration::from_secs(2))
        .await;
    patient.append(new_lead(random())).await.unwrap();
    let stop = CancellationToken::new();
    let followers = [patient.clone(), hasty.clone()].map(|journal| {
        tokio::spawn(
            Follower::new(journal, Arc::new(Seen), FollowerOptions::default()).run(stop.clone()),
        )
    });
    world.until("SELECT count(*) = 1 FROM seen").await;

    let mut stuck = world.connection().await;
    stuck.execute(PINS).await.unwrap();
    stuck.execute("BEGIN").await.unwrap();
    stuck.execute(&*raw_append(random())).await.unwrap();
    let begun = Instant::now();
    let writers: Vec<_> = [&patient, &hasty]
        .into_iter()
        .flat_map(|journal| vec![journal.clone(); 10])
        .map(|journal| {
            tokio::spawn(say_until_answered(
                journal,
                receipted(new_lead(random()), 1),
            ))
        })
        .collect();
    while begun.elapsed() < Duration::from_secs(10) {
        assert_nobody_sees_more_than_one(&world, &[&patient, &hasty]).await;
    }
    assert!(writers.iter().all(|writer| !writer.is_finished()));
    stuck.execute("COMMIT").await.unwrap();

    let mut positions: Vec<i64> = join_all(writers)
        .await
        .into_iter()
        .map(Result::unwrap)
        .collect();
    positions.sort_unstable();
    let behind: Vec<i64> = (3..=22).collect();
    assert_eq!(positions, behind, "each once, behind the stuck writer's");
    world.until("SELECT count(*) >= 22 FROM seen").await;
    stop.cancel();
    join_all(followers).await;
    let out_of_order = "SELECT count(*) FROM (SELECT position, row_number() OVER (ORDER BY place) AS expected FROM seen) AS s WHERE position <> expected";
    assert_eq!(world.number(out_of_order).await, 0);
    assert_eq!(world.number("SELECT count(*) FROM seen").await, 22);
    assert_eq!(world.events().await, 22);
}

/// Everybody who reads is answered, and soon.
async fn assert_nobody_sees_more_than_one(world: &World, nodes: &[&Journal]) {
    let asked = Instant::now();
    for journal in nodes {
        assert_eq!(journal.read_after(0, 100).await.unwrap().len(), 1);
    }
    assert_eq!(world.number("SELECT count(*) FROM seen").await, 1);
    let waited = asked.elapsed();
    assert!(waited < Duration::from_secs(5), "readers waited {waited:?}");
}

/// Says a command again, under its id, until it is answered.
async fn say_until_answered(journal: Journal, command: Append) -> i64 {
    loop {
        match journal.append(command.clone()).await {
            Ok(appended) => return appended.position,
            Err(AppendError::Unavailable(_)) => {}
            Err(refused) => panic!("{refused}"),
        }
    }
}

/// Writes down what it takes in, in the order in which it does.
struct Seen;

#[async_trait]
impl Effects for Seen {
    fn name(&self) -> &'static str {
        "seen"
    }

    async fn apply(&self, tx: &mut PgConnection, batch: &[Recorded]) -> Result<(), EffectError> {
        for event in batch {
            let note = format!("INSERT INTO seen (position) VALUES ({})", event.position);
            tx.execute(&*note).await?;
        }
        Ok(())
    }
}
