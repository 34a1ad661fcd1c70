//! A database of its own for each test, and what the tests say about it.

use std::time::Duration;

use cartera_domain::Event;
use cartera_domain::ids::{SubjectId, TypedId};
use cartera_domain::leads::{LeadDetails, LeadEvent};
use cartera_domain::values::{EmailAddress, Line, Occurred, Personal};
use cartera_journal::{
    Actor, Append, AppendError, Appended, Context, Journal, JournalConfig, MasterKey, NewEvent,
    Receipt, Source, StreamAppend,
};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Connection, Executor, Row};
use uuid::Uuid;

/// A database with the journal's tables.
pub(crate) struct World {
    pub(crate) url: String,
}

pub(crate) const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

impl World {
    pub(crate) async fn new() -> Self {
        let server = server();
        let name = format!("journal_{}", random().simple());
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
        Self { url }
    }

    /// One more node on the database.
    pub(crate) async fn node(&self) -> Journal {
        self.node_with(|_config| ()).await
    }

    pub(crate) async fn node_with(&self, set: impl FnOnce(&mut JournalConfig)) -> Journal {
        Journal::connect(self.config(set)).await.expect("a journal")
    }

    pub(crate) fn config(&self, set: impl FnOnce(&mut JournalConfig)) -> JournalConfig {
        let mut config = JournalConfig::new(
            &self.url,
            MasterKey::from_base64(MASTER_KEY).expect("a key"),
        );
        set(&mut config);
        config
    }

    /// A connection beside the journal: an auditor's, or a vandal's.
    pub(crate) async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.url)
            .await
            .expect("a connection")
    }

    /// A connection that holds the head's lock until it commits.
    pub(crate) async fn holding_the_head(&self) -> PgConnection {
        let mut connection = self.connection().await;
        connection.execute("BEGIN").await.expect("a transaction");
        connection
            .execute("SELECT FROM journal_head FOR UPDATE")
            .await
            .expect("the lock");
        connection
    }

    /// Waits until so many sessions wait for a lock.
    pub(crate) async fn until_waiting(&self, sessions: i64) {
        self.until(&format!(
            "SELECT count(*) >= {sessions} FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ))
        .await;
    }

    /// Waits until a condition holds; the test runner's patience is the limit.
    pub(crate) async fn until(&self, condition: &str) {
        let mut connection = self.connection().await;
        while !connection
            .fetch_one(condition)
            .await
            .expect("an answer")
            .get::<bool, _>(0)
        {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// The one number that a query answers.
    pub(crate) async fn number(&self, query: &str) -> i64 {
        self.connection()
            .await
            .fetch_one(query)
            .await
            .expect("an answer")
            .get(0)
    }

    pub(crate) async fn events(&self) -> i64 {
        self.number("SELECT count(*) FROM events").await
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests find their server by the environment"
)]
fn server() -> String {
    std::env::var("CARTERA_TEST_DATABASE_URL")
        .expect("these tests need PostgreSQL: run `make test`, or set CARTERA_TEST_DATABASE_URL to a server")
}

/// An id that nobody has yet.
pub(crate) fn random() -> Uuid {
    Uuid::from_u128(rand::random())
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

pub(crate) fn happened(event: LeadEvent) -> NewEvent {
    NewEvent {
        event: Event::Lead(event),
        occurred: Occurred::Now,
    }
}

pub(crate) fn contacted() -> NewEvent {
    happened(LeadEvent::LeadContacted {})
}

pub(crate) fn registered(company: &str) -> NewEvent {
    let details = LeadDetails {
        company_name: Line::parse(company).ok(),
        ..LeadDetails::default()
    };
    happened(LeadEvent::LeadRegistered {
        details,
        channel: None,
        owner: None,
        team: None,
    })
}

/// A lead with a person's name and e-mail.
pub(crate) fn registered_person(subject: SubjectId, name: &str, email: &str) -> NewEvent {
    let details = LeadDetails {
        person_name: Line::parse(name)
            .ok()
            .map(|name| Personal::new(subject, name)),
        email: email
            .parse::<EmailAddress>()
            .ok()
            .map(|email| Personal::new(subject, email)),
        ..LeadDetails::default()
    };
    happened(LeadEvent::LeadRegistered {
        details,
        channel: None,
        owner: None,
        team: None,
    })
}

pub(crate) fn subject() -> SubjectId {
    SubjectId::from_uuid(random())
}

pub(crate) fn stream(id: Uuid, expected_version: u64, events: Vec<NewEvent>) -> StreamAppend {
    StreamAppend {
        aggregate_type: "lead",
        aggregate_id: id,
        expected_version,
        events,
    }
}

/// An append of some events to one stream, without a receipt.
pub(crate) fn append(id: Uuid, expected_version: u64, events: Vec<NewEvent>) -> Append {
    Append {
        streams: vec![stream(id, expected_version, events)],
        ..Append::new(context())
    }
}

/// A new lead, the way that most tests need one.
pub(crate) fn new_lead(id: Uuid) -> Append {
    append(id, 0, vec![registered("Ferreteria Puig")])
}

/// The same with a receipt for this content.
pub(crate) fn receipted(append: Append, content: u8) -> Append {
    Append {
        receipt: Some(Receipt {
            fingerprint: [content; 32],
        }),
        ..append
    }
}

pub(crate) fn conflict(id: Uuid, expected: u64, actual: u64) -> Result<Appended, AppendError> {
    Err(AppendError::Conflict {
        aggregate_type: "lead",
        aggregate_id: id,
        expected,
        actual,
    })
}

/// What the writer sets in its session.
pub(crate) const PINS: &str = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;
    SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";

/// A call of the append function for one event of a new stream, as SQL.
pub(crate) fn raw_append(id: Uuid) -> String {
    let none = "'{}', ".repeat(24);
    format!(
        "SELECT * FROM journal_append('{{1}}', '{{lead}}', '{{{id}}}', '{{0}}',
            '{{1}}', '{{lead}}', '{{{id}}}', '{{1}}', '{{lead_contacted}}', '{{1.0}}', '{{\"{{}}\"}}',
            ARRAY['{{\"actor\":\"system\",\"business_date\":\"\",\"command_id\":\"{id}\",\"correlation_id\":\"{id}\",\"depth\":\"0\",\"source\":\"cli\"}}'],
            '{{Europe/Madrid}}', {none} '{{}}')"
    )
}
