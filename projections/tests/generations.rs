//! Generations, runners and what happens when several are at work or an event fails.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cartera_domain::Event;
use cartera_domain::ids::{LeadId, TypedId as _};
use cartera_domain::leads::{Lead, LeadEvent};
use cartera_journal::Recorded;
use cartera_projections::fold::Rows;
use cartera_projections::generations::{self, GenerationError};
use cartera_projections::projector::{SharedProjector, aggregate_type};
use cartera_projections::runner::{self, Runner, Unready};
use cartera_projections::{ProjectionError, Projector, registry};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _, Row as _};

use crate::leads::{company, registered};
use crate::world::{World, new, node};

cartera_projections::table! {
    /// How often something happened to a lead.
    Counted in "counted", key (lead), group lead {
        /// The lead.
        lead: LeadId,
        /// How often.
        events: i64,
    }
}

/// Counts the events of each lead; fails on leads that are given up.
struct First;

#[async_trait]
impl Projector for First {
    const NAME: &'static str = "counted";
    const VERSION: i32 = 1;
    const DDL: &'static str =
        "CREATE TABLE counted (lead uuid PRIMARY KEY, events bigint NOT NULL)";
    const READS: &'static [&'static str] = &[aggregate_type::<Lead>()];

    async fn apply(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        count(tx, batch, 1).await
    }
}

/// Counts each event twice, in a table of another shape.
struct Second;

#[async_trait]
impl Projector for Second {
    const NAME: &'static str = "counted";
    const VERSION: i32 = 2;
    const DDL: &'static str =
        "CREATE TABLE counted (events bigint NOT NULL, lead uuid PRIMARY KEY, note text)";
    const READS: &'static [&'static str] = &[aggregate_type::<Lead>()];

    async fn apply(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        count(tx, batch, 2).await
    }
}

/// The first one, mended.
struct Mended;

#[async_trait]
impl Projector for Mended {
    const NAME: &'static str = First::NAME;
    const VERSION: i32 = First::VERSION;
    const DDL: &'static str = First::DDL;
    const READS: &'static [&'static str] = First::READS;

    async fn apply(
        &self,
        tx: &mut PgConnection,
        batch: &[&Recorded],
    ) -> Result<(), ProjectionError> {
        let mut rows = Rows::<Counted>::load(tx, batch).await?;
        for recorded in batch {
            let lead = LeadId::from_uuid(recorded.aggregate_id);
            let counted = rows.of(recorded);
            let events = counted.pop().map_or(0, |counted| counted.events) + 1;
            counted.push(Counted { lead, events });
        }
        rows.write(tx).await
    }
}

async fn count(tx: &mut PgConnection, batch: &[&Recorded], by: i64) -> Result<(), ProjectionError> {
    let mut rows = Rows::<Counted>::load(tx, batch).await?;
    for recorded in batch {
        if matches!(recorded.event, Event::Lead(LeadEvent::LeadDiscarded { .. })) {
            return Err(ProjectionError::inconsistent(recorded, "this one fails"));
        }
        let counted = rows.of(recorded);
        if recorded.sequence == 1 {
            *counted = vec![Counted {
                lead: LeadId::from_uuid(recorded.aggregate_id),
                events: 0,
            }];
        }
        rows.one(recorded)?.events += by;
    }
    rows.write(tx).await
}

fn first() -> SharedProjector {
    Arc::new(First)
}

fn second() -> SharedProjector {
    Arc::new(Second)
}

async fn lead(world: &World) -> LeadId {
    let id: LeadId = new();
    world
        .given::<Lead>(
            id,
            vec![
                ("now", registered(company("Puig"), None)),
                ("now", LeadEvent::LeadContacted {}),
            ],
        )
        .await;
    id
}

async fn counted(world: &World) -> Vec<i64> {
    let mut connection = PgConnection::connect(&world.url)
        .await
        .expect("a connection");
    let rows = connection
        .fetch_all("SELECT events FROM live.counted ORDER BY 1")
        .await
        .expect("rows");
    rows.iter().map(|row| row.get(0)).collect()
}

async fn schemas(world: &World) -> Vec<String> {
    let mut connection = PgConnection::connect(&world.url)
        .await
        .expect("a connection");
    let rows = connection
        .fetch_all(
            "SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'counted%' ORDER BY 1",
        )
        .await
        .expect("rows");
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_take_each_event_in_once() {
    let world = World::new().await;
    let other = node(&world.url).await;
    let here = Runner::start(world.journal.clone(), registry::all())
        .await
        .expect("a runner");
    let there = Runner::start(other, registry::all())
        .await
        .expect("a runner");

    let mut position = 0;
    for _ in 0..30 {
        let id: LeadId = new();
        position = world
            .given::<Lead>(id, vec![("now", registered(company("Puig"), None))])
            .await;
        position = position.max(
            world
                .given::<Lead>(id, vec![("now", LeadEvent::LeadContacted {})])
                .await,
        );
    }
    for runner in [&here, &there] {
        let waited = runner
            .wait_for(&["lead_list", "timeline"], position)
            .await
            .expect("an answer");
        assert!(waited.up_to_date);
        assert!(waited.as_of_position >= position);
    }
    here.stop().await;
    there.stop().await;

    assert_eq!(world.rows("lead_list").await.len(), 30);
    world.project().await;
    world.is_faithful().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_fails_pauses_its_read_model_and_the_others_go_on() {
    let world = World::new().await;
    let mut projectors = registry::all();
    projectors.push(first());
    let runner = Runner::start(world.journal.clone(), projectors)
        .await
        .expect("a runner");
    let good = lead(&world).await;
    let discarded = LeadEvent::LeadDiscarded {
        reason: None,
        note: None,
    };
    let failing = world.given::<Lead>(good, vec![("now", discarded)]).await;
    let last = world
        .given::<Lead>(new(), vec![("now", registered(company("Vila"), None))])
        .await;

    // Nobody waits for the paused one, so the answer comes before patience ends.
    let waited = tokio::time::timeout(
        runner::PATIENCE,
        runner.wait_for(&["lead_list", "counted"], last),
    )
    .await
    .expect("in time")
    .expect("an answer");
    assert!(!waited.up_to_date);
    assert_eq!(waited.as_of_position, failing - 1);
    assert!(
        runner
            .wait_for(&["lead_list"], last)
            .await
            .expect("an answer")
            .up_to_date
    );
    assert_eq!(counted(&world).await, [2]);
    let status = runner::status(&world.journal).await.expect("a status");
    let paused = status
        .iter()
        .find(|model| model.generation.name == "counted")
        .expect("the read model");
    let (position, reason) = paused
        .follower
        .as_ref()
        .and_then(|follower| follower.paused.clone())
        .expect("it is paused");
    assert_eq!(position, failing);
    assert!(reason.contains("this one fails"), "{reason}");
    runner.stop().await;
}

/// The different sums that a reader sees who never looks away, up to the last.
async fn sums_until(url: String, last: i64) -> Vec<i64> {
    let mut connection = PgConnection::connect(&url).await.expect("a connection");
    let mut seen = vec![];
    while seen.last() != Some(&last) {
        // Prepared once and kept, as the finders' statements are.
        let sum: i64 =
            sqlx::query_scalar("SELECT coalesce(sum(events), 0)::bigint FROM live.counted")
                .fetch_one(&mut connection)
                .await
                .expect("an answer at all times");
        if seen.last() != Some(&sum) {
            seen.push(sum);
        }
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_version_is_swapped_in_whole_under_its_readers() {
    let world = World::new().await;
    let old = Runner::start(world.journal.clone(), vec![first()])
        .await
        .expect("a runner");
    for _ in 0..20 {
        lead(&world).await;
    }
    let position = world.journal.head().await.expect("a head");
    assert!(
        old.wait_for(&["counted"], position)
            .await
            .expect("an answer")
            .up_to_date
    );

    let reading = tokio::spawn(sums_until(world.url.clone(), 80));
    let new = Runner::start(node(&world.url).await, vec![second()])
        .await
        .expect("a runner");
    let seen = tokio::time::timeout(Duration::from_secs(20), reading)
        .await
        .expect("in time")
        .expect("rows");

    // Never none, never half: the old sums, then the new ones.
    assert_eq!(seen, [40, 80]);
    new.stop().await;
    old.stop().await;
    assert!(matches!(
        generations::ensure(world.journal.pool(), &first()).await,
        Err(GenerationError::Newer {
            found: 2,
            known: 1,
            ..
        })
    ));
    let known = generations::all(world.journal.pool())
        .await
        .expect("generations");
    assert_eq!(
        known
            .iter()
            .map(|known| (known.number, known.version, known.live))
            .collect::<Vec<_>>(),
        [(2, 2, true)]
    );
    assert_eq!(schemas(&world).await, ["counted_g2"]);
}

#[tokio::test]
async fn a_rebuild_gives_the_same_rows_in_a_new_generation() {
    let world = World::new().await;
    lead(&world).await;
    runner::catch_up(&world.journal, &first())
        .await
        .expect("it is taken in");
    lead(&world).await;

    runner::rebuild(&world.journal, &first())
        .await
        .expect("it is rebuilt");

    assert_eq!(counted(&world).await, [2, 2]);
    assert_eq!(schemas(&world).await, ["counted_g2"]);
    runner::rebuild(&world.journal, &first())
        .await
        .expect("it is rebuilt");
    assert_eq!(schemas(&world).await, ["counted_g3"]);
    lead(&world).await;
    runner::catch_up(&world.journal, &first())
        .await
        .expect("it is taken in");
    assert_eq!(counted(&world).await, [2, 2, 2]);
    world.is_faithful_in(&[first()]).await;
}

#[tokio::test]
async fn verification_finds_rows_that_the_journal_does_not_bear_out() {
    let world = World::new().await;
    let (changed, removed) = (lead(&world).await, lead(&world).await);
    lead(&world).await;
    runner::catch_up(&world.journal, &first())
        .await
        .expect("it is taken in");
    let mut connection = PgConnection::connect(&world.url)
        .await
        .expect("a connection");
    let vandal = format!(
        "UPDATE counted_g1.counted SET events = 7 WHERE lead = '{changed}'; DELETE FROM counted_g1.counted WHERE lead = '{removed}'"
    );
    connection.execute(&*vandal).await.expect("done");

    let verified = generations::verify(&world.journal, &first())
        .await
        .expect("a verification");

    assert_eq!((verified.rows, verified.position), (2, 6));
    let difference = &verified.differences[0];
    assert_eq!((difference.only_live, difference.only_rebuilt), (1, 2));
    let mut expected = vec![changed.to_string(), removed.to_string()];
    expected.sort();
    assert_eq!(difference.examples, expected);
    assert_eq!(schemas(&world).await, ["counted_g1"]);
}

#[tokio::test]
async fn a_paused_read_model_goes_on_when_it_is_rebuilt_by_a_mended_program() {
    let world = World::new().await;
    let discarded = LeadEvent::LeadDiscarded {
        reason: None,
        note: None,
    };
    let id = lead(&world).await;
    world.given::<Lead>(id, vec![("now", discarded)]).await;
    let paused = runner::catch_up(&world.journal, &first()).await;
    assert!(matches!(paused, Err(GenerationError::Journal(_))));
    let again = runner::rebuild(&world.journal, &first()).await;
    assert!(matches!(again, Err(GenerationError::Journal(_))));
    assert_eq!(counted(&world).await, [2]);

    let mended: SharedProjector = Arc::new(Mended);
    runner::rebuild(&world.journal, &mended)
        .await
        .expect("it is rebuilt");

    assert_eq!(counted(&world).await, [3]);
    assert_eq!(schemas(&world).await, ["counted_g2"]);
}

#[tokio::test]
async fn read_models_rebuilt_in_step_are_those_that_were_kept() {
    let world = World::new().await;
    for _ in 0..5 {
        lead(&world).await;
    }
    world.project().await;
    let before = world.rows("lead_list").await;

    runner::rebuild_all(&world.journal, &registry::all())
        .await
        .expect("they are rebuilt");

    assert_eq!(world.rows("lead_list").await, before);
    let known = generations::all(world.journal.pool())
        .await
        .expect("generations");
    assert_eq!(known.len(), registry::all().len());
    assert!(known.iter().all(|known| known.live && known.number == 2));
    world.is_faithful().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_a_log_without_read_models_the_first_rows_shown_are_all_of_them() {
    let world = World::new().await;
    for _ in 0..20 {
        lead(&world).await;
    }
    // Readers that never look away see nothing, and then everything.
    let reading = tokio::spawn(sums_seen(world.url.clone(), 40));

    let runner = Runner::start(world.journal.clone(), vec![first()])
        .await
        .expect("a runner");
    let mut unready = runner.unready();
    let behind = unready.borrow().clone();
    tokio::time::timeout(Duration::from_secs(20), unready.wait_for(Vec::is_empty))
        .await
        .expect("in time")
        .expect("the runner's word");

    assert_eq!(counted(&world).await, [2; 20]);
    let seen = tokio::time::timeout(Duration::from_secs(20), reading)
        .await
        .expect("in time")
        .expect("rows");
    assert_eq!(seen, [40]);
    // How far it was at the start, unless it was done before anybody looked.
    assert!(behind.iter().all(|one| one.of == 40 && !one.answers));
    runner.stop().await;
}

/// The different sums that a reader sees up to the last, from when on it sees any.
async fn sums_seen(url: String, last: i64) -> Vec<i64> {
    let mut connection = PgConnection::connect(&url).await.expect("a connection");
    let statement = "SELECT coalesce(sum(events), 0)::bigint FROM live.counted";
    let mut seen = vec![];
    while seen.last() != Some(&last) {
        let sum: Result<i64, _> = sqlx::query_scalar(statement)
            .fetch_one(&mut connection)
            .await;
        seen.extend(sum.ok().filter(|sum| seen.last() != Some(sum)));
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_lags_at_the_start_answers_and_is_ready_once_it_has_caught_up() {
    let world = World::new().await;
    world.project().await;
    for _ in 0..20 {
        lead(&world).await;
    }
    let mut held = PgConnection::connect(&world.url)
        .await
        .expect("a connection");
    held.execute("BEGIN; SELECT FROM followers WHERE name = 'lead_list' FOR UPDATE")
        .await
        .expect("nobody moves it");

    let runner = Runner::start(world.journal.clone(), registry::all())
        .await
        .expect("a runner");
    let mut unready = runner.unready();
    let lags =
        |waiting: &Vec<Unready>| matches!(waiting.as_slice(), [one] if one.name == "lead_list");
    let behind = tokio::time::timeout(Duration::from_secs(20), unready.wait_for(lags))
        .await
        .expect("in time")
        .expect("the runner's word")
        .clone();
    held.execute("ROLLBACK").await.expect("it is let go");
    tokio::time::timeout(Duration::from_secs(20), unready.wait_for(Vec::is_empty))
        .await
        .expect("in time")
        .expect("the runner's word");

    let one = &behind[0];
    assert_eq!((one.position, one.of, one.answers), (0, 40, true));
    assert_eq!(world.rows("lead_list").await.len(), 20);
    runner.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_verifications_at_once_do_not_meet_and_leave_nothing() {
    let world = World::new().await;
    for _ in 0..5 {
        lead(&world).await;
    }
    world.project().await;
    let everything =
        "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'v') AND relpersistence <> 't'";
    let mut connection = PgConnection::connect(&world.url)
        .await
        .expect("a connection");
    let before: i64 = sqlx::query_scalar(everything)
        .fetch_one(&mut connection)
        .await
        .expect("a count");

    let all = registry::all();
    let (one, other) = tokio::join!(
        generations::verify_all(&world.journal, &all),
        generations::verify_all(&world.journal, &all),
    );

    for verified in [one.expect("verified"), other.expect("verified")] {
        assert_eq!(verified.len(), all.len());
        assert!(verified.iter().all(|found| found.differences.is_empty()));
    }
    let after: i64 = sqlx::query_scalar(everything)
        .fetch_one(&mut connection)
        .await
        .expect("a count");
    assert_eq!(after, before);
}
