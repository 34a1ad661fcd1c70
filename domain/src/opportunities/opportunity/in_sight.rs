//! The decisions about a sale in sight.

use chrono::NaiveDate;

use crate::opportunities::OpportunityCommand::{
    AssignOpportunity, CancelOpportunity, ChangeOpportunityExpectedClose,
    CorrectOpportunityChannel, CorrectOpportunityDetails, JudgeOpportunityProbability,
    LinkOpportunityClient, LoseOpportunity, MoveOpportunity, OpenOpportunity, ReopenOpportunity,
    ReviseOpportunityAmount, ReviseOpportunityLines, WinOpportunity,
};
use crate::opportunities::OpportunityEvent::{
    OpportunityAmountRevised, OpportunityCancelled, OpportunityExpectedCloseChanged,
    OpportunityLinesRevised, OpportunityLost, OpportunityProbabilityJudged, OpportunityWon,
};
use crate::opportunities::{
    OpportunityCommand, OpportunityError, OpportunityEvent, OpportunityLine,
};
use crate::settings::StageCategory;
use crate::values::{Amount, Percentage};

use super::Sale;
use super::worth::worth;

impl Sale {
    pub(super) fn decide_in_sight(
        &self,
        command: OpportunityCommand,
    ) -> Result<Vec<OpportunityEvent>, OpportunityError> {
        match command {
            OpenOpportunity { .. } => Err(OpportunityError::AlreadyOpened),
            CorrectOpportunityDetails { changes } => Ok(self.correct(changes)),
            LinkOpportunityClient { client } => Ok(self.link(client)),
            CorrectOpportunityChannel { channel } => Ok(self.correct_channel(channel)),
            AssignOpportunity { owner, team } => Ok(self.assign(owner, team)),
            ReviseOpportunityLines { lines } => self.revise_lines(lines),
            ReviseOpportunityAmount { amount } => self.revise_amount(amount),
            ChangeOpportunityExpectedClose { expected_close } => {
                Ok(self.expect_close(expected_close))
            }
            JudgeOpportunityProbability { probability } => Ok(self.judge(probability)),
            MoveOpportunity { stage } => self.go_to(stage, StageCategory::Open),
            WinOpportunity {
                stage,
                amount,
                reason,
                note,
            } => Ok(vec![OpportunityWon {
                stage: self.of_category(stage, StageCategory::Won)?,
                amount: worth(&self.lines, amount.or(self.amount))?,
                reason,
                note,
            }]),
            LoseOpportunity {
                stage,
                reason,
                competitor,
                note,
            } => Ok(vec![OpportunityLost {
                stage: self.of_category(stage, StageCategory::Lost)?,
                reason,
                competitor,
                note,
            }]),
            CancelOpportunity {
                stage,
                reason,
                note,
            } => Ok(vec![OpportunityCancelled {
                stage: self.of_category(stage, StageCategory::Cancelled)?,
                reason,
                note,
            }]),
            ReopenOpportunity { stage } if stage.stage == self.stage => Ok(vec![]),
            ReopenOpportunity { .. } => Err(OpportunityError::NotClosed),
        }
    }

    fn revise_lines(
        &self,
        lines: Vec<OpportunityLine>,
    ) -> Result<Vec<OpportunityEvent>, OpportunityError> {
        if lines == self.lines {
            return Ok(vec![]);
        }
        let amount = worth(&lines, None)?.unwrap_or(Amount::ZERO);
        Ok(vec![OpportunityLinesRevised { lines, amount }])
    }

    fn revise_amount(
        &self,
        amount: Option<Amount>,
    ) -> Result<Vec<OpportunityEvent>, OpportunityError> {
        if amount == self.amount {
            return Ok(vec![]);
        }
        if !self.lines.is_empty() {
            return Err(OpportunityError::AmountHasLines);
        }
        let amount = worth(&[], amount)?;
        Ok(vec![OpportunityAmountRevised { amount }])
    }

    fn expect_close(&self, expected_close: Option<NaiveDate>) -> Vec<OpportunityEvent> {
        if expected_close == self.expected_close {
            vec![]
        } else {
            vec![OpportunityExpectedCloseChanged { expected_close }]
        }
    }

    fn judge(&self, probability: Option<Percentage>) -> Vec<OpportunityEvent> {
        if probability == self.probability {
            vec![]
        } else {
            vec![OpportunityProbabilityJudged { probability }]
        }
    }
}
