//! The real program `cartera` as a child process.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, kill_process};

pub use rustix::process::Signal;

/// Longest time for a start or an end.
const PATIENCE: Duration = Duration::from_mins(1);
/// Longest time for a command that ends by itself; some rebuild every read model.
const WORK_TIME: Duration = Duration::from_mins(4);

/// Where the program looks for its master key.
pub const MASTER_KEY_VARIABLE: &str = "CARTERA_MASTER_KEY";

/// A running `cartera serve`, killed when this value is dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    log: Option<JoinHandle<String>>,
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
    run_within(WORK_TIME, command).await
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
        Self::serve_at(&free_address(), settings).await
    }

    /// The same at an address such as `127.0.0.1:40123`: where one that was killed has been.
    ///
    /// # Panics
    /// When it does not become ready.
    pub async fn serve_at(
        address: &str,
        settings: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Self {
        let mut program = Self::start(address, settings);
        program.wait_until_answered("/readyz").await;
        program
    }

    /// Like [`Self::serve`], without waiting for its read models: it may refuse what needs them.
    ///
    /// # Panics
    /// When it does not answer at all.
    pub async fn serve_unready(settings: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut program = Self::start(&free_address(), settings);
        program.wait_until_answered("/healthz").await;
        program
    }

    fn start(address: &str, settings: impl FnOnce(&mut Command) -> &mut Command) -> Self {
        let mut command = command();
        command
            .arg("serve")
            .env("CARTERA_LISTEN", address)
            .env("CARTERA_LOG", "warn");
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        settings(&mut command);
        let mut child = command.spawn().expect("the program starts");
        let log = child.stderr.take();
        Self {
            child,
            log: log.map(|log| std::thread::spawn(move || read_whole(log))),
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
        let signal = match signal {
            "-TERM" => Signal::TERM,
            "-KILL" => Signal::KILL,
            other => panic!("the tests send no {other}"),
        };
        send(self.pid(), signal);
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

    /// What it wrote to its log, after its end; once.
    ///
    /// # Panics
    /// When the log was no text.
    pub fn said(&mut self) -> String {
        let log = self.log.take().map(JoinHandle::join);
        log.map_or_else(String::new, |text| text.expect("the log is text"))
    }
}

/// Sends a signal to a process. Not by `kill`, which small systems lack.
///
/// # Panics
/// When the process is gone.
pub fn send(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let sent = kill_process(pid.expect("a process id"), signal);
    sent.expect("the process is there");
}

/// Reads while the program runs: one whose log nobody takes would stand still.
fn read_whole(mut log: ChildStderr) -> String {
    let mut bytes = Vec::new();
    drop(log.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
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
