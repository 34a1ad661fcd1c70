//! Where a fault test stands: a demo company on a database of its own, and the program on it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, UNIX_EPOCH};

use cartera_tests::program::{Signal, command, executable, run, send};
use cartera_tests::{Program, TestDatabase};
use sqlx::{Connection, PgConnection};

/// Patience of a test with a condition.
const PATIENCE: Duration = Duration::from_secs(30);
/// Who sells in the demo company, and sees everything.
pub(crate) const DIRECTOR: &str = "direccio@canigo.example";
/// 32 bytes in base64, for databases that bring no key of their own.
pub(crate) const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// A data folder that PostgreSQL's own user may pass through; gone with this value.
pub(crate) struct Ground {
    _outer: tempfile::TempDir,
    pub(crate) folder: PathBuf,
}

impl Ground {
    pub(crate) fn new() -> Self {
        let outer = tempfile::tempdir().unwrap();
        fs::set_permissions(outer.path(), fs::Permissions::from_mode(0o711)).unwrap();
        Self {
            folder: outer.path().join("data"),
            _outer: outer,
        }
    }
}

/// A setting of the program: a variable and its value.
type Setting = (&'static str, String);

/// A demo company, where it lies, and its director's API key.
pub(crate) struct Company {
    settings: Vec<Setting>,
    url: String,
    pub(crate) key: String,
    /// On the tests' server: gone with this value.
    database: Option<TestDatabase>,
}

impl Company {
    /// On a private PostgreSQL, with fsync, in this folder.
    pub(crate) async fn private(folder: &Path) -> Self {
        let (settings, socket) = (data_dir(folder), folder.join("run"));
        let url = format!(
            "postgres://cartera@localhost/cartera?host={}",
            socket.display()
        );
        cartera(&settings, &["demo"]).await.unwrap();
        Self::with_key(settings, url, None).await
    }

    /// On a database of the tests' server, copied from one that is made once for each build of the program.
    pub(crate) async fn on_the_server() -> Self {
        let kind = demo_of_this_program();
        let database = TestDatabase::create_filled(&kind, async |url| {
            cartera(&server(url), &["demo"]).await.unwrap();
        });
        let database = database.await;
        let url = database.url().to_owned();
        Self::with_key(server(&url), url, Some(database)).await
    }

    async fn with_key(settings: Vec<Setting>, url: String, database: Option<TestDatabase>) -> Self {
        let key = cartera(&settings, &["token", DIRECTOR, "faults"]).await;
        Self {
            settings,
            url,
            key: key.unwrap().trim().to_owned(),
            database,
        }
    }

    /// Its URL.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A pool with all rights on its database, which is on the tests' server.
    pub(crate) fn pool(&self) -> &sqlx::PgPool {
        &self.database.as_ref().unwrap().pool
    }

    /// Runs a command of the program on it; what it says when it succeeds.
    pub(crate) async fn cartera(&self, arguments: &[&str]) -> Result<String, String> {
        cartera(&self.settings, arguments).await
    }

    /// The service on it.
    pub(crate) async fn serve(&self) -> Program {
        Program::serve(|command| command.envs(self.settings.clone())).await
    }

    /// The service on it, at this address.
    pub(crate) async fn serve_at(&self, address: &str) -> Program {
        Program::serve_at(address, |command| command.envs(self.settings.clone())).await
    }

    /// The service on it, which reaches its database by another URL.
    pub(crate) async fn serve_by(&self, database_url: &str) -> Program {
        Program::serve(|command| {
            command
                .envs(self.settings.clone())
                .env("DATABASE_URL", database_url)
        })
        .await
    }

    /// A connection beside the service.
    pub(crate) async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.unwrap()
    }

    /// That the log is what was written and the read models are what a rebuild gives.
    pub(crate) async fn is_faithful(&self) {
        let verified = self.cartera(&["audit", "verify"]).await.unwrap();
        assert!(verified.contains("are what was written"), "{verified}");
        let rebuilt = self.cartera(&["projections", "verify"]).await.unwrap();
        assert!(
            rebuilt.contains("equal") && !rebuilt.contains("DIFFERENT"),
            "{rebuilt}"
        );
    }
}

/// Another build of the program may make another demo.
fn demo_of_this_program() -> String {
    let built = fs::metadata(executable()).unwrap();
    let time = built.modified().unwrap();
    let time = time.duration_since(UNIX_EPOCH).unwrap().as_millis();
    format!("demo_{time:x}")
}

/// The setting for a private PostgreSQL in this folder.
pub(crate) fn data_dir(folder: &Path) -> Vec<Setting> {
    vec![("CARTERA_DATA_DIR", folder.to_str().unwrap().to_owned())]
}

/// The settings for a server.
pub(crate) fn server(database_url: &str) -> Vec<Setting> {
    vec![
        ("DATABASE_URL", database_url.to_owned()),
        ("CARTERA_MASTER_KEY", KEY.to_owned()),
    ]
}

/// Runs a command of the program; what it says when it succeeds.
pub(crate) async fn cartera(settings: &[Setting], arguments: &[&str]) -> Result<String, String> {
    let mut command = command();
    command
        .args(arguments)
        .envs(settings.to_vec())
        .env("CARTERA_LOG", "error");
    let output = run(command).await;
    let text = |bytes| String::from_utf8(bytes).unwrap();
    if output.status.success() {
        Ok(text(output.stdout))
    } else {
        Err(format!("{}{}", text(output.stderr), text(output.stdout)))
    }
}

/// Process id of the private PostgreSQL in this folder.
pub(crate) fn database_pid(folder: &Path) -> u32 {
    let lines = fs::read_to_string(folder.join("postgres/postmaster.pid")).unwrap();
    lines.lines().next().unwrap().trim().parse().unwrap()
}

/// Kills these processes one right after the other, as nothing but a power cut does.
pub(crate) fn kill(pids: &[u32]) {
    for pid in pids {
        send(*pid, Signal::KILL);
    }
}

/// Whether the process answers, whatever its database does.
pub(crate) async fn is_alive(program: &Program) -> bool {
    let answer = reqwest::get(format!("{}/healthz", program.url)).await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

/// Waits until a condition holds.
pub(crate) async fn until(mut reached: impl AsyncFnMut() -> bool, what: &str) {
    let begun = Instant::now();
    while !reached().await {
        assert!(begun.elapsed() < PATIENCE, "{what} within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
