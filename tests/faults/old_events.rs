//! Events of every released version still give the rows that they gave (RELIABILITY 9).
//!
//! Each file in `tests/golden/rows` is a history, by the names of golden events, and the rows that the read models made of it.
//! What a row has gained since is passed over; what it had is compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use cartera_domain::Event;
use cartera_domain::event::VOCABULARY;
use cartera_domain::ids::{CatalogueId, CompanyId, Singleton, TeamTreeId, TypedId};
use cartera_domain::values::{BusinessTime, Occurred};
use cartera_journal::{
    Actor, Append, Context, Journal, JournalConfig, MasterKey, NewEvent, Source, StreamAppend,
};
use cartera_projections::{registry, runner};
use cartera_tests::TestDatabase;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{Executor, PgPool, Row};
use uuid::Uuid;

use crate::ground::KEY;

/// Columns that tell when something was recorded: another instant in every run.
const OF_THE_RECORDING: [&str; 3] = ["recorded_at", "changed_at", "set_up_at"];

/// A history and its rows.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct History {
    /// The events in order: aggregate type, event type, version.
    events: Vec<(String, String, String)>,
    /// The rows of each table, in the order of their text.
    rows: BTreeMap<String, Vec<Value>>,
}

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("golden")
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path) -> T {
    let text = fs::read_to_string(path);
    let text = text.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The stream of each aggregate type in these histories.
fn stream(aggregate_type: &str) -> Uuid {
    match aggregate_type {
        "company" => CompanyId::the().as_uuid(),
        "catalogue" => CatalogueId::the().as_uuid(),
        "team_tree" => TeamTreeId::the().as_uuid(),
        other => {
            let types = VOCABULARY.iter();
            let place = types.clone().position(|(known, _)| *known == other);
            Uuid::from_u128(0x01_0000_7000_8000 << 64 | u128::try_from(place.unwrap()).unwrap())
        }
    }
}

/// The golden event of this name, wherever its context is.
fn event((aggregate_type, event_type, version): &(String, String, String)) -> Event {
    let name = format!("{event_type}.v{version}.json");
    let contexts = fs::read_dir(golden().join("events")).unwrap();
    let mut files = contexts.map(|context| context.unwrap().path().join(&name));
    let file = files.find(|file| file.exists()).unwrap();
    Event::decode(aggregate_type, event_type, read(&file)).unwrap()
}

fn context() -> Context {
    Context {
        actor: Actor::System,
        command_id: Uuid::from_u128(1),
        correlation_id: Uuid::from_u128(1),
        causation: None,
        depth: 0,
        source: Source::Cli,
        trace_parent: None,
        zone: "Europe/Madrid".parse().unwrap(),
    }
}

/// Writes the history into a new log, a day for each event, and lets the read models take it in.
async fn rows_of(events: &[(String, String, String)]) -> BTreeMap<String, Vec<Value>> {
    let database = TestDatabase::create().await;
    let key = MasterKey::from_base64(KEY).unwrap();
    let config = JournalConfig::new(database.url(), key);
    let journal = Journal::connect(config).await.unwrap();
    let mut day: chrono::NaiveDate = "2024-01-01".parse().unwrap();
    let mut versions: BTreeMap<&str, u64> = BTreeMap::new();
    for named in events {
        let event = event(named);
        let version = versions.entry(event.aggregate_type()).or_default();
        let streams = vec![StreamAppend {
            aggregate_type: event.aggregate_type(),
            aggregate_id: stream(event.aggregate_type()),
            expected_version: *version,
            events: vec![NewEvent {
                occurred: Occurred::At(BusinessTime::Date(day)),
                event,
            }],
        }];
        let append = Append {
            streams,
            ..Append::new(context())
        };
        journal.append(append).await.unwrap();
        *version += 1;
        day = day.succ_opt().unwrap();
    }
    for projector in registry::all() {
        runner::catch_up(&journal, &projector).await.unwrap();
    }
    all_rows(&database.pool).await
}

async fn all_rows(pool: &PgPool) -> BTreeMap<String, Vec<Value>> {
    let views = "SELECT viewname::text FROM pg_views WHERE schemaname = 'live' ORDER BY 1";
    let mut all = BTreeMap::new();
    for view in pool.fetch_all(views).await.unwrap() {
        let view: String = view.get(0);
        let query = format!("SELECT to_jsonb(r) FROM live.{view} r");
        let rows = pool.fetch_all(&*query).await.unwrap();
        let mut rows: Vec<Value> = rows.iter().map(|row| plain(row.get(0))).collect();
        rows.sort_by_key(Value::to_string);
        all.insert(view, rows);
    }
    all
}

fn plain(mut row: Value) -> Value {
    let fields = row.as_object_mut().unwrap();
    fields.retain(|name, _| !OF_THE_RECORDING.contains(&name.as_str()));
    row
}

/// Whether a row has all that another had.
fn holds(row: &Value, had: &Value) -> bool {
    let mut fields = had.as_object().unwrap().iter();
    fields.all(|(name, value)| row.get(name) == Some(value))
}

fn histories() -> Vec<(PathBuf, History)> {
    let files = fs::read_dir(golden().join("rows")).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    paths.map(|path| (path.clone(), read(&path))).collect()
}

#[tokio::test]
async fn every_event_ever_released_gives_the_rows_it_gave() {
    for (path, history) in histories() {
        let rows = rows_of(&history.events).await;
        for (table, had) in &history.rows {
            let now = rows.get(table).map(Vec::as_slice).unwrap_or_default();
            assert_eq!(now.len(), had.len(), "{}: rows of {table}", path.display());
            let lost = had
                .iter()
                .find(|row| !now.iter().any(|now| holds(now, row)));
            assert_eq!(lost, None, "{}: {table} has {now:#?}", path.display());
        }
    }
}

#[tokio::test]
async fn every_event_has_rows_to_give() {
    let histories = histories();
    let told: BTreeSet<(&str, &str)> = histories
        .iter()
        .flat_map(|(_, history)| &history.events)
        .map(|(aggregate_type, event_type, _)| (aggregate_type.as_str(), event_type.as_str()))
        .collect();
    let all = VOCABULARY
        .iter()
        .flat_map(|(aggregate_type, types)| types.iter().map(|one| (*aggregate_type, *one)));
    let untold: Vec<_> = all.filter(|event| !told.contains(event)).collect();
    if untold.is_empty() {
        return;
    }
    // A history that begins as the first one does, so that there is something for the new events to change.
    let mut events = histories
        .into_iter()
        .next()
        .map_or_else(Vec::new, |(_, history)| history.events);
    let new = untold.into_iter().map(|(aggregate_type, event_type)| {
        (aggregate_type.into(), event_type.into(), "1.0".into())
    });
    events.extend(new);
    let rows = rows_of(&events).await;
    let history = serde_json::to_string_pretty(&History { events, rows }).unwrap();
    let place = std::env::temp_dir().join("golden-rows.json");
    fs::write(&place, history).unwrap();
    panic!(
        "look at {} and keep it in tests/golden/rows under a name of its own",
        place.display()
    );
}
