//! A whole service on a port of its own, over a database of its own, with a company and users of every role.

use std::sync::Arc;

use cartera::adapters::SystemIds;
use cartera::auth::{Lifetimes, PUBLIC_DOCUMENTS};
use cartera::composition::{Web, WebSettings};
use cartera::edge::headers::Transport;
use cartera::files::FileSettings;
use cartera::imports::{self, RunnerSettings};
use cartera::server;
use cartera_commands::CommandBus;
use cartera_commands::envelope::Envelope;
use cartera_commands::files::WorkerProgram;
use cartera_commands::settings::{NewCompany, set_up_company};
use cartera_commands::users::{NewUser, register_user};
use cartera_domain::ids::{Singleton, TeamId, TeamTreeId, TypedId, UserId};
use cartera_domain::permission::Role;
use cartera_domain::settings::FiscalStart;
use cartera_domain::users::{Locale, TeamTree, TeamTreeCommand};
use cartera_journal::{CancellationToken, Journal, JournalConfig, MasterKey, Source};
use cartera_projections::runner::Runner;
use cartera_projections::{ReadPool, registry};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::database::TestDatabase;
use crate::graphql::GraphQl;

/// The password of every user of the test company.
pub const PASSWORD: &str = "a password for the tests";
/// The master key of every test database.
pub const MASTER_KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// A running service with its company.
///
/// The teams: `north` above `coast`. Mar manages north; Nil and Berta sell in coast; Iu sells in no team. Anna administers,
/// Dídac directs, Aura audits.
pub struct TestWorld {
    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub url: String,
    /// Its database.
    pub database: TestDatabase,
    /// Its parts.
    pub service: Arc<Service>,
    /// Administrator.
    pub anna: Person,
    /// Director.
    pub didac: Person,
    /// Manager of north.
    pub mar: Person,
    /// Salesperson in coast.
    pub nil: Person,
    /// Another salesperson in coast.
    pub berta: Person,
    /// Salesperson in no team.
    pub iu: Person,
    /// Auditor.
    pub aura: Person,
    /// The team above.
    pub north: TeamId,
    /// The team below.
    pub coast: TeamId,
    shutdown: CancellationToken,
}

/// A user of the test company, signed in.
#[derive(Debug, Clone)]
pub struct Person {
    /// The user.
    pub user: UserId,
    /// Its global id.
    pub id: String,
    /// Its address for signing in.
    pub email: String,
    /// Its client.
    pub graphql: GraphQl,
}

impl std::ops::Deref for Person {
    type Target = GraphQl;

    fn deref(&self) -> &GraphQl {
        &self.graphql
    }
}

impl TestWorld {
    /// Starts the service over a new database, sets the company up and signs everybody in.
    ///
    /// # Panics
    /// When any of it fails.
    pub async fn start() -> Self {
        Self::with_files(FileSettings::default()).await
    }

    /// The same, with other bounds for uploads.
    ///
    /// # Panics
    /// When any of it fails.
    pub async fn with_files(files: FileSettings) -> Self {
        let database = TestDatabase::create().await;
        let shutdown = CancellationToken::new();
        let service = Arc::new(start_service(&database, files, shutdown.clone()).await);
        let url = listen(&service, shutdown.clone()).await;
        set_up(&service).await;
        let (north, coast) = (team(1), team(2));
        let hire = async |name: &str, role, team| hire(&service, &url, name, role, team).await;
        let world = Self {
            anna: hire("Anna", Role::Administrator, None).await,
            didac: hire("Didac", Role::Director, None).await,
            mar: hire("Mar", Role::Manager, None).await,
            nil: hire("Nil", Role::Salesperson, Some(coast)).await,
            berta: hire("Berta", Role::Salesperson, Some(coast)).await,
            iu: hire("Iu", Role::Salesperson, None).await,
            aura: hire("Aura", Role::Auditor, None).await,
            north,
            coast,
            url,
            database,
            service,
            shutdown,
        };
        world.form_teams().await;
        world
    }

    /// Carries imports out from now on, as `cartera serve` does; the real program reads workbooks.
    pub fn carry_imports_out(&self) {
        let settings = RunnerSettings {
            worker: WorkerProgram::Other {
                program: crate::program::executable(),
                arguments: vec!["import-worker".into()],
            },
            ..RunnerSettings::default()
        };
        // It ends with the world.
        drop(imports::Runner::start(
            self.service.web.imports(),
            settings,
            &self.shutdown,
        ));
    }

    /// Everybody, with the role by which the tables name them.
    pub fn everybody(&self) -> [(&'static str, &Person); 7] {
        [
            ("administrator", &self.anna),
            ("director", &self.didac),
            ("manager", &self.mar),
            ("salesperson", &self.nil),
            ("colleague", &self.berta),
            ("stranger", &self.iu),
            ("auditor", &self.aura),
        ]
    }

    /// A client that nobody knows.
    pub fn anonymous(&self) -> GraphQl {
        GraphQl::anonymous(&self.url)
    }

    /// Waits until all read models have passed the log's end.
    ///
    /// # Panics
    /// When they do not within the service's own patience.
    pub async fn caught_up(&self) {
        let journal = &self.service.bus.journal();
        let head = journal.head().await.expect("the journal answers");
        let names: Vec<&str> = registry::all().iter().map(|one| one.name()).collect();
        let reached = journal
            .wait_for(&names, head, std::time::Duration::from_secs(10))
            .await;
        assert!(
            reached.expect("the journal answers").up_to_date,
            "the read models are up to date"
        );
    }

    async fn form_teams(&self) {
        let bus = &self.service.bus;
        let form = |team, name: &str, parent, manager| TeamTreeCommand::FormTeam {
            team,
            name: name.parse().expect("a name"),
            parent,
            manager,
            office: None,
        };
        for command in [
            form(self.north, "North", None, Some(self.mar.user)),
            form(self.coast, "Coast", Some(self.north), None),
        ] {
            let envelope = Envelope::operator(Uuid::now_v7(), Source::Cli);
            let sent = bus
                .send::<TeamTree>(&envelope, TeamTreeId::the(), command)
                .await;
            sent.expect("a team is formed");
        }
        self.caught_up().await;
    }
}

impl Drop for TestWorld {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// A running service over a new database in which nobody has set anything up.
pub struct NewService {
    /// Where it listens.
    pub url: String,
    /// Its database.
    pub database: TestDatabase,
    /// Its parts.
    pub service: Arc<Service>,
    shutdown: CancellationToken,
}

impl NewService {
    /// Starts it.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start() -> Self {
        let database = TestDatabase::create().await;
        let shutdown = CancellationToken::new();
        let service =
            Arc::new(start_service(&database, FileSettings::default(), shutdown.clone()).await);
        let url = listen(&service, shutdown.clone()).await;
        Self {
            url,
            database,
            service,
            shutdown,
        }
    }

    /// Its first administrator, who came in by the operator's link.
    ///
    /// # Panics
    /// When there is one already.
    pub async fn first_administrator(&self) -> GraphQl {
        let link = self.service.web.identity().first_administrator_link().await;
        let link = link.expect("a link is made").expect("there is nobody yet");
        let [_, _, become_administrator] = PUBLIC_DOCUMENTS;
        let input = json!({ "link": link.reveal(), "name": "Anna", "locale": "EN",
            "email": "anna@tramuntana.example", "password": PASSWORD });
        let anonymous = GraphQl::anonymous(&self.url);
        let variables = json!({ "input": input });
        let (_, cookie) = anonymous.send(become_administrator, variables).await;
        anonymous.with_session(cookie.expect("a session's cookie"))
    }
}

impl Drop for NewService {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// The parts of a running service.
pub struct Service {
    /// The commands.
    pub bus: CommandBus,
    /// Who keeps the read models going.
    pub runner: Runner,
    /// What answers.
    pub web: Web,
}

/// A service over the database, not yet listening.
///
/// # Panics
/// When it does not start.
pub async fn start_service(
    database: &TestDatabase,
    files: FileSettings,
    shutdown: CancellationToken,
) -> Service {
    let key = MasterKey::from_base64(MASTER_KEY).expect("a key");
    let settings = JournalConfig {
        pool_size: 16,
        ..JournalConfig::new(database.url(), key)
    };
    let journal = Journal::connect(settings).await.expect("the journal opens");
    let bus = CommandBus::new(journal.clone(), Arc::new(SystemIds));
    let runner = Runner::start(journal.clone(), registry::all())
        .await
        .expect("the read models start");
    let reads = ReadPool::connect_lazy(database.url(), 6).expect("a URL");
    let settings = WebSettings {
        public_url: "http://localhost".to_owned(),
        development: false,
        lifetimes: Lifetimes::default(),
        files,
    };
    let web = Web::compose(&settings, bus.clone(), reads, shutdown).expect("the parts fit");
    Service { bus, runner, web }
}

/// Serves on a port of the loopback interface; gives the URL.
///
/// # Panics
/// When no port is free.
pub async fn listen(service: &Service, shutdown: CancellationToken) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("a port has an address");
    let metrics = cartera::telemetry::metrics::Metrics::new();
    let router = server::complete(service.web.router(), Transport::Http, &metrics);
    tokio::spawn(async move { server::serve(listener, router, &metrics, shutdown).await });
    format!("http://{address}")
}

fn team(number: u128) -> TeamId {
    TeamId::from_uuid(Uuid::from_u128(
        0x7ea0_0000_0000_7000_8000_0000_0000_0000 + number,
    ))
}

async fn set_up(service: &Service) {
    let company = NewCompany {
        name: "Distribucions Tramuntana".parse().expect("a name"),
        currency: "EUR".parse().expect("a currency"),
        time_zone: "Europe/Madrid".parse().expect("a zone"),
        fiscal_start: FiscalStart::JANUARY,
        locale: Locale::En,
    };
    let envelope = Envelope::operator(Uuid::now_v7(), Source::Cli);
    set_up_company(&service.bus, &envelope, company)
        .await
        .expect("the company is set up");
}

/// Registers somebody who chooses a password and is signed in.
///
/// # Panics
/// When any of it fails.
pub async fn hire(
    service: &Service,
    url: &str,
    name: &str,
    role: Role,
    team: Option<TeamId>,
) -> Person {
    let email = format!("{}@tramuntana.example", name.to_lowercase());
    let user = NewUser {
        name: name.parse().expect("a name"),
        email: Some(email.parse().expect("an address")),
        role,
        team,
        locale: Locale::En,
        external_reference: None,
    };
    let envelope = Envelope::operator(Uuid::now_v7(), Source::Cli);
    let sent = register_user(&service.bus, &envelope, user)
        .await
        .expect("a user is registered");
    let user = UserId::from_uuid(sent.id);
    let link = service
        .web
        .identity()
        .sign_in_link(user)
        .await
        .expect("a link is made");
    let (id, graphql) = choose_password(url, link.reveal()).await;
    Person {
        user,
        id,
        email,
        graphql,
    }
}

async fn choose_password(url: &str, link: &str) -> (String, GraphQl) {
    let anonymous = GraphQl::anonymous(url);
    let [_, use_link, _] = PUBLIC_DOCUMENTS;
    let variables = json!({ "input": { "link": link, "password": PASSWORD } });
    let (answer, cookie) = anonymous.send(use_link, variables).await;
    let viewer: &Value = &answer.body["data"]["useSignInLink"]["viewer"];
    let id = viewer["user"]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("nobody came in: {}", answer.body));
    (
        id.to_owned(),
        anonymous.with_session(cookie.expect("a session's cookie")),
    )
}
