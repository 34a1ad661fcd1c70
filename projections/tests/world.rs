//! A database of its own for each test, events in it, and what the read models make of them.

use cartera_domain::ids::{SubjectId, TypedId, UserId};
use cartera_domain::permission::Role;
use cartera_domain::values::{BusinessTime, Line, Occurred, Personal};
use cartera_domain::{Decider, Event, Viewer};
use cartera_journal::{
    Actor, Append, Context, Journal, JournalConfig, MasterKey, NewEvent, Source, StreamAppend,
};
use cartera_projections::projector::SharedProjector;
use cartera_projections::{ReadPool, generations, registry, runner};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection as _, Executor as _, Row as _};
use uuid::Uuid;

const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A database with the journal's tables.
pub(crate) struct World {
    pub(crate) url: String,
    pub(crate) journal: Journal,
    pub(crate) reads: ReadPool,
}

impl World {
    pub(crate) async fn new() -> Self {
        let server = server();
        let name = format!("projections_{}", random().simple());
        let mut connection = PgConnection::connect(&server)
            .await
            .expect("the test server answers");
        connection
            .execute(&*format!("CREATE DATABASE {name}"))
            .await
            .expect("a database");
        let options: PgConnectOptions = server.parse().expect("a server URL");
        let url = sqlx::ConnectOptions::to_url_lossy(&options.database(&name)).to_string();
        Journal::migrate(&url).await.expect("the tables");
        Self {
            journal: node(&url).await,
            reads: ReadPool::connect_lazy(&url, 4).expect("a URL"),
            url,
        }
    }

    /// What happened in a stream, each event at its time.
    pub(crate) async fn given<D: Decider>(&self, id: D::Id, events: Vec<(&str, D::Event)>) -> i64
    where
        D::Event: Into<Event>,
    {
        let events = events
            .into_iter()
            .map(|(occurred, event)| NewEvent {
                event: event.into(),
                occurred: at(occurred),
            })
            .collect();
        let known = self
            .journal
            .load::<D>(id)
            .await
            .expect("the stream loads")
            .version;
        let append = Append {
            streams: vec![StreamAppend {
                aggregate_type: D::TYPE,
                aggregate_id: id.as_uuid(),
                expected_version: known,
                events,
            }],
            ..Append::new(context())
        };
        let appended = self.journal.append(append).await.expect("it is written");
        appended.position
    }

    /// Takes everything into all read models.
    pub(crate) async fn project(&self) {
        runner::catch_up_all(&self.journal, &registry::all())
            .await
            .expect("it is taken in");
    }

    /// All rows of a table of schema `live`, as text, in order.
    pub(crate) async fn rows(&self, table: &str) -> Vec<String> {
        let mut connection = PgConnection::connect(&self.url)
            .await
            .expect("a connection");
        connection
            .fetch_all(&*format!("SELECT r::text FROM live.{table} r ORDER BY 1"))
            .await
            .expect("rows")
            .iter()
            .map(|row| row.get(0))
            .collect()
    }

    /// The rows say what the journal says: taking everything in once more changes nothing, and neither does a rebuild.
    pub(crate) async fn is_faithful(&self) {
        let before = self.all_rows().await;
        let mut connection = PgConnection::connect(&self.url)
            .await
            .expect("a connection");
        connection
            .execute("UPDATE followers SET position = 0")
            .await
            .expect("all is to be taken in once more");
        self.project().await;
        assert_eq!(self.all_rows().await, before);
        self.is_faithful_in(&registry::all()).await;
    }

    async fn all_rows(&self) -> Vec<(String, Vec<String>)> {
        let mut connection = PgConnection::connect(&self.url)
            .await
            .expect("a connection");
        let views = connection
            .fetch_all("SELECT viewname::text FROM pg_views WHERE schemaname = 'live' ORDER BY 1")
            .await
            .expect("views");
        let mut all = vec![];
        for view in views {
            let view: String = view.get(0);
            all.push((view.clone(), self.rows(&view).await));
        }
        all
    }

    pub(crate) async fn is_faithful_in(&self, projectors: &[SharedProjector]) {
        let verified = generations::verify_all(&self.journal, projectors)
            .await
            .expect("they are verified");
        for verified in verified {
            assert_eq!(verified.differences, vec![], "{}", verified.name);
        }
    }
}

/// A journal on the database: one node.
pub(crate) async fn node(url: &str) -> Journal {
    let key = MasterKey::from_base64(MASTER_KEY).expect("a key");
    let mut config = JournalConfig::new(url, key);
    config.pool_size = 16;
    Journal::connect(config).await.expect("a journal")
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests find their server by the environment"
)]
fn server() -> String {
    std::env::var("CARTERA_TEST_DATABASE_URL")
        .expect("these tests need PostgreSQL: run `make test`, or set CARTERA_TEST_DATABASE_URL to a server")
}

pub(crate) fn random() -> Uuid {
    Uuid::from_u128(rand::random())
}

/// An id that nobody has yet.
pub(crate) fn new<T: TypedId>() -> T {
    T::from_uuid(random())
}

pub(crate) fn context() -> Context {
    Context {
        actor: Actor::System,
        command_id: random(),
        correlation_id: random(),
        causation: None,
        depth: 0,
        source: Source::Cli,
        trace_parent: None,
        zone: chrono_tz::Europe::Madrid,
    }
}

/// `now`, `unknown`, a day, or an instant with its offset.
pub(crate) fn at(occurred: &str) -> Occurred {
    match occurred {
        "now" => Occurred::Now,
        "unknown" => Occurred::Unknown,
        time => Occurred::At(time.parse::<BusinessTime>().expect("a time")),
    }
}

pub(crate) fn day(text: &str) -> chrono::NaiveDate {
    text.parse().expect("a day")
}

pub(crate) fn line(text: &str) -> Option<Line> {
    Line::parse(text).ok()
}

pub(crate) fn amount(text: &str) -> cartera_domain::values::Amount {
    text.parse().expect("an amount")
}

pub(crate) fn decimal(text: &str) -> rust_decimal::Decimal {
    text.parse().expect("a decimal")
}

pub(crate) fn personal<T>(subject: SubjectId, value: Option<T>) -> Option<Personal<T>> {
    value.map(|value| Personal::new(subject, value))
}

/// Somebody who sees everything.
pub(crate) fn director() -> Viewer {
    viewer(Role::Director, new(), vec![])
}

pub(crate) fn viewer(role: Role, user: UserId, members: Vec<UserId>) -> Viewer {
    Viewer {
        user,
        role,
        teams: vec![],
        members,
    }
}
