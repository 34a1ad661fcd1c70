//! The decisions about a sale that is won, lost or cancelled: it may be reopened, and its descriptive fields be put right.

use crate::opportunities::OpportunityCommand::{
    AssignOpportunity, CancelOpportunity, ChangeOpportunityExpectedClose,
    CorrectOpportunityChannel, CorrectOpportunityDetails, JudgeOpportunityProbability,
    LinkOpportunityClient, LoseOpportunity, MoveOpportunity, OpenOpportunity, ReopenOpportunity,
    ReviseOpportunityAmount, ReviseOpportunityLines, WinOpportunity,
};
use crate::opportunities::OpportunityEvent::OpportunityReopened;
use crate::opportunities::{OpportunityCommand, OpportunityError, OpportunityEvent, StageFact};
use crate::settings::StageCategory;

use super::Sale;

impl Sale {
    /// Decides about a sale whose outcome is `category`.
    pub(super) fn decide_closed(
        &self,
        category: StageCategory,
        command: OpportunityCommand,
    ) -> Result<Vec<OpportunityEvent>, OpportunityError> {
        match command {
            OpenOpportunity { .. } => Err(OpportunityError::AlreadyOpened),
            CorrectOpportunityDetails { changes } => Ok(self.correct(changes)),
            LinkOpportunityClient { client } => Ok(self.link(client)),
            CorrectOpportunityChannel { channel } => Ok(self.correct_channel(channel)),
            AssignOpportunity { owner, team } => Ok(self.assign(owner, team)),
            MoveOpportunity { stage } => self.go_to(stage, category),
            WinOpportunity { amount, .. } if amount.is_some() && amount != self.amount => {
                Err(OpportunityError::Closed)
            }
            WinOpportunity { stage, .. } => self.close_again(category, StageCategory::Won, stage),
            LoseOpportunity { stage, .. } => self.close_again(category, StageCategory::Lost, stage),
            CancelOpportunity { stage, .. } => {
                self.close_again(category, StageCategory::Cancelled, stage)
            }
            ReopenOpportunity { stage } => Ok(vec![OpportunityReopened {
                stage: self.of_category(stage, StageCategory::Open)?,
            }]),
            ReviseOpportunityLines { .. }
            | ReviseOpportunityAmount { .. }
            | ChangeOpportunityExpectedClose { .. }
            | JudgeOpportunityProbability { .. } => Err(OpportunityError::Closed),
        }
    }

    /// The same outcome said twice says nothing new; another one needs reopening first.
    fn close_again(
        &self,
        is: StageCategory,
        said: StageCategory,
        stage: StageFact,
    ) -> Result<Vec<OpportunityEvent>, OpportunityError> {
        if is == said && stage.stage == self.stage {
            Ok(vec![])
        } else {
            Err(OpportunityError::Closed)
        }
    }
}
