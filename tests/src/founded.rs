//! The real program on a database of its own, in which its first administrator has set a company up.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use cartera::auth::PUBLIC_DOCUMENTS;
use serde_json::{Value, json};

use crate::program::command;
use crate::{GraphQl, Program, TestDatabase};

/// The master key of the database.
const MASTER_KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
/// Longest wait for something that the program is to show.
const PATIENCE: Duration = Duration::from_secs(30);

/// The running program, its database, and its administrator.
pub struct Founded {
    /// The program.
    pub program: Program,
    /// Its database.
    pub database: TestDatabase,
    /// The administrator, signed in.
    pub anna: GraphQl,
    folder: tempfile::TempDir,
}

impl Founded {
    /// Starts the program with these further settings, comes in by the link that it prints, and sets a company up.
    ///
    /// # Panics
    /// When any of it fails.
    pub async fn start(settings: impl Fn(&mut Command)) -> Self {
        let database = TestDatabase::create().await;
        let folder = tempfile::tempdir().expect("a folder for the log");
        let program = serve(&database, folder.path(), settings).await;
        let anna = become_administrator(&program, folder.path()).await;
        let company = json!({ "name": "Distribucions Tramuntana", "currency": "EUR", "timeZone": "Europe/Madrid" });
        anna.say("setUpCompany", company, "upToDate").await;
        Self {
            program,
            database,
            anna,
            folder,
        }
    }

    /// Starts the program anew on the same database, after its end, with these settings.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub async fn again(self, settings: impl Fn(&mut Command)) -> Self {
        let program = serve(&self.database, self.folder.path(), settings).await;
        let anna = self.anna.at(&program.url);
        Self {
            program,
            anna,
            ..self
        }
    }

    /// Tells the program to end, and waits for it; gives the time that it took.
    ///
    /// # Panics
    /// When it does not end well.
    pub fn end(&mut self) -> Duration {
        self.program.signal("-TERM");
        let (status, time) = self.program.wait();
        assert!(status.success(), "it ends well: {}", self.log());
        time
    }

    /// Another command of the program on the same database.
    pub fn cartera(&self) -> Command {
        let mut command = command();
        command
            .env("DATABASE_URL", self.database.url())
            .env("CARTERA_MASTER_KEY", MASTER_KEY);
        command
    }

    /// What it has logged so far, earlier starts included.
    ///
    /// # Panics
    /// When the log is gone.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).expect("a log")
    }

    /// The figures that it serves.
    ///
    /// # Panics
    /// When it serves none.
    pub async fn figures(&self) -> String {
        let answer = reqwest::get(format!("{}/metrics", self.program.url)).await;
        let answer = answer.expect("figures");
        answer.text().await.expect("figures are text")
    }

    /// Waits until every read model has taken everything in.
    ///
    /// # Panics
    /// When that does not come about.
    pub async fn caught_up(&self) {
        until(
            async || {
                let ready = reqwest::get(format!("{}/readyz", self.program.url)).await;
                let standing: Value = match ready {
                    Ok(answer) => answer.json().await.unwrap_or_default(),
                    Err(_) => return false,
                };
                let followers = standing["followers"].as_array();
                followers.is_some_and(|all| {
                    all.iter()
                        .filter(|one| one["live"] == true)
                        .all(|one| one["position"].as_i64() >= standing["head"].as_i64())
                })
            },
            "the read models catch up",
        )
        .await;
    }
}

/// Waits until something is so.
///
/// # Panics
/// When it is not so for long.
pub async fn until(mut reached: impl AsyncFnMut() -> bool, what: &str) {
    let begun = Instant::now();
    while !reached().await {
        assert!(begun.elapsed() < PATIENCE, "{what} within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn serve(database: &TestDatabase, folder: &Path, settings: impl Fn(&mut Command)) -> Program {
    let open = |name: &str| {
        let file = File::options()
            .create(true)
            .append(true)
            .open(folder.join(name));
        file.expect("a file for what it says")
    };
    Program::serve(|command| {
        command
            .env("DATABASE_URL", database.url())
            .env("CARTERA_MASTER_KEY", MASTER_KEY)
            .stdout(open("said"))
            .stderr(open("log"));
        settings(command);
        command
    })
    .await
}

async fn become_administrator(program: &Program, folder: &Path) -> GraphQl {
    let said = || fs::read_to_string(folder.join("said")).expect("what it said");
    let invited = async || {
        let said = said();
        said.contains("/welcome#") && said.ends_with('\n')
    };
    until(invited, "a link for the first administrator").await;
    let said = said();
    let (_, link) = said.split_once("/welcome#").expect("the link");
    let [_, _, become_it] = PUBLIC_DOCUMENTS;
    let input = json!({
        "link": link.trim(), "name": "Anna", "email": "anna@tramuntana.example", "password": "a password for the tests",
    });
    let anonymous = GraphQl::anonymous(&program.url);
    let (answer, cookie) = anonymous.send(become_it, json!({ "input": input })).await;
    let cookie = cookie.unwrap_or_else(|| panic!("nobody came in: {}", answer.body));
    anonymous.with_session(cookie)
}
