//! The log against what was acknowledged: every command once, whole, in order; nothing else.

use std::collections::BTreeMap;

use sqlx::{Executor, PgConnection, Row};
use uuid::Uuid;

use crate::load::Acknowledged;

/// What each kind of command writes, in order.
const WRITES: [(&str, &[&str]); 6] = [
    ("registerLead", &["lead_registered"]),
    (
        "convertLead",
        &[
            "lead_converted",
            "client_registered",
            "contact_added",
            "opportunity_opened",
        ],
    ),
    ("moveOpportunity", &["opportunity_moved"]),
    ("winOpportunity", &["opportunity_won"]),
    ("openOpportunity", &["opportunity_opened"]),
    ("loseOpportunity", &["opportunity_lost"]),
];

/// Position of the last event.
pub(crate) async fn end(database: &mut PgConnection) -> i64 {
    number(database, "SELECT max(position) FROM events").await
}

/// A whole number that the database answers.
pub(crate) async fn number(database: &mut PgConnection, query: &str) -> i64 {
    database.fetch_one(query).await.unwrap().get(0)
}

/// Checks the log from after `begun` on: that the acknowledged commands are in it exactly once, whole, and nothing else.
pub(crate) async fn holds(database: &mut PgConnection, begun: i64, acknowledged: &[Acknowledged]) {
    is_well_formed(database).await;
    let mut written = events_by_command(database, begun).await;
    let receipts = receipts(database, begun).await;
    for command in acknowledged {
        let Acknowledged {
            command: id,
            mutation,
            position,
            ..
        } = command;
        let (first, last, types) = written
            .remove(id)
            .unwrap_or_else(|| panic!("acknowledged and not in the log, or twice: {command:?}"));
        let (_, expected) = WRITES.iter().find(|(known, _)| known == mutation).unwrap();
        assert_eq!(
            &types, expected,
            "written in part, or more than once: {command:?}"
        );
        assert_eq!(last, *position, "where the answer said: {command:?}");
        assert_eq!(receipts.get(id), Some(&(first, last)), "{command:?}");
    }
    assert!(
        written.is_empty(),
        "these commands were not acknowledged and are in the log: {written:?}"
    );
    assert_eq!(receipts.len(), acknowledged.len(), "a receipt for each");
}

/// Positions without a gap, streams without a gap, recording instants that never fall.
async fn is_well_formed(database: &mut PgConnection) {
    for (query, what) in [
        (
            "SELECT count(*) - max(position) FROM events",
            "positions that are missing",
        ),
        (
            "SELECT count(*) FROM (SELECT FROM events GROUP BY aggregate_type, aggregate_id
             HAVING count(*) <> max(sequence) OR min(sequence) <> 1) AS broken",
            "streams with a gap",
        ),
        (
            "SELECT count(*) FROM (SELECT recorded_at < lag(recorded_at) OVER (ORDER BY position) AS fell FROM events) AS e WHERE fell",
            "events recorded before the one below them",
        ),
    ] {
        assert_eq!(number(database, query).await, 0, "{what}");
    }
}

/// First and last position and the types of the events of each command.
type Written = BTreeMap<Uuid, (i64, i64, Vec<String>)>;

async fn events_by_command(database: &mut PgConnection, begun: i64) -> Written {
    let query = format!(
        "SELECT (metadata ->> 'command_id')::uuid, min(position), max(position), array_agg(event_type ORDER BY position)
         FROM events WHERE position > {begun} GROUP BY 1"
    );
    let rows = database.fetch_all(&*query).await.unwrap();
    let rows = rows
        .iter()
        .map(|row| (row.get(0), (row.get(1), row.get(2), row.get(3))));
    rows.collect()
}

async fn receipts(database: &mut PgConnection, begun: i64) -> BTreeMap<Uuid, (i64, i64)> {
    let query = format!(
        "SELECT command_id, first_position, last_position FROM receipts WHERE last_position > {begun}"
    );
    let rows = database.fetch_all(&*query).await.unwrap();
    rows.iter()
        .map(|row| (row.get(0), (row.get(1), row.get(2))))
        .collect()
}
