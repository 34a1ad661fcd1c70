//! One file through `cartera import --dry-run`: what the program said, and the most memory that it held.

use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use cartera::adapters::SystemIds;
use cartera_commands::CommandBus;
use cartera_journal::{Journal, JournalConfig, MasterKey};
use cartera_tests::{TestDatabase, program};
use tempfile::TempDir;

use crate::company::set_up;

const MASTER_KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// Longest time for one file.
const PATIENCE: Duration = Duration::from_secs(40);
/// How often a running import is looked at.
const LOOKED_AT_EVERY: Duration = Duration::from_millis(3);

/// A company into which files would go.
pub(super) struct Judge {
    url: String,
    folder: TempDir,
    judged: AtomicU32,
}

/// What became of a file.
pub(super) struct Judged {
    pub(super) outcome: Outcome,
    /// Most memory that the program and its child held together, as far as it was seen, in KiB.
    pub(super) peak_kib: u64,
}

/// What the program said.
pub(super) enum Outcome {
    /// The records were judged.
    Records {
        /// Codes of the refusals.
        reasons: Vec<String>,
        /// Every row is created, corrected, unchanged or refused.
        accounted: bool,
    },
    /// The file is refused as a whole.
    Refused {
        /// Why.
        code: String,
    },
}

impl Judge {
    pub(super) async fn over(database: &TestDatabase) -> Self {
        let key = MasterKey::from_base64(MASTER_KEY).unwrap();
        let config = JournalConfig::new(database.url(), key);
        let journal = Journal::connect(config).await.unwrap();
        set_up(
            &CommandBus::new(journal, Arc::new(SystemIds)),
            "Europe/Madrid",
        )
        .await;
        Self {
            url: database.url().to_owned(),
            folder: tempfile::tempdir().unwrap(),
            judged: AtomicU32::new(0),
        }
    }

    /// Lets the program judge a file with this profile.
    pub(super) async fn judge(&self, file: &Path, profile: String) -> Judged {
        let number = self.judged.fetch_add(1, Ordering::Relaxed);
        let own = |name: &str| self.folder.path().join(format!("{number}.{name}"));
        std::fs::write(own("toml"), profile).unwrap();
        let mut command = program::command();
        command
            .args(["import", "--dry-run", "--profile"])
            .arg(own("toml"))
            .arg("--refused")
            .arg(own("refused"))
            .arg(file)
            .env("DATABASE_URL", &self.url)
            .env("CARTERA_MASTER_KEY", MASTER_KEY)
            .env("CARTERA_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let (output, peak_kib) = watched(command.spawn().unwrap(), file).await;
        let outcome = told(&output, file);
        Judged { outcome, peak_kib }
    }
}

/// Waits for the end, and looks at the memory meanwhile. What it says fits into the pipes.
async fn watched(mut child: Child, file: &Path) -> (Output, u64) {
    let begun = Instant::now();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let below = children(child.id()).into_iter().map(peak_kib).sum::<u64>();
        peak = peak.max(peak_kib(child.id()) + below);
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("{}: no end within {} s", file.display(), PATIENCE.as_secs());
        }
        tokio::time::sleep(LOOKED_AT_EVERY).await;
    }
    (child.wait_with_output().unwrap(), peak)
}

/// Most memory that a process has held resident, in KiB; 0 when it is gone.
fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok())
        .unwrap_or(0)
}

/// Processes that any thread of this one started.
fn children(pid: u32) -> Vec<u32> {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{pid}/task")) else {
        return vec![];
    };
    let told = threads
        .flatten()
        .filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    told.flat_map(|pids| pids.split_whitespace().map(str::parse).collect::<Vec<_>>())
        .flatten()
        .collect()
}

fn told(output: &Output, file: &Path) -> Outcome {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr).into_owned();
    let shown = file.display();
    assert!(!complained.contains("panicked"), "{shown}: {complained}");
    match output.status.code() {
        Some(0 | 3) => {
            let numbers: Vec<u64> = said
                .lines()
                .next()
                .unwrap_or_default()
                .split_whitespace()
                .filter_map(|word| word.parse().ok())
                .collect();
            let [rows, verdicts @ ..] = numbers.as_slice() else {
                panic!("{shown}: {said}")
            };
            let reasons = said
                .lines()
                .filter_map(|line| Some(line.split_once(" × ")?.1));
            Outcome::Records {
                reasons: reasons.map(str::to_owned).collect(),
                accounted: verdicts.len() == 4 && verdicts.iter().sum::<u64>() <= *rows,
            }
        }
        Some(1) => {
            let code = complained.trim_end().rsplit_once('(').map(|(_, code)| code);
            let code = code.and_then(|code| code.strip_suffix(')'));
            let code = code.unwrap_or_else(|| panic!("{shown}: {complained}"));
            Outcome::Refused {
                code: code.to_owned(),
            }
        }
        other => panic!("{shown}: ended with {other:?}: {complained}"),
    }
}
