//! A database of its own for each test, with the facts of the events that the test says.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use cartera_domain::event::StoredEvent;
use cartera_domain::ids::{
    ChannelId, ClientId, LeadId, LineId, PipelineId, ProductId, StageId, TeamId, TypedId, UserId,
};
use cartera_domain::opportunities::{OpportunityEvent, OpportunityLine};
use cartera_domain::permission::Role;
use cartera_domain::settings::{CompanyEvent, PipelineEvent, StageCategory, StageDefinition};
use cartera_domain::users::TeamTreeEvent;
use cartera_domain::values::{Amount, BusinessTime, FiscalStart, Line, Percentage};
use cartera_domain::{Decider, Event, Viewer};
use cartera_journal::{Actor, Journal, Metadata, Recorded, Source};
use cartera_projections::reports::{
    Cell, GroupValue, Grouping, Metric, Period, Report, ReportError, ReportRequest, SalesFacts,
    report,
};
use cartera_projections::{Projector, ReadPool};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection, Row};
use uuid::Uuid;

static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The facts of some events, in a database of their own.
pub(crate) struct World {
    name: String,
    pub(crate) url: String,
    pub(crate) pool: ReadPool,
    /// Everything that was said to have happened.
    pub(crate) log: Vec<Recorded>,
    /// How much of it the facts have taken in.
    projected: usize,
    sequences: BTreeMap<Uuid, u64>,
    zone: Tz,
}

macro_rules! known {
    ($($name:ident: $type:ident = $number:literal),+ $(,)?) => {$(
        pub(crate) fn $name() -> $type {
            id($number)
        }
    )+};
}

known! {
    pipeline: PipelineId = 1,
    analysis: StageId = 11,
    offered: StageId = 12,
    won: StageId = 13,
    paid: StageId = 14,
    lost: StageId = 15,
    cancelled: StageId = 16,
    anna: UserId = 21,
    berta: UserId = 22,
    carles: UserId = 23,
    sales: TeamId = 31,
    north: TeamId = 32,
    south: TeamId = 33,
    fair: ChannelId = 41,
    web: ChannelId = 42,
}

/// Any id, from a number.
pub(crate) fn id<T: TypedId>(number: u128) -> T {
    T::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

pub(crate) fn line(text: &str) -> Line {
    Line::parse(text).expect("a line")
}

pub(crate) fn percentage(text: &str) -> Percentage {
    Percentage::try_new(text.parse().expect("a number")).expect("a percentage")
}

pub(crate) fn period(from: &str, to: &str) -> Period {
    Period {
        from: day(from),
        to: day(to),
    }
}

/// A request as of no day, on a day long after everything.
pub(crate) fn asking(metrics: &[Metric]) -> ReportRequest {
    ReportRequest::new(metrics.to_vec(), day("2030-01-01"))
}

/// A user who sees as far as the role does.
pub(crate) fn viewer(role: Role, user: UserId, teams: &[TeamId]) -> Viewer {
    Viewer {
        user,
        role,
        teams: teams.to_vec(),
        members: vec![user],
    }
}

pub(crate) fn director() -> Viewer {
    viewer(Role::Director, id(99), &[])
}

/// An opening with nothing known but what the test says.
pub(crate) struct Opening {
    pub(crate) owner: Option<UserId>,
    pub(crate) team: Option<TeamId>,
    pub(crate) client: Option<ClientId>,
    pub(crate) channel: Option<ChannelId>,
    pub(crate) amount: Option<Amount>,
    pub(crate) lines: Vec<OpportunityLine>,
}

pub(crate) fn opening() -> Opening {
    Opening {
        owner: Some(anna()),
        team: Some(north()),
        client: None,
        channel: None,
        amount: None,
        lines: vec![],
    }
}

impl Opening {
    pub(crate) fn worth(mut self, text: &str) -> Self {
        self.amount = Some(amount(text));
        self
    }

    pub(crate) fn of(mut self, owner: Option<UserId>, team: Option<TeamId>) -> Self {
        (self.owner, self.team) = (owner, team);
        self
    }

    pub(crate) fn selling(mut self, lines: Vec<OpportunityLine>) -> Self {
        let total = OpportunityLine::total(&lines).expect("lines that agree");
        self.amount = Some(total);
        self.lines = lines;
        self
    }
}

/// A line of a product.
pub(crate) fn selling(number: u128, product: u128, quantity: &str, total: &str) -> OpportunityLine {
    OpportunityLine {
        line: id::<LineId>(number),
        product: id::<ProductId>(product),
        description: None,
        quantity: amount(quantity),
        unit_price: None,
        discount: None,
        amount: amount(total),
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let name = self.name.clone();
        // The test's own runtime is about to end: a thread with another one does the work.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let mut connection = PgConnection::connect(&server()).await.expect("the server");
                connection
                    .execute(&*format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                    .await
                    .expect("the database gone");
            });
        });
        dropped.join().expect("a thread");
    }
}

impl World {
    /// A company with a pipeline and three teams, north and south below sales, since 2010.
    pub(crate) async fn new() -> Self {
        Self::starting_in(1).await
    }

    /// The same, with a fiscal year that begins in another month.
    pub(crate) async fn starting_in(month: u8) -> Self {
        let mut world = Self::empty().await;
        world.happens::<cartera_domain::settings::Company>(
            5,
            "2010-01-01",
            CompanyEvent::CompanySetUp {
                name: line("Distribucions Ter"),
                currency: "EUR".parse().expect("a currency"),
                time_zone: world.zone,
                fiscal_start: FiscalStart::try_new(month).expect("a month"),
                locale: cartera_domain::users::Locale::Ca,
            },
        );
        let stage = |stage, category, probability: &str| StageDefinition {
            stage,
            name: line("stage"),
            category,
            probability: percentage(probability),
        };
        world.happens::<cartera_domain::settings::Pipeline>(
            1,
            "2010-01-01",
            PipelineEvent::PipelineCreated {
                name: line("Vendes"),
                stages: vec![
                    stage(analysis(), StageCategory::Open, "10"),
                    stage(offered(), StageCategory::Open, "50"),
                    stage(won(), StageCategory::Won, "100"),
                    stage(paid(), StageCategory::Won, "100"),
                    stage(lost(), StageCategory::Lost, "0"),
                    stage(cancelled(), StageCategory::Cancelled, "0"),
                ],
            },
        );
        for (team, parent, manager, office) in [
            (sales(), None, Some(carles()), Some("Girona")),
            (north(), Some(sales()), None, None),
            (south(), Some(sales()), Some(berta()), Some("Reus")),
        ] {
            world.happens::<cartera_domain::users::TeamTree>(
                6,
                "2010-01-01",
                TeamTreeEvent::TeamFormed {
                    team,
                    name: line("team"),
                    parent,
                    manager,
                    office: office.map(line),
                },
            );
        }
        world
    }

    /// Nothing yet.
    pub(crate) async fn empty() -> Self {
        let server = server();
        let name = format!(
            "reports_{}_{}",
            std::process::id(),
            DATABASES.fetch_add(1, Ordering::Relaxed)
        );
        let mut connection = PgConnection::connect(&server)
            .await
            .expect("the server answers");
        connection
            .execute(&*format!("DROP DATABASE IF EXISTS {name}"))
            .await
            .expect("an old database gone");
        connection
            .execute(&*format!("CREATE DATABASE {name}"))
            .await
            .expect("a database");
        let options: PgConnectOptions = server.parse().expect("a server URL");
        let url = sqlx::ConnectOptions::to_url_lossy(&options.database(&name)).to_string();
        Journal::migrate(&url).await.expect("the tables");
        let mut connection = PgConnection::connect(&url).await.expect("a connection");
        let statements = format!(
            "CREATE SCHEMA IF NOT EXISTS live; SET search_path TO live, public; {}; INSERT INTO followers (name) VALUES ('sales_facts')",
            SalesFacts::DDL
        );
        connection.execute(&*statements).await.expect("the tables");
        Self {
            name,
            pool: ReadPool::connect_lazy(&url, 2).expect("a pool"),
            url,
            log: vec![],
            projected: 0,
            sequences: BTreeMap::new(),
            zone: chrono_tz::Europe::Madrid,
        }
    }

    /// Something happened: on a day, at an instant, or `?` where nobody knows when. It is recorded a second after the last.
    pub(crate) fn happens<D: Decider>(&mut self, stream: u128, when: &str, event: D::Event) {
        let position = i64::try_from(self.log.len()).expect("a short log") + 1;
        let stream = Uuid::from_u128(stream);
        let sequence = self.sequences.entry(stream).or_default();
        *sequence += 1;
        let recorded_at =
            DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(365 * 59) + TimeDelta::seconds(position);
        let occurred = match when {
            "?" => BusinessTime::Instant(recorded_at.fixed_offset()),
            text => text.parse().expect("a date or an instant"),
        };
        let event_type = event.name().to_owned();
        self.log.push(Recorded {
            position,
            aggregate_type: D::TYPE.to_owned(),
            aggregate_id: stream,
            sequence: *sequence,
            event: event.into(),
            event_type,
            metadata: Metadata {
                actor: Actor::System,
                command_id: Uuid::from_u128(7),
                correlation_id: Uuid::from_u128(7),
                causation: None,
                depth: 0,
                source: Source::Import,
                trace_parent: None,
                occurred,
                business_date: occurred.business_date(self.zone),
                date_unknown: when == "?",
            },
            recorded_at,
        });
    }

    /// Something happened to an opportunity.
    pub(crate) fn sale(&mut self, number: u128, when: &str, event: OpportunityEvent) -> &mut Self {
        self.happens::<cartera_domain::opportunities::Opportunity>(1_000 + number, when, event);
        self
    }

    pub(crate) fn opened(&mut self, number: u128, when: &str, opening: Opening) -> &mut Self {
        let Opening {
            owner,
            team,
            client,
            channel,
            amount,
            lines,
        } = opening;
        self.sale(
            number,
            when,
            OpportunityEvent::OpportunityOpened {
                pipeline: pipeline(),
                stage: analysis(),
                details: cartera_domain::opportunities::OpportunityDetails::default(),
                client,
                lead: None::<LeadId>,
                channel,
                owner,
                team,
                amount,
                currency: "EUR".parse().expect("a currency"),
                expected_close: None,
                lines,
            },
        )
    }

    pub(crate) fn won(&mut self, number: u128, when: &str, worth: &str) -> &mut Self {
        self.sale(
            number,
            when,
            OpportunityEvent::OpportunityWon {
                stage: won(),
                amount: Some(amount(worth)),
                reason: None,
                note: None,
            },
        )
    }

    pub(crate) fn lost(&mut self, number: u128, when: &str) -> &mut Self {
        self.sale(
            number,
            when,
            OpportunityEvent::OpportunityLost {
                stage: lost(),
                reason: None,
                competitor: None,
                note: None,
            },
        )
    }

    pub(crate) fn cancelled(&mut self, number: u128, when: &str) -> &mut Self {
        self.sale(
            number,
            when,
            OpportunityEvent::OpportunityCancelled {
                stage: cancelled(),
                reason: None,
                note: None,
            },
        )
    }

    pub(crate) fn moved(&mut self, number: u128, when: &str, stage: StageId) -> &mut Self {
        self.sale(number, when, OpportunityEvent::OpportunityMoved { stage })
    }

    pub(crate) fn reopened(&mut self, number: u128, when: &str) -> &mut Self {
        self.sale(
            number,
            when,
            OpportunityEvent::OpportunityReopened { stage: analysis() },
        )
    }

    pub(crate) fn assigned(
        &mut self,
        number: u128,
        when: &str,
        owner: Option<UserId>,
        team: Option<TeamId>,
    ) -> &mut Self {
        self.sale(
            number,
            when,
            OpportunityEvent::OpportunityAssigned { owner, team },
        )
    }

    /// What the lines of an opportunity add up to, if it has any.
    pub(crate) fn worth(&self, number: u128) -> Option<String> {
        let lines = self.events_of(number).find_map(|event| match event {
            OpportunityEvent::OpportunityOpened { lines, .. } => Some(lines),
            _ => None,
        })?;
        let total = OpportunityLine::total(lines).expect("lines that agree");
        (!lines.is_empty()).then(|| total.value().to_string())
    }

    /// Whether it is closed.
    pub(crate) fn is_closed(&self, number: u128) -> bool {
        let mut outcomes = self.events_of(number).filter_map(|event| match event {
            OpportunityEvent::OpportunityWon { .. }
            | OpportunityEvent::OpportunityLost { .. }
            | OpportunityEvent::OpportunityCancelled { .. } => Some(true),
            OpportunityEvent::OpportunityReopened { .. } => Some(false),
            _ => None,
        });
        outcomes.next_back().unwrap_or(false)
    }

    /// Whether it was won last.
    pub(crate) fn is_won(&self, number: u128) -> bool {
        let mut outcomes = self.events_of(number).filter_map(|event| match event {
            OpportunityEvent::OpportunityWon { .. } => Some(true),
            OpportunityEvent::OpportunityLost { .. }
            | OpportunityEvent::OpportunityCancelled { .. }
            | OpportunityEvent::OpportunityReopened { .. } => Some(false),
            _ => None,
        });
        outcomes.next_back().unwrap_or(false)
    }

    fn events_of(&self, number: u128) -> impl DoubleEndedIterator<Item = &OpportunityEvent> {
        let of = move |recorded: &&Recorded| recorded.aggregate_id.as_u128() == 1_000 + number;
        self.log
            .iter()
            .filter(of)
            .filter_map(|recorded| match &recorded.event {
                Event::Opportunity(event) => Some(event),
                _ => None,
            })
    }

    /// Lets the facts take in what has happened, in batches of at most so many events.
    pub(crate) async fn project_in(&mut self, batch: usize) {
        let mut connection = PgConnection::connect(&self.url)
            .await
            .expect("a connection");
        while self.projected < self.log.len() {
            let until = (self.projected + batch).min(self.log.len());
            let next: Vec<&Recorded> = self.log[self.projected..until]
                .iter()
                .filter(|recorded| SalesFacts::READS.contains(&&*recorded.aggregate_type))
                .collect();
            let mut tx = connection.begin().await.expect("a transaction");
            tx.execute("SET LOCAL search_path TO live, public")
                .await
                .expect("a path");
            SalesFacts
                .apply(&mut tx, &next)
                .await
                .expect("the events taken in");
            tx.execute(&*format!("UPDATE followers SET position = {until}"))
                .await
                .expect("a checkpoint");
            tx.commit().await.expect("a commit");
            self.projected = until;
        }
    }

    /// What the director sees.
    pub(crate) async fn report(&mut self, request: &ReportRequest) -> Report {
        self.report_to(&director(), request).await
    }

    pub(crate) async fn report_to(&mut self, viewer: &Viewer, request: &ReportRequest) -> Report {
        self.try_report(viewer, request).await.expect("a report")
    }

    pub(crate) async fn try_report(
        &mut self,
        viewer: &Viewer,
        request: &ReportRequest,
    ) -> Result<Report, ReportError> {
        self.project_in(usize::MAX / 2).await;
        report(&self.pool, viewer, request).await
    }

    /// Forgets what the facts have taken in, so that they begin anew.
    pub(crate) async fn forget(&mut self) {
        let mut connection = PgConnection::connect(&self.url)
            .await
            .expect("a connection");
        let names = connection
            .fetch_all("SELECT tablename::text FROM pg_tables WHERE schemaname = 'live'")
            .await
            .expect("the names");
        let names: Vec<String> = names
            .iter()
            .map(|row| format!("live.{}", row.get::<String, _>(0)))
            .collect();
        let statement = format!(
            "TRUNCATE {}; UPDATE followers SET position = 0",
            names.join(", ")
        );
        connection.execute(&*statement).await.expect("empty tables");
        self.projected = 0;
    }

    /// Forgets what happened as well, after the first events.
    pub(crate) async fn forget_after(&mut self, first: usize) {
        self.forget().await;
        self.log.truncate(first);
        self.sequences.clear();
        for recorded in &self.log {
            self.sequences
                .insert(recorded.aggregate_id, recorded.sequence);
        }
    }

    /// All rows of all tables, as text.
    pub(crate) async fn tables(&mut self) -> Vec<String> {
        let mut connection = PgConnection::connect(&self.url)
            .await
            .expect("a connection");
        let names = connection
            .fetch_all("SELECT tablename::text FROM pg_tables WHERE schemaname = 'live' ORDER BY 1")
            .await
            .expect("the names");
        let mut all = vec![];
        for name in names {
            let name: String = name.get(0);
            let rows = connection
                .fetch_all(&*format!("SELECT r::text FROM live.{name} AS r ORDER BY 1"))
                .await
                .expect("the rows");
            all.extend(
                rows.iter()
                    .map(|row| format!("{name} {}", row.get::<String, _>(0))),
            );
        }
        all
    }
}

/// The figures of the totals, as text; `-` where there is nothing to divide by.
pub(crate) fn totals(report: &Report) -> Vec<String> {
    values(&report.totals)
}

/// The groups with their figures.
pub(crate) fn rows(report: &Report) -> Vec<(Vec<String>, Vec<String>)> {
    let rows = report.rows.iter().map(|row| {
        let group = row.group.iter().map(group).collect();
        (group, values(&row.cells))
    });
    rows.collect()
}

/// The figures of the first compared year with their change in per cent, in the totals.
pub(crate) fn compared(cells: &[Cell]) -> Vec<(String, String)> {
    let compared = cells.iter().map(|cell| {
        let compared = &cell.compared[0];
        (value(compared.value), value(compared.change_percent))
    });
    compared.collect()
}

fn values(cells: &[Cell]) -> Vec<String> {
    cells.iter().map(|cell| value(cell.value)).collect()
}

pub(crate) fn value(value: Option<Decimal>) -> String {
    value.map_or("-".to_owned(), |value| value.to_string())
}

fn group(value: &GroupValue) -> String {
    match value {
        GroupValue::Day(day) => day.to_string(),
        GroupValue::Id(id) => id.as_u128().to_string(),
        GroupValue::Text(text) => text.clone(),
        GroupValue::Missing => "-".to_owned(),
    }
}

/// Rows as a test writes them: groups and figures apart by spaces.
pub(crate) fn table(report: &Report) -> Vec<String> {
    let rows = rows(report).into_iter();
    rows.map(|(group, values)| format!("{} | {}", group.join(" "), values.join(" ")))
        .collect()
}

pub(crate) fn grouped(mut request: ReportRequest, group_by: &[Grouping]) -> ReportRequest {
    request.group_by = group_by.to_vec();
    request
}

pub(crate) fn within(mut request: ReportRequest, from: &str, to: &str) -> ReportRequest {
    request.period = Some(period(from, to));
    request
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests find their server by the environment"
)]
fn server() -> String {
    std::env::var("CARTERA_TEST_DATABASE_URL")
        .expect("these tests need PostgreSQL: run `make test`, or set CARTERA_TEST_DATABASE_URL to a server")
}
