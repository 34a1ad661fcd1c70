//! A company on a database of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cartera_commands::importing::{Import, Mode, Profile, Summary};
use cartera_commands::settings::{NewCompany, set_up_company};
use cartera_commands::{Caller, CommandBus, Envelope, IdSource};
use cartera_domain::settings::FiscalStart;
use cartera_domain::users::Locale;
use cartera_domain::values::Line;
use cartera_journal::{Journal, JournalConfig, MasterKey, Source};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Executor};
use uuid::Uuid;

/// Ids in a row, of version 7.
#[derive(Default)]
struct Counter(AtomicU64);

impl IdSource for Counter {
    fn next_id(&self) -> Uuid {
        let next = self.0.fetch_add(1, Ordering::Relaxed);
        Uuid::from_u128((u128::from(next) << 16) | 0x7000_8000_0000_0000_0000)
    }
}

pub(crate) struct World {
    pub(crate) bus: CommandBus,
}

impl World {
    /// A company that counts in dollars and is set up in Madrid.
    pub(crate) async fn new() -> Self {
        let journal = empty_journal().await;
        let bus = CommandBus::new(journal, Arc::new(Counter::default()));
        let company = NewCompany {
            name: Line::parse("Acme").unwrap(),
            currency: "USD".parse().unwrap(),
            time_zone: "Europe/Madrid".parse().unwrap(),
            fiscal_start: FiscalStart::try_new(1).unwrap(),
            locale: Locale::En,
        };
        let envelope = Envelope::operator(Uuid::from_u128(1), Source::Cli);
        set_up_company(&bus, &envelope, company).await.unwrap();
        Self { bus }
    }

    /// Imports a file with a profile of `tests/profiles`.
    pub(crate) async fn import(&self, profile: &str, file: &Path, mode: Mode) -> (Summary, String) {
        let text = std::fs::read_to_string(root().join("tests/profiles").join(profile)).unwrap();
        let profile = Profile::parse(&text).unwrap();
        let mut refused = Vec::new();
        let import = Import::new(&self.bus, &profile, &Caller::Operator, mode).unwrap();
        let summary = import
            .run(file, &mut refused, |_progress| ())
            .await
            .unwrap();
        (summary, String::from_utf8(refused).unwrap())
    }

    pub(crate) async fn events(&self) -> i64 {
        self.bus.journal().head().await.unwrap()
    }
}

/// A journal without events, on a database of its own.
pub(crate) async fn empty_journal() -> Journal {
    let server = std::env::var("CARTERA_TEST_DATABASE_URL")
        .expect("these tests need PostgreSQL: run `make test`, or set CARTERA_TEST_DATABASE_URL to a server");
    let mut connection = PgConnection::connect(&server).await.unwrap();
    let (name,): (String,) =
        sqlx::query_as("SELECT 'importing_' || replace(gen_random_uuid()::text, '-', '')")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    connection
        .execute(format!("CREATE DATABASE {name}").as_str())
        .await
        .unwrap();
    let url = server
        .parse::<PgConnectOptions>()
        .unwrap()
        .database(&name)
        .to_url_lossy()
        .to_string();
    Journal::migrate(&url).await.unwrap();
    let key = MasterKey::from_base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").unwrap();
    Journal::connect(JournalConfig::new(&url, key))
        .await
        .unwrap()
}

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
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
