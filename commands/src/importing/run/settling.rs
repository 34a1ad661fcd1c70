//! What became of a batch that was written.

use cartera_journal::AppendError;

use crate::error::CommandError;
use crate::importing::error::ImportError;
use crate::importing::plan::Refused;
use crate::importing::references::EXTERNAL_KEY;
use crate::importing::verdict::Verdict;
use crate::importing::witness::Witness;

use super::Mode;
use super::batch::{Batch, Planned, subject_kind};
use super::under_way::UnderWay;

/// How often a record is decided anew while others move what it is about.
const ATTEMPTS: u32 = 8;

impl<W: Witness> UnderWay<'_, W> {
    /// Counts what was written, decides anew what others had moved, and refuses the rest.
    pub(super) async fn settle(
        &mut self,
        batch: Batch,
        outcomes: Vec<Result<i64, AppendError>>,
    ) -> Result<(), ImportError> {
        if self.import.mode == Mode::DryRun {
            batch.planned.iter().for_each(|planned| self.count(planned));
            return Ok(());
        }
        for (planned, outcome) in batch.planned.into_iter().zip(outcomes) {
            match outcome {
                Ok(position) => self.written(&planned, position),
                Err(error) if moved(&error) => self.decide_anew(planned).await?,
                Err(error) => self.refuse_plan(&planned, CommandError::from(error).into())?,
            }
        }
        Ok(())
    }

    /// Decides one record on what is there now: a record of the batch before, or somebody else, has changed it meanwhile.
    async fn decide_anew(&mut self, mut planned: Planned) -> Result<(), ImportError> {
        let kind = subject_kind(self.import.profile.record);
        let key = self.subject_key(&planned.record);
        for _attempt in 0..ATTEMPTS {
            let held = self.references.holders(kind, [key.clone()]).await?;
            let existing = held.into_values().next();
            let draft = match self.planner().plan(&planned.record, existing).await {
                Ok(draft) => draft,
                Err(refused) => return self.refuse_plan(&planned, refused),
            };
            if draft.is_empty() {
                self.summary.progress.count(&Verdict::Unchanged);
                return Ok(());
            }
            planned.existing = existing.is_some();
            planned.events = draft.events();
            let written = self.import.write(vec![(planned.command_id, draft)]).await?;
            match written.into_iter().next() {
                Some(Ok(position)) => {
                    self.written(&planned, position);
                    return Ok(());
                }
                Some(Err(error)) if moved(&error) => {}
                Some(Err(error)) => {
                    return self.refuse_plan(&planned, CommandError::from(error).into());
                }
                None => break,
            }
        }
        Err(CommandError::Busy.into())
    }

    fn refuse_plan(&mut self, planned: &Planned, refused: Refused) -> Result<(), ImportError> {
        match refused {
            Refused::Record(cells) => self.refuse_record(&planned.record, cells),
            Refused::Journal(error) => Err(error.into()),
        }
    }

    fn written(&mut self, planned: &Planned, position: i64) {
        self.summary.position = self.summary.position.max(position);
        self.count(planned);
    }

    fn count(&mut self, planned: &Planned) {
        let verdict = if planned.existing {
            Verdict::Updated
        } else {
            Verdict::Created
        };
        self.summary.progress.events += planned.events;
        self.summary.progress.count(&verdict);
    }
}

/// Whether a second look would find something else than the decision saw.
fn moved(error: &AppendError) -> bool {
    match error {
        AppendError::Conflict { .. } => true,
        AppendError::ClaimTaken { scope, .. } => scope == EXTERNAL_KEY,
        AppendError::CommandIdReused
        | AppendError::CheckpointMoved
        | AppendError::Unavailable(_)
        | AppendError::Refused(_)
        | AppendError::TooDeep => false,
    }
}
