//! What is known of a sale, and what may be put right whatever its outcome.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{ChannelId, ClientId, PipelineId, StageId, TeamId, UserId};
use crate::opportunities::OpportunityEvent::{
    OpportunityAssigned, OpportunityChannelCorrected, OpportunityClientLinked,
    OpportunityDetailsCorrected, OpportunityMoved,
};
use crate::opportunities::{
    OpportunityDetails, OpportunityDetailsPatch, OpportunityError, OpportunityEvent,
    OpportunityLine, StageFact,
};
use crate::settings::StageCategory;
use crate::values::{Amount, Percentage};

/// What is known of a sale, in sight or closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sale {
    /// The pipeline it runs through.
    pub pipeline: PipelineId,
    /// The stage it is in.
    pub stage: StageId,
    /// What is known of it.
    pub details: OpportunityDetails,
    /// Who may buy.
    pub client: Option<ClientId>,
    /// By which channel it came.
    pub channel: Option<ChannelId>,
    /// Who takes care of it.
    pub owner: Option<UserId>,
    /// The owner's team when it was assigned.
    pub team: Option<TeamId>,
    /// What it may be, or was, worth.
    pub amount: Option<Amount>,
    /// The day on which it should close.
    pub expected_close: Option<NaiveDate>,
    /// A judgement of its probability otherwise than its stage's.
    pub probability: Option<Percentage>,
    /// What is, or would be, sold.
    pub lines: Vec<OpportunityLine>,
}

impl Sale {
    pub(super) fn correct(&self, changes: OpportunityDetailsPatch) -> Vec<OpportunityEvent> {
        let changes = self.details.changes(changes);
        if changes == OpportunityDetailsPatch::default() {
            vec![]
        } else {
            vec![OpportunityDetailsCorrected { changes }]
        }
    }

    pub(super) fn link(&self, client: Option<ClientId>) -> Vec<OpportunityEvent> {
        if client == self.client {
            vec![]
        } else {
            vec![OpportunityClientLinked { client }]
        }
    }

    pub(super) fn correct_channel(&self, channel: Option<ChannelId>) -> Vec<OpportunityEvent> {
        if channel == self.channel {
            vec![]
        } else {
            vec![OpportunityChannelCorrected { channel }]
        }
    }

    pub(super) fn assign(
        &self,
        owner: Option<UserId>,
        team: Option<TeamId>,
    ) -> Vec<OpportunityEvent> {
        if (owner, team) == (self.owner, self.team) {
            vec![]
        } else {
            vec![OpportunityAssigned { owner, team }]
        }
    }

    /// Moves it inside the category it is in, which changes neither outcome nor closing date (DEFINITIONS 16).
    pub(super) fn go_to(
        &self,
        stage: StageFact,
        category: StageCategory,
    ) -> Result<Vec<OpportunityEvent>, OpportunityError> {
        let stage = self.of_category(stage, category)?;
        if stage == self.stage {
            Ok(vec![])
        } else {
            Ok(vec![OpportunityMoved { stage }])
        }
    }

    /// The stage, where it belongs to the sale's pipeline and to the category.
    pub(super) fn of_category(
        &self,
        stage: StageFact,
        category: StageCategory,
    ) -> Result<StageId, OpportunityError> {
        if stage.pipeline != self.pipeline {
            Err(OpportunityError::OtherPipeline)
        } else if stage.category != category {
            Err(OpportunityError::WrongCategory)
        } else {
            Ok(stage.stage)
        }
    }
}
