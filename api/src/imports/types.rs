//! Import jobs in GraphQL.

use async_graphql::connection::PageInfo;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use cartera_domain::Permission;

use super::download::path_of;
use super::job::{Failure, Job, JobState, Whose};
use super::queries::{refused_rows, store};
use crate::asking::Asking;
use crate::error::ApiError;
use crate::files::store::FileKind;
use crate::payload::{Shown, UserError};
use crate::scalars::{AnyGlobalId, DateTime, Uuid};
use crate::users::types::User;

/// An import of a file: what is to be done, how far it is, what came of it.
#[derive(Debug)]
pub struct ImportJob(pub(super) Job);

#[Object]
impl ImportJob {
    /// Global id.
    pub(crate) async fn id(&self) -> ID {
        AnyGlobalId::render("ImportJob", self.0.id).into()
    }

    /// Where it stands.
    async fn state(&self) -> JobState {
        self.0.state
    }

    /// Whether every record is judged as in a real import and nothing is written.
    async fn dry_run(&self) -> bool {
        self.0.dry_run
    }

    /// The file; none once it is kept no longer.
    async fn file(&self) -> Option<UploadedFile> {
        let about = self.0.about.as_ref()?;
        Some(UploadedFile {
            id: AnyGlobalId::render("File", self.0.file).into(),
            name: about.file.name.clone(),
            bytes: self.0.bytes_total,
            sha256: about.file.sha256.clone(),
            kind: about.file.kind,
        })
    }

    /// The profile by which it is read, as TOML; none once it is kept no longer.
    async fn profile(&self) -> Option<&str> {
        Some(self.0.about.as_ref()?.profile.as_str())
    }

    /// Who started it.
    async fn started_by(&self, context: &Context<'_>) -> Result<Option<User>, ApiError> {
        context.related(Some(self.0.started_by)).await
    }

    /// When its user started it.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was taken up first.
    async fn started_at(&self) -> Option<DateTime> {
        self.0.started_at.map(DateTime)
    }

    /// When it ended.
    async fn finished_at(&self) -> Option<DateTime> {
        self.0.finished_at.map(DateTime)
    }

    /// Rows read so far. A job that is taken up again reads from the beginning.
    async fn rows_read(&self) -> i64 {
        self.0.counts.rows_read
    }

    /// Rows of the whole file, where they were counted before.
    async fn rows_total(&self) -> Option<i64> {
        self.0.counts.rows_total
    }

    /// Bytes of the file read so far; none for a workbook, whose rows do not lie in order.
    async fn bytes_read(&self) -> Option<i64> {
        self.0.counts.bytes_read
    }

    /// Bytes of the whole file.
    async fn bytes_total(&self) -> i64 {
        self.0.bytes_total
    }

    /// Records that were written, or would be.
    async fn accepted(&self) -> i64 {
        self.0.counts.accepted
    }

    /// Records that were there before and are the same.
    async fn already_there(&self) -> i64 {
        self.0.counts.already_there
    }

    /// Records that were left out, or would be.
    async fn refused(&self) -> i64 {
        self.0.counts.refused
    }

    /// Why it failed.
    async fn error(&self) -> Option<ImportFailure> {
        let Failure { code, message } = self.0.failure.clone()?;
        Some(ImportFailure { code, message })
    }

    /// What was refused and why, in the order of the file: one entry per reason.
    async fn refused_rows(
        &self,
        context: &Context<'_>,
        #[graphql(default = 50, validator(minimum = 1, maximum = 200))] first: i32,
        after: Option<String>,
    ) -> Result<RefusedRowConnection, ApiError> {
        refused_rows(context, self.0.id, first, after.as_deref()).await
    }

    /// Where the refused rows with their reasons can be downloaded as CSV, relative to the service's address; none before the
    /// job has ended, and where nothing was refused.
    async fn refused_url(&self) -> Option<String> {
        let there = self.0.state.has_ended() && self.0.counts.refused > 0 && self.0.about.is_some();
        there.then(|| path_of(self.0.id))
    }
}

impl Shown for ImportJob {
    async fn find(context: &Context<'_>, id: uuid::Uuid) -> Result<Option<Self>, ApiError> {
        let whose = Whose::seen_by(context.viewer(Permission::Import)?);
        let found = store(context)?.find(whose, id).await;
        Ok(found.map_err(ApiError::unavailable)?.map(Self))
    }
}

/// A file that was uploaded.
#[derive(Debug, SimpleObject)]
pub struct UploadedFile {
    /// Global id.
    id: ID,
    /// What its user calls it.
    name: String,
    /// Its size in bytes.
    bytes: i64,
    /// SHA-256 of its content, in hexadecimal.
    sha256: String,
    /// What it is, by its content.
    kind: FileKind,
}

/// Why an import failed.
#[derive(Debug, SimpleObject)]
pub struct ImportFailure {
    /// Stable code.
    code: String,
    /// The reason in English.
    message: String,
}

/// One reason why a record of the file was refused.
#[derive(Debug, SimpleObject)]
pub struct RefusedRow {
    /// Line of the file on which the record begins, from 1.
    pub(super) line: i64,
    /// The column to correct; empty where the row as a whole is to blame.
    pub(super) column: String,
    /// The value refused.
    pub(super) value: String,
    /// Stable code.
    pub(super) code: String,
    /// The reason in English.
    pub(super) reason: String,
}

/// A page of what was refused.
#[derive(SimpleObject)]
pub struct RefusedRowConnection {
    /// The entries of this page, in the order of the file.
    pub(super) edges: Vec<RefusedRowEdge>,
    /// Whether there are more, and where to go on.
    pub(super) page_info: PageInfo,
}

/// An entry in a page.
#[derive(Debug, SimpleObject)]
pub struct RefusedRowEdge {
    /// Where to go on from this entry.
    pub(super) cursor: String,
    /// The entry.
    pub(super) node: RefusedRow,
}

/// A page of import jobs.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct ImportJobConnection {
    /// The jobs of this page, the newest first.
    pub(super) edges: Vec<ImportJobEdge>,
    /// Whether there are more, and where to go on.
    pub(super) page_info: PageInfo,
}

/// A job in a page.
#[derive(Debug, SimpleObject)]
pub struct ImportJobEdge {
    /// Where to go on from this job.
    pub(super) cursor: String,
    /// The job.
    pub(super) node: ImportJob,
}

#[async_graphql::ComplexObject]
impl ImportJobConnection {
    /// How many jobs there are in all pages.
    async fn total_count(&self, context: &Context<'_>) -> Result<i64, ApiError> {
        let whose = Whose::seen_by(context.viewer(Permission::Import)?);
        let count = store(context)?.count(whose).await;
        count.map_err(ApiError::unavailable)
    }
}

/// A file to be imported.
#[derive(Debug, InputObject)]
pub struct StartImportInput {
    /// Minted by the caller, once per command: the same id with the same content answers the same job again.
    pub command_id: Uuid,
    /// The file: what `POST /files` answered.
    pub file_id: ID,
    /// The profile that says which column is what, as TOML.
    #[graphql(validator(max_length = 100_000))]
    pub profile: String,
    /// Judge every record as in a real import, and write nothing.
    #[graphql(default)]
    pub dry_run: bool,
}

/// A job to be ended.
#[derive(Debug, InputObject)]
pub struct CancelImportInput {
    /// The job.
    pub import_job_id: ID,
}

/// What starting and ending an import answer.
#[derive(Debug, SimpleObject)]
pub struct ImportJobPayload {
    /// The job.
    pub(super) import_job: Option<ImportJob>,
    /// What a person can correct; nothing was changed where there is any.
    pub(super) user_errors: Vec<UserError>,
}
