use std::collections::HashMap;

use cartera_journal::Journal;
use futures_util::future::join_all;
use sqlx::Executor;
use sqlx::Row;
use uuid::Uuid;

use crate::world::{
    PINS, World, append, conflict, contacted, new_lead, random, raw_append, receipted, registered,
};

#[tokio::test]
async fn appends_that_wait_share_a_commit() {
    let world = World::new().await;
    let journal = world.node().await;
    let mut holder = world.holding_the_head().await;
    let first = tokio::spawn({
        let journal = journal.clone();
        async move { journal.append(new_lead(random())).await }
    });
    world.until_waiting(1).await;
    let waiting = tokio::spawn({
        let journal = journal.clone();
        async move { join_all((0..50).map(|_| journal.append(new_lead(random())))).await }
    });
    tokio::task::yield_now().await;
    holder.execute("COMMIT").await.unwrap();
    assert_eq!(
        first.await.unwrap().map(|appended| appended.position),
        Ok(1)
    );
    let positions: Vec<i64> = waiting
        .await
        .unwrap()
        .into_iter()
        .map(|appended| appended.unwrap().position)
        .collect();
    assert_eq!(
        positions,
        (2..=51).collect::<Vec<_>>(),
        "in the order in which they came"
    );
    let statistics = journal.statistics();
    assert_eq!(
        (statistics.calls, statistics.appends, statistics.events),
        (2, 51, 51)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_on_several_nodes_leave_no_gap_and_no_inversion() {
    let world = World::new().await;
    let nodes = [world.node().await, world.node().await, world.node().await];
    let streams: Vec<_> = (0..10).map(|_| random()).collect();
    let writers = (0..24).map(|writer| {
        tokio::spawn(write(
            nodes[writer % nodes.len()].clone(),
            streams.clone(),
            writer,
        ))
    });
    let mut written = 0;
    for writer in join_all(writers).await {
        written += writer.unwrap();
    }
    let log = nodes[0].read_after(0, 10_000).await.unwrap();
    assert_eq!(log.len(), written);
    let mut versions = HashMap::new();
    for (expected, event) in (1..).zip(&log) {
        assert_eq!(event.position, expected);
        let version: &mut u64 = versions.entry(event.aggregate_id).or_default();
        assert_eq!(event.sequence, *version + 1, "position {expected}");
        *version += 1;
    }
    assert!(log.is_sorted_by_key(|event| event.recorded_at));
    let calls: u64 = nodes.iter().map(|node| node.statistics().calls).sum();
    assert!(
        calls < 24 * 20 * 2,
        "{calls} calls: they should have shared"
    );
}

/// Twenty turns on shared streams, half of them stale by the time they arrive, and twenty new streams.
async fn write(journal: Journal, streams: Vec<Uuid>, writer: usize) -> usize {
    let mut written = 0;
    for turn in 0..20 {
        let id = streams[(writer + turn) % streams.len()];
        let version = journal
            .read_stream("lead", id)
            .await
            .unwrap()
            .last()
            .map_or(0, |event| event.sequence);
        let event = if version == 0 {
            registered("A")
        } else {
            contacted()
        };
        written += usize::from(
            journal
                .append(append(id, version, vec![event]))
                .await
                .is_ok(),
        );
        written += usize::from(
            journal
                .append(receipted(new_lead(random()), 1))
                .await
                .is_ok(),
        );
    }
    written
}

/// DEFINITIONS 5.
#[tokio::test]
async fn a_stale_append_fails_alone_in_a_batch_that_waited_for_another_node() {
    let world = World::new().await;
    let (here, there) = (world.node().await, world.node().await);
    let (contended, healthy) = (random(), random());
    here.append(new_lead(contended)).await.unwrap();
    here.append(new_lead(healthy)).await.unwrap();
    let mut holder = world.holding_the_head().await;
    let winner =
        tokio::spawn(async move { there.append(append(contended, 1, vec![contacted()])).await });
    world.until_waiting(1).await;
    // Its statement begins, and with it its snapshot, while the stream is still at version 1.
    let calls = here.statistics().calls;
    let batch = tokio::spawn({
        let here = here.clone();
        async move {
            here.append_many(vec![
                append(contended, 1, vec![contacted()]),
                append(healthy, 1, vec![contacted()]),
            ])
            .await
        }
    });
    world.until_waiting(2).await;
    holder.execute("COMMIT").await.unwrap();
    assert_eq!(
        winner.await.unwrap().map(|appended| appended.position),
        Ok(3)
    );
    let outcomes = batch.await.unwrap();
    assert_eq!(here.statistics().calls, calls + 1, "both were in one batch");
    assert_eq!(outcomes[0], conflict(contended, 1, 2));
    assert_eq!(
        outcomes[1].as_ref().map(|appended| appended.position),
        Ok(4)
    );
}

/// The control of the test above: a check in the statement that takes the lock sees stale rows, and the batch fails.
#[tokio::test]
async fn a_check_in_the_locking_statement_would_fail_the_whole_batch() {
    let world = World::new().await;
    let mut setup = world.connection().await;
    setup.execute("CREATE TABLE naive (stream int, sequence int, PRIMARY KEY (stream, sequence)); INSERT INTO naive VALUES (1, 1), (2, 1)").await.unwrap();
    let mut winner = world.connection().await;
    winner
        .execute("BEGIN; SELECT FROM journal_head FOR UPDATE; INSERT INTO naive VALUES (1, 2)")
        .await
        .unwrap();
    let mut other = world.connection().await;
    let batch = tokio::spawn(async move {
        let checked_too_early =
            "WITH lock AS MATERIALIZED (SELECT one FROM journal_head FOR UPDATE)
            INSERT INTO naive SELECT stream, 2 FROM lock, (VALUES (1), (2)) AS batch (stream)
            WHERE (SELECT max(sequence) FROM naive WHERE naive.stream = batch.stream) = 1";
        other.execute(checked_too_early).await
    });
    world.until_waiting(1).await;
    winner.execute("COMMIT").await.unwrap();
    let failed = batch.await.unwrap().unwrap_err();
    assert_eq!(
        failed
            .as_database_error()
            .and_then(sqlx::error::DatabaseError::code)
            .as_deref(),
        Some("23505")
    );
    assert_eq!(
        world.number("SELECT count(*) FROM naive").await,
        3,
        "the healthy one is lost with the stale one"
    );
}

#[tokio::test]
async fn the_plans_that_an_empty_log_made_still_probe_a_full_one() {
    let world = World::new().await;
    let mut session = world.connection().await;
    session.execute(PINS).await.unwrap();
    session.execute(&*raw_append(random())).await.unwrap();
    session
        .execute(
            "INSERT INTO events SELECT n, 1, now(), 'lead', gen_random_uuid()::text, 'lead_contacted', '1.0', '{}', '{}', sha256('')
             FROM generate_series(2, 100000) AS n",
        )
        .await
        .unwrap();
    // Beside other databases a session has to read its catalogue again now and then: the least of some is the plan's own.
    let mut append = i64::MAX;
    for _ in 0..5 {
        append = append.min(buffers(&mut session, &raw_append(random())).await);
    }
    let scan = buffers(&mut session, "SELECT count(payload) FROM events").await;
    assert!(append < 200, "an append touched {append} pages");
    assert!(scan > 1_000, "the control touched {scan} pages only");
}

async fn buffers(session: &mut sqlx::PgConnection, query: &str) -> i64 {
    let explain = format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}");
    let plan: serde_json::Value = session.fetch_one(&*explain).await.unwrap().get(0);
    let count = |kind: &str| plan[0]["Plan"][kind].as_i64().unwrap();
    count("Shared Hit Blocks") + count("Shared Read Blocks")
}

#[tokio::test]
async fn the_append_function_refuses_a_session_that_pins_nothing() {
    let world = World::new().await;
    let mut session = world.connection().await;
    assert!(session.execute(&*raw_append(random())).await.is_err());
    session.execute(PINS).await.unwrap();
    session
        .execute("SET default_transaction_isolation = 'repeatable read'")
        .await
        .unwrap();
    assert!(session.execute(&*raw_append(random())).await.is_err());
    session
        .execute("SET default_transaction_isolation = 'read committed'")
        .await
        .unwrap();
    assert!(session.execute(&*raw_append(random())).await.is_ok());
}

#[tokio::test]
async fn a_file_s_rows_do_not_keep_a_person_waiting() {
    let world = World::new().await;
    let journal = world.node_with(|config| config.batch_appends = 10).await;
    let mut holder = world.holding_the_head().await;
    let file = tokio::spawn({
        let journal = journal.clone();
        async move {
            journal
                .append_many((0..100).map(|_| new_lead(random())).collect())
                .await
        }
    });
    world.until_waiting(1).await;
    let person = tokio::spawn({
        let journal = journal.clone();
        async move { journal.append(new_lead(random())).await }
    });
    tokio::task::yield_now().await;
    holder.execute("COMMIT").await.unwrap();
    let position = person.await.unwrap().unwrap().position;
    assert!(position <= 20, "written at {position}, with the next call");
    assert!(file.await.unwrap().iter().all(Result::is_ok));
}
