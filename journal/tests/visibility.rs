//! Position order is visibility order (RELIABILITY 4).

use sqlx::{Executor, Row};

use crate::world::{PINS, World, new_lead, random, raw_append};

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
