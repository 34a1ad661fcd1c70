//! The real program `cartera` as a child process.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// Longest time for a start or an end.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where the program looks for its master key.
pub const MASTER_KEY_VARIABLE: &str = "CARTERA_MASTER_KEY";

/// A running `cartera serve`, killed when this value is dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    /// Where it listens, such as `http://127.0.0.1:40123`.
    pub url: String,
}

/// The program as the tests' build made it, without any setting from the environment.
///
/// # Panics
/// Before the program was built: `make test` does it.
pub fn command() -> Command {
    let mut command = Command::new(executable());
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name.starts_with("CARTERA_") || name.starts_with("OTEL_") || name == "DATABASE_URL" {
            command.env_remove(&variable);
        }
    }
    command
}

/// Beside the test's own program: `target/debug/deps/journeys-…` → `target/debug/cartera`.
///
/// # Panics
/// Before the program was built: `make test` does it.
pub fn executable() -> PathBuf {
    let own = std::env::current_exe().expect("the test knows itself");
    let found = own
        .ancestors()
        .skip(1)
        .map(|folder| folder.join("cartera"))
        .find(|path| path.is_file());
    found.expect("the program is built: run `make test`, or `cargo build -p cartera`")
}

/// Runs a command that ends by itself.
///
/// # Panics
/// When it cannot be started, or does not end.
pub async fn run(command: Command) -> Output {
    run_within(PATIENCE, command).await
}

/// Runs a command that ends by itself, within this time.
///
/// # Panics
/// When it cannot be started, or does not end.
pub async fn run_within(patience: Duration, command: Command) -> Output {
    let mut command = tokio::process::Command::from(command);
    let ended = command.stdin(Stdio::null()).kill_on_drop(true).output();
    let ended = tokio::time::timeout(patience, ended).await;
    ended
        .expect("the program ends")
        .expect("the program starts")
}

impl Program {
    /// Starts `serve` with these further settings on a free port, and waits until it is ready.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn serve(settings: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut program = Self::start(settings);
        program.wait_until_answered("/readyz").await;
        program
    }

    /// The same, without waiting for its read models: it may refuse what needs them.
    ///
    /// # Panics
    /// When it does not answer at all.
    pub async fn serve_unready(settings: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut program = Self::start(settings);
        program.wait_until_answered("/healthz").await;
        program
    }

    fn start(settings: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let address = free_address();
        let mut command = command();
        command
            .arg("serve")
            .env("CARTERA_LISTEN", &address)
            .env("CARTERA_LOG", "warn");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        settings(&mut command);
        let child = command.spawn().expect("the program starts");
        Self {
            child,
            url: format!("http://{address}"),
        }
    }

    async fn wait_until_answered(&mut self, path: &str) {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if self.answers(path).await {
                return;
            }
            if let Some(status) = self
                .child
                .try_wait()
                .expect("the program can be waited for")
            {
                panic!("the program ended with {status}: {}", self.said());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!(
            "the program did not answer {path} within {} s",
            PATIENCE.as_secs()
        );
    }

    /// Whether it is ready: its database answers, and its read models are whole.
    pub async fn is_ready(&self) -> bool {
        self.answers("/readyz").await
    }

    async fn answers(&self, path: &str) -> bool {
        reqwest::get(format!("{}{path}", self.url))
            .await
            .is_ok_and(|answer| answer.status().is_success())
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal such as `-TERM` or `-KILL`.
    ///
    /// # Panics
    /// When the process is gone.
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.pid().to_string()])
            .status();
        assert!(sent.expect("kill runs").success(), "the process is there");
    }

    /// Waits for its end; gives the time that it took.
    ///
    /// # Panics
    /// When it does not end.
    pub fn wait(&mut self) -> (ExitStatus, Duration) {
        let begun = Instant::now();
        let status = self.child.wait().expect("the program can be waited for");
        (status, begun.elapsed())
    }

    /// What it wrote to its log, after its end.
    fn said(&mut self) -> String {
        let mut text = String::new();
        if let Some(mut log) = self.child.stderr.take() {
            drop(log.read_to_string(&mut text));
        }
        text
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Memory of a process in bytes: what is resident now, and the most that ever was.
///
/// # Panics
/// When the process is gone.
pub fn resident(pid: u32) -> (u64, u64) {
    let status =
        std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the process is there");
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kibibytes =
            line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        kibibytes.expect("Linux tells the memory") * 1_024
    };
    (of("VmRSS:"), of("VmHWM:"))
}

/// An address of the loopback interface with a port that was free a moment ago.
///
/// # Panics
/// When there is none.
pub fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener
        .local_addr()
        .expect("a port has an address")
        .to_string()
}
