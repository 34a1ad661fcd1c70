//! What may be asked of imports.

use async_graphql::{Context, Object};
use cartera_commands::importing::Profile;
use cartera_domain::Permission;
use uuid::Uuid;

use super::job::{JobState, Whose};
use super::queries::{job, store};
use super::store::{MOST_OPEN, NewJob, Start};
use super::types::{CancelImportInput, ImportJob, ImportJobPayload, StartImportInput};
use crate::asking::{Asking, Said};
use crate::error::ApiError;
use crate::payload::{Refused, Shown};
use crate::scalars::AnyGlobalId;

/// The mutations of imports.
#[derive(Debug, Default)]
pub struct ImportsMutation;

#[Object]
impl ImportsMutation {
    /// Imports a file that was uploaded: the job waits until a node has time for it.
    async fn start_import(
        &self,
        context: &Context<'_>,
        input: StartImportInput,
    ) -> Result<ImportJobPayload, ApiError> {
        answer(context, start(context, input).await).await
    }

    /// Ends an import, between two batches of records: what was accepted until then stays.
    async fn cancel_import(
        &self,
        context: &Context<'_>,
        input: CancelImportInput,
    ) -> Result<ImportJobPayload, ApiError> {
        answer(context, cancel(context, input).await).await
    }
}

async fn answer(
    context: &Context<'_>,
    outcome: Result<Uuid, Refused>,
) -> Result<ImportJobPayload, ApiError> {
    match outcome {
        Ok(job) => Ok(ImportJobPayload {
            import_job: ImportJob::find(context, job).await?,
            user_errors: vec![],
        }),
        Err(Refused::Correctable(user_errors)) => Ok(ImportJobPayload {
            import_job: None,
            user_errors,
        }),
        Err(Refused::Failed(error)) => Err(error),
    }
}

async fn start(context: &Context<'_>, input: StartImportInput) -> Result<Uuid, Refused> {
    let said = Said {
        command_id: input.command_id,
        expected_version: None,
        occurred_at: None,
    };
    let envelope = context.envelope(Permission::Import, &said)?;
    let services = context.services()?;
    Profile::parse(&input.profile)
        .map_err(|wrong| Refused::correct(wrong.code(), wrong.to_string(), Some("profile")))?;
    let missing = || ApiError::not_found("file");
    let file = AnyGlobalId::parse(&input.file_id)
        .ok()
        .filter(|id| id.kind == "File")
        .ok_or_else(missing)?;
    let said_as = envelope.content.unwrap_or_default();
    let wanted = NewJob {
        id: services.bus.ids().next_id(),
        by: context.viewer(Permission::Import)?.user,
        command_id: input.command_id.0,
        content: services.bus.journal().vault().fingerprint(&said_as),
        file: file.id,
        profile: input.profile,
        dry_run: input.dry_run,
    };
    let started = store(context)?.start(&wanted).await;
    match started.map_err(ApiError::unavailable)? {
        Start::Job(job) => {
            services.imports.wake();
            Ok(job)
        }
        Start::Reused => Err(ApiError::command_id_reused().into()),
        Start::NoFile => Err(missing().into()),
        Start::TooMany => Err(Refused::correct(
            "TOO_MANY_IMPORTS",
            format!(
                "you have {MOST_OPEN} imports that have not ended: wait for one, or cancel one"
            ),
            None,
        )),
    }
}

async fn cancel(context: &Context<'_>, input: CancelImportInput) -> Result<Uuid, Refused> {
    let known = job(context, &input.import_job_id).await?.0;
    match known.state {
        JobState::Queued | JobState::Running => {
            let whose = Whose::seen_by(context.viewer(Permission::Import)?);
            let cancelled = store(context)?.cancel(whose, known.id).await;
            cancelled.map_err(ApiError::unavailable)?;
            Ok(known.id)
        }
        // Said twice.
        JobState::Cancelled => Ok(known.id),
        JobState::Finished | JobState::Failed => Err(Refused::correct(
            "IMPORT_HAS_ENDED",
            "it has ended already",
            Some("importJobId"),
        )),
    }
}
