//! The decisions about an opportunity that nobody has opened.

use crate::opportunities::OpportunityCommand::{
    AssignOpportunity, CancelOpportunity, ChangeOpportunityExpectedClose,
    CorrectOpportunityChannel, CorrectOpportunityDetails, JudgeOpportunityProbability,
    LinkOpportunityClient, LoseOpportunity, MoveOpportunity, OpenOpportunity, ReopenOpportunity,
    ReviseOpportunityAmount, ReviseOpportunityLines, WinOpportunity,
};
use crate::opportunities::OpportunityEvent::OpportunityOpened;
use crate::opportunities::{OpportunityCommand, OpportunityError, OpportunityEvent};
use crate::settings::StageCategory;

use super::worth::worth;

pub(super) fn decide(
    command: OpportunityCommand,
) -> Result<Vec<OpportunityEvent>, OpportunityError> {
    match command {
        OpenOpportunity { stage, .. } if stage.category != StageCategory::Open => {
            Err(OpportunityError::WrongCategory)
        }
        OpenOpportunity {
            stage,
            details,
            client,
            lead,
            channel,
            owner,
            team,
            amount,
            currency,
            expected_close,
            lines,
        } => Ok(vec![OpportunityOpened {
            pipeline: stage.pipeline,
            stage: stage.stage,
            details,
            client,
            lead,
            channel,
            owner,
            team,
            amount: worth(&lines, amount)?,
            currency,
            expected_close,
            lines,
        }]),
        CorrectOpportunityDetails { .. }
        | LinkOpportunityClient { .. }
        | CorrectOpportunityChannel { .. }
        | AssignOpportunity { .. }
        | ReviseOpportunityLines { .. }
        | ReviseOpportunityAmount { .. }
        | ChangeOpportunityExpectedClose { .. }
        | JudgeOpportunityProbability { .. }
        | MoveOpportunity { .. }
        | WinOpportunity { .. }
        | LoseOpportunity { .. }
        | CancelOpportunity { .. }
        | ReopenOpportunity { .. } => Err(OpportunityError::NotOpened),
    }
}
