//! What an import job is, and whose.

use cartera_commands::importing::Progress;
use cartera_domain::Viewer;
use cartera_domain::ids::UserId;
use cartera_domain::permission::Role;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::files::store::FileAbout;

/// Where an import stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString, async_graphql::Enum,
)]
#[strum(serialize_all = "snake_case")]
#[graphql(name = "ImportState")]
pub enum JobState {
    /// It waits for a node.
    Queued,
    /// A node carries it out.
    Running,
    /// The whole file was read.
    Finished,
    /// It could not go on; what was accepted until then stays.
    Failed,
    /// Somebody ended it; what was accepted until then stays.
    Cancelled,
}

impl JobState {
    /// Whether nothing more will happen.
    pub fn has_ended(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Finished | Self::Failed | Self::Cancelled => true,
        }
    }
}

/// How far an import has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Rows read.
    pub rows_read: i64,
    /// Rows of the whole file, where they were counted.
    pub rows_total: Option<i64>,
    /// Bytes read; not known of a workbook.
    pub bytes_read: Option<i64>,
    /// Records that were, or would be, written.
    pub accepted: i64,
    /// Records that were there and are the same.
    pub already_there: i64,
    /// Records left out.
    pub refused: i64,
}

impl From<Progress> for Counts {
    fn from(progress: Progress) -> Self {
        let Progress {
            rows,
            rows_total,
            bytes,
            created,
            updated,
            unchanged,
            refused,
            events: _,
        } = progress;
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Self {
            rows_read: count(rows),
            rows_total: rows_total.map(count),
            bytes_read: bytes.map(count),
            accepted: count(created.saturating_add(updated)),
            already_there: count(unchanged),
            refused: count(refused),
        }
    }
}

/// Why an import failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Stable code, as `docs/errors.md` lists it.
    pub code: String,
    /// The reason in English.
    pub message: String,
}

/// What is known of a job's file, and how it is read: kept for a while only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobAbout {
    /// The file.
    pub file: FileAbout,
    /// The profile, as TOML.
    pub profile: String,
}

/// An import that somebody started.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its identity.
    pub id: Uuid,
    /// Its place among all jobs: a later one has a greater number.
    pub number: i64,
    /// Who started it.
    pub started_by: UserId,
    /// Whether nothing is written.
    pub dry_run: bool,
    /// Where it stands.
    pub state: JobState,
    /// The file.
    pub file: Uuid,
    /// Size of the file.
    pub bytes_total: i64,
    /// What is known of the file; `None` once it is kept no longer.
    pub about: Option<JobAbout>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// When it was started by its user.
    pub created_at: DateTime<Utc>,
    /// When a node took it up first.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// How far it has come.
    pub counts: Counts,
}

/// Whose jobs are asked for: no job is read without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's.
    All,
    /// This user's.
    Of(UserId),
}

impl Whose {
    /// What a viewer sees: the own jobs, and an administrator all.
    pub fn seen_by(viewer: &Viewer) -> Self {
        match viewer.role {
            Role::Administrator => Self::All,
            Role::Director | Role::Manager | Role::Salesperson | Role::Auditor => {
                Self::Of(viewer.user)
            }
        }
    }
}
