//! A company on a database of its own, into which a data set goes.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cartera::auth::Lifetimes;
use cartera::composition::{Web, WebSettings};
use cartera::files::FileSettings;
use cartera_commands::files::WorkerProgram;
use cartera_commands::importing::{Import, Mode, Profile, Summary};
use cartera_commands::settings::{NewCompany, set_up_company};
use cartera_commands::{Caller, CommandBus, Envelope, IdSource};
use cartera_domain::permission::Role;
use cartera_domain::settings::FiscalStart;
use cartera_domain::users::Locale;
use cartera_journal::{CancellationToken, Journal, JournalConfig, MasterKey, Source};
use cartera_projections::generations::verify_all;
use cartera_projections::runner::Runner;
use cartera_projections::{ReadPool, registry};
use cartera_tests::TestDatabase;
use cartera_tests::graphql::GraphQl;
use cartera_tests::world::{Person, Service, hire, listen};
use uuid::Uuid;

/// Longest time for the read models to take a data set in.
const PATIENCE: Duration = Duration::from_mins(4);

/// A file of a data set, the profile that it goes in with, and the records that it has.
pub(crate) struct Part {
    pub(crate) profile: &'static str,
    pub(crate) file: String,
    pub(crate) records: u64,
}

/// Shorthand for [`Part`].
pub(crate) fn part(profile: &'static str, file: &str, records: u64) -> Part {
    Part {
        profile,
        file: file.to_owned(),
        records,
    }
}

/// A company with a data set in it.
pub(crate) struct Company {
    bus: CommandBus,
    parts: Vec<Part>,
    service: Service,
    director: Person,
    shutdown: CancellationToken,
    _database: TestDatabase,
}

/// Ids in a row, of version 7.
struct Counter(AtomicU64);

impl IdSource for Counter {
    fn next_id(&self) -> Uuid {
        let next = self.0.fetch_add(1, Ordering::Relaxed);
        Uuid::from_u128((u128::from(next) << 16) | 0x7000_8000_0000_0000_0000)
    }
}

impl Company {
    /// A company that counts in dollars, in calendar years and in this zone, with these files in it; none where the data is
    /// absent.
    pub(crate) async fn with(zone: &str, parts: Vec<Part>) -> Option<Self> {
        shared()?;
        let database = TestDatabase::create().await;
        let key = MasterKey::from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
        let config = JournalConfig {
            // A connection for each read model, which all catch up at once, and some to ask by.
            pool_size: 16,
            ..JournalConfig::new(database.url(), key)
        };
        let journal = Journal::connect(config).await.unwrap();
        let bus = CommandBus::new(journal.clone(), Arc::new(Counter(AtomicU64::new(1))));
        set_up(&bus, zone).await;
        for part in &parts {
            let (summary, refused) = import(&bus, part, Mode::Write).await;
            let written = summary.progress.created + summary.progress.updated;
            assert_eq!(
                (written, summary.progress.refused),
                (part.records, 0),
                "{}: {refused}",
                part.file
            );
        }
        let shutdown = CancellationToken::new();
        let service = serve(bus.clone(), database.url(), shutdown.clone()).await;
        caught_up(&journal).await;
        let url = listen(&service, shutdown.clone()).await;
        let director = hire(&service, &url, "Didac", Role::Director, None).await;
        caught_up(&journal).await;
        Some(Self {
            bus,
            parts,
            service,
            director,
            shutdown,
            _database: database,
        })
    }

    /// Who asks: over HTTP, signed in.
    pub(crate) fn director(&self) -> &GraphQl {
        &self.director.graphql
    }

    /// Imports a file, and tells the first refused rows.
    pub(crate) async fn import(&self, part: &Part, mode: Mode) -> (Summary, String) {
        import(&self.bus, part, mode).await
    }

    /// The log and every read model are what they say, and the same files again add nothing.
    pub(crate) async fn prove_sound(self) {
        let journal = self.bus.journal();
        let verified = journal.verify(&[]).await.unwrap();
        assert_eq!(verified.problem, None, "the log");
        assert!(verified.events > 0, "the log");
        for verified in verify_all(journal, &registry::all()).await.unwrap() {
            assert_eq!(verified.differences, vec![], "{}", verified.name);
            assert_eq!(
                verified.position,
                journal.head().await.unwrap(),
                "{}",
                verified.name
            );
        }
        let head = journal.head().await.unwrap();
        for part in &self.parts {
            let (summary, refused) = self.import(part, Mode::Write).await;
            assert_eq!(
                (summary.progress.unchanged, summary.progress.events),
                (part.records, 0),
                "{} again: {refused}",
                part.file
            );
        }
        assert_eq!(
            journal.head().await.unwrap(),
            head,
            "the same files add no event"
        );
        self.shutdown.cancel();
        self.service.runner.stop().await;
    }
}

/// The service over this log, as `cartera serve` puts it together.
async fn serve(bus: CommandBus, url: &str, shutdown: CancellationToken) -> Service {
    let runner = Runner::start(bus.journal().clone(), registry::all());
    let runner = runner.await.unwrap();
    let reads = ReadPool::connect_lazy(url, 4).unwrap();
    let settings = WebSettings {
        public_url: "http://localhost".to_owned(),
        development: false,
        lifetimes: Lifetimes::default(),
        files: FileSettings::default(),
    };
    let web = Web::compose(&settings, bus.clone(), reads, shutdown).unwrap();
    Service { bus, runner, web }
}

async fn caught_up(journal: &Journal) {
    let names: Vec<&str> = registry::all().iter().map(|one| one.name()).collect();
    let head = journal.head().await.unwrap();
    let reached = journal.wait_for(&names, head, PATIENCE).await.unwrap();
    let followers = journal.followers().await.unwrap();
    assert!(reached.up_to_date, "{followers:?}");
}

/// A company without anything in it.
pub(crate) async fn set_up(bus: &CommandBus, zone: &str) {
    let company = NewCompany {
        name: "Acme".parse().unwrap(),
        currency: "USD".parse().unwrap(),
        time_zone: zone.parse().unwrap(),
        fiscal_start: FiscalStart::try_new(1).unwrap(),
        locale: Locale::En,
    };
    let envelope = Envelope::operator(Uuid::from_u128(1), Source::Cli);
    set_up_company(bus, &envelope, company).await.unwrap();
}

async fn import(bus: &CommandBus, part: &Part, mode: Mode) -> (Summary, String) {
    let text = std::fs::read_to_string(root().join("tests/profiles").join(part.profile)).unwrap();
    let profile = Profile::parse(&text).unwrap();
    let file = shared().unwrap().join(&part.file);
    let mut refused = Vec::new();
    let import = Import::new(bus, &profile, &Caller::Operator, mode)
        .unwrap()
        .with_worker(worker());
    let summary = import.run(&file, &mut refused, |_progress| ()).await;
    let summary = summary.unwrap_or_else(|error| panic!("{}: {error}", part.file));
    let head = String::from_utf8(refused).unwrap();
    (summary, head.lines().take(5).collect::<Vec<_>>().join("\n"))
}

/// The service's own reader of workbooks.
pub(crate) fn worker() -> WorkerProgram {
    WorkerProgram::Other {
        program: cartera_tests::program::executable(),
        arguments: vec!["import-worker".into()],
    }
}

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap().to_owned()
}

/// The folder of real data, where it is.
pub(crate) fn shared() -> Option<PathBuf> {
    let folder = std::env::var("CARTERA_SHARED_DATA")
        .map_or_else(|_unset| root().join("../shared/data"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: there is no real data at {}", folder.display());
    None
}
