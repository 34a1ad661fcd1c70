//! The decisions about an opportunity.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::decider::{Decider, event_sourced};
use crate::ids::{ChannelId, ClientId, OpportunityId, PipelineId, StageId, TeamId, UserId};
use crate::settings::StageCategory;
use crate::values::{Amount, Percentage};
use crate::viewer::Ownership;

use super::OpportunityCommand::{
    AssignOpportunity, CancelOpportunity, ChangeOpportunityExpectedClose,
    CorrectOpportunityChannel, CorrectOpportunityDetails, JudgeOpportunityProbability,
    LinkOpportunityClient, LoseOpportunity, MoveOpportunity, OpenOpportunity, ReopenOpportunity,
    ReviseOpportunityAmount, ReviseOpportunityLines, WinOpportunity,
};
use super::OpportunityEvent::{
    OpportunityAmountRevised, OpportunityAssigned, OpportunityCancelled,
    OpportunityChannelCorrected, OpportunityClientLinked, OpportunityDetailsCorrected,
    OpportunityExpectedCloseChanged, OpportunityLinesRevised, OpportunityLost, OpportunityMoved,
    OpportunityOpened, OpportunityProbabilityJudged, OpportunityReopened, OpportunityWon,
};
use super::{
    OpportunityCommand, OpportunityDetails, OpportunityDetailsPatch, OpportunityError,
    OpportunityEvent, OpportunityLine, StageFact,
};

/// How an opportunity ended, or that it has not: a state of its own.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum Outcome {
    /// The sale is in sight.
    Open,
    /// The client bought.
    Won,
    /// The client did not buy.
    Lost,
    /// It was called off.
    Cancelled,
}

/// An opportunity in its life.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Opportunity {
    /// Nobody has opened it.
    #[default]
    Blank,
    /// The sale is in sight.
    Open(Sale),
    /// The client bought.
    Won(Sale),
    /// The client did not buy.
    Lost(Sale),
    /// It was called off.
    Cancelled(Sale),
}

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

event_sourced!(Opportunity, OpportunityEvent, Opportunity);

impl Decider for Opportunity {
    const TYPE: &'static str = "opportunity";
    type Id = OpportunityId;
    type Command = OpportunityCommand;
    type Event = OpportunityEvent;
    type Error = OpportunityError;

    fn decide(
        &self,
        command: OpportunityCommand,
    ) -> Result<Vec<OpportunityEvent>, OpportunityError> {
        match (self, command) {
            (Self::Blank, command) => open(command),
            (
                Self::Open(_) | Self::Won(_) | Self::Lost(_) | Self::Cancelled(_),
                OpenOpportunity { .. },
            ) => Err(OpportunityError::AlreadyOpened),
            (Self::Open(sale), command) => sale.decide_open(command),
            (Self::Won(sale), command) => sale.decide_closed(StageCategory::Won, command),
            (Self::Lost(sale), command) => sale.decide_closed(StageCategory::Lost, command),
            (Self::Cancelled(sale), command) => {
                sale.decide_closed(StageCategory::Cancelled, command)
            }
        }
    }

    fn evolve(&mut self, event: OpportunityEvent) {
        if let OpportunityOpened { .. } = event {
            *self = opened(event);
            return;
        }
        let Some(mut sale) = self.sale().cloned() else {
            return;
        };
        let category = sale.evolve(event);
        *self = match (category, &*self) {
            (Some(StageCategory::Open), _) => Self::Open(sale),
            (Some(StageCategory::Won), _) => Self::Won(sale),
            (Some(StageCategory::Lost), _) => Self::Lost(sale),
            (Some(StageCategory::Cancelled), _) => Self::Cancelled(sale),
            (None, Self::Blank | Self::Open(_)) => Self::Open(sale),
            (None, Self::Won(_)) => Self::Won(sale),
            (None, Self::Lost(_)) => Self::Lost(sale),
            (None, Self::Cancelled(_)) => Self::Cancelled(sale),
        };
    }

    fn ownership(&self) -> Ownership {
        self.sale()
            .map_or(Ownership::Company, |sale| Ownership::Owner(sale.owner))
    }
}

impl Opportunity {
    /// How it ended, or that it has not; `None` before it is opened.
    pub fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Blank => None,
            Self::Open(_) => Some(Outcome::Open),
            Self::Won(_) => Some(Outcome::Won),
            Self::Lost(_) => Some(Outcome::Lost),
            Self::Cancelled(_) => Some(Outcome::Cancelled),
        }
    }

    /// What is known of it; `None` before it is opened.
    pub fn sale(&self) -> Option<&Sale> {
        match self {
            Self::Blank => None,
            Self::Open(sale) | Self::Won(sale) | Self::Lost(sale) | Self::Cancelled(sale) => {
                Some(sale)
            }
        }
    }
}

fn open(command: OpportunityCommand) -> Result<Vec<OpportunityEvent>, OpportunityError> {
    let OpenOpportunity {
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
    } = command
    else {
        return Err(OpportunityError::NotOpened);
    };
    if stage.category != StageCategory::Open {
        return Err(OpportunityError::WrongCategory);
    }
    let amount = if lines.is_empty() {
        amount
    } else {
        Some(total_of(&lines, amount)?)
    };
    refuse_negative(amount)?;
    let StageFact {
        pipeline,
        stage,
        category: _,
    } = stage;
    Ok(vec![OpportunityOpened {
        pipeline,
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
    }])
}

fn opened(event: OpportunityEvent) -> Opportunity {
    match event {
        OpportunityOpened {
            pipeline,
            stage,
            details,
            client,
            lead: _,
            channel,
            owner,
            team,
            amount,
            currency: _,
            expected_close,
            lines,
        } => Opportunity::Open(Sale {
            pipeline,
            stage,
            details,
            client,
            channel,
            owner,
            team,
            amount,
            expected_close,
            probability: None,
            lines,
        }),
        _ => Opportunity::Blank,
    }
}

/// The lines' sum, which a stated amount must equal.
fn total_of(lines: &[OpportunityLine], stated: Option<Amount>) -> Result<Amount, OpportunityError> {
    let total = OpportunityLine::total(lines)
        .map_err(|_inconsistent| OpportunityError::LineInconsistent)?;
    if stated.is_some_and(|stated| stated != total) {
        Err(OpportunityError::AmountHasLines)
    } else {
        Ok(total)
    }
}

/// Returns may make a line negative; a sale as a whole is worth nothing at least.
fn refuse_negative(amount: Option<Amount>) -> Result<(), OpportunityError> {
    if amount.is_some_and(|amount| amount < Amount::ZERO) {
        Err(OpportunityError::AmountNegative)
    } else {
        Ok(())
    }
}

impl Sale {
    fn decide_open(
        &self,
        command: OpportunityCommand,
    ) -> Result<Vec<OpportunityEvent>, OpportunityError> {
        match command {
            OpenOpportunity { .. } => Err(OpportunityError::AlreadyOpened),
            ReviseOpportunityLines { lines } => self.revise_lines(lines),
            ReviseOpportunityAmount { amount } => self.revise_amount(amount),
            ChangeOpportunityExpectedClose { expected_close }
                if expected_close == self.expected_close =>
            {
                Ok(vec![])
            }
            ChangeOpportunityExpectedClose { expected_close } => {
                Ok(vec![OpportunityExpectedCloseChanged { expected_close }])
            }
            JudgeOpportunityProbability { probability } if probability == self.probability => {
                Ok(vec![])
            }
            JudgeOpportunityProbability { probability } => {
                Ok(vec![OpportunityProbabilityJudged { probability }])
            }
            MoveOpportunity { stage } => self.go_to(stage, StageCategory::Open),
            WinOpportunity {
                stage,
                amount,
                reason,
                note,
            } => {
                let stage = self.of_category(stage, StageCategory::Won)?;
                let amount = if self.lines.is_empty() {
                    amount.or(self.amount)
                } else {
                    Some(total_of(&self.lines, amount)?)
                };
                refuse_negative(amount)?;
                Ok(vec![OpportunityWon {
                    stage,
                    amount,
                    reason,
                    note,
                }])
            }
            LoseOpportunity {
                stage,
                reason,
                competitor,
                note,
            } => {
                let stage = self.of_category(stage, StageCategory::Lost)?;
                Ok(vec![OpportunityLost {
                    stage,
                    reason,
                    competitor,
                    note,
                }])
            }
            CancelOpportunity {
                stage,
                reason,
                note,
            } => {
                let stage = self.of_category(stage, StageCategory::Cancelled)?;
                Ok(vec![OpportunityCancelled {
                    stage,
                    reason,
                    note,
                }])
            }
            ReopenOpportunity { .. } => Err(OpportunityError::NotClosed),
            CorrectOpportunityDetails { .. }
            | LinkOpportunityClient { .. }
            | CorrectOpportunityChannel { .. }
            | AssignOpportunity { .. } => Ok(self.decide_ever(command)),
        }
    }

    fn decide_closed(
        &self,
        category: StageCategory,
        command: OpportunityCommand,
    ) -> Result<Vec<OpportunityEvent>, OpportunityError> {
        match command {
            OpenOpportunity { .. } => Err(OpportunityError::AlreadyOpened),
            MoveOpportunity { stage } => self.go_to(stage, category),
            ReopenOpportunity { stage } => {
                let stage = self.of_category(stage, StageCategory::Open)?;
                Ok(vec![OpportunityReopened { stage }])
            }
            WinOpportunity { stage, amount, .. }
                if category == StageCategory::Won && stage.stage == self.stage =>
            {
                if amount.is_none_or(|amount| Some(amount) == self.amount) {
                    Ok(vec![])
                } else {
                    Err(OpportunityError::Closed)
                }
            }
            LoseOpportunity { stage, .. }
                if category == StageCategory::Lost && stage.stage == self.stage =>
            {
                Ok(vec![])
            }
            CancelOpportunity { stage, .. }
                if category == StageCategory::Cancelled && stage.stage == self.stage =>
            {
                Ok(vec![])
            }
            WinOpportunity { .. }
            | LoseOpportunity { .. }
            | CancelOpportunity { .. }
            | ReviseOpportunityLines { .. }
            | ReviseOpportunityAmount { .. }
            | ChangeOpportunityExpectedClose { .. }
            | JudgeOpportunityProbability { .. } => Err(OpportunityError::Closed),
            CorrectOpportunityDetails { .. }
            | LinkOpportunityClient { .. }
            | CorrectOpportunityChannel { .. }
            | AssignOpportunity { .. } => Ok(self.decide_ever(command)),
        }
    }

    /// What may be put right whatever the outcome.
    fn decide_ever(&self, command: OpportunityCommand) -> Vec<OpportunityEvent> {
        match command {
            CorrectOpportunityDetails { changes } => {
                let changes = self.details.changes(changes);
                if changes == OpportunityDetailsPatch::default() {
                    vec![]
                } else {
                    vec![OpportunityDetailsCorrected { changes }]
                }
            }
            LinkOpportunityClient { client } if client != self.client => {
                vec![OpportunityClientLinked { client }]
            }
            CorrectOpportunityChannel { channel } if channel != self.channel => {
                vec![OpportunityChannelCorrected { channel }]
            }
            AssignOpportunity { owner, team } if (owner, team) != (self.owner, self.team) => {
                vec![OpportunityAssigned { owner, team }]
            }
            _ => vec![],
        }
    }

    fn of_category(
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

    fn go_to(
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

    fn revise_lines(
        &self,
        lines: Vec<OpportunityLine>,
    ) -> Result<Vec<OpportunityEvent>, OpportunityError> {
        if lines == self.lines {
            return Ok(vec![]);
        }
        let amount = total_of(&lines, None)?;
        refuse_negative(Some(amount))?;
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
        refuse_negative(amount)?;
        Ok(vec![OpportunityAmountRevised { amount }])
    }

    /// Takes an event in; tells the category it went to, where it changed.
    fn evolve(&mut self, event: OpportunityEvent) -> Option<StageCategory> {
        match event {
            OpportunityOpened { .. } => {}
            OpportunityDetailsCorrected { changes } => self.details.correct(changes),
            OpportunityClientLinked { client } => self.client = client,
            OpportunityChannelCorrected { channel } => self.channel = channel,
            OpportunityAssigned { owner, team } => {
                self.owner = owner;
                self.team = team;
            }
            OpportunityLinesRevised { lines, amount } => {
                self.lines = lines;
                self.amount = Some(amount);
            }
            OpportunityAmountRevised { amount } => self.amount = amount,
            OpportunityExpectedCloseChanged { expected_close } => {
                self.expected_close = expected_close
            }
            OpportunityProbabilityJudged { probability } => self.probability = probability,
            OpportunityMoved { stage } => self.stage = stage,
            OpportunityWon { stage, amount, .. } => {
                self.amount = amount;
                return self.enter(stage, StageCategory::Won);
            }
            OpportunityLost { stage, .. } => return self.enter(stage, StageCategory::Lost),
            OpportunityCancelled { stage, .. } => {
                return self.enter(stage, StageCategory::Cancelled);
            }
            OpportunityReopened { stage } => return self.enter(stage, StageCategory::Open),
        }
        None
    }

    fn enter(&mut self, stage: StageId, category: StageCategory) -> Option<StageCategory> {
        self.stage = stage;
        Some(category)
    }
}
