//! The decisions about an opportunity.

use serde::{Deserialize, Serialize};

use crate::decider::{Decider, event_sourced};
use crate::ids::{OpportunityId, StageId};
use crate::settings::StageCategory;
use crate::viewer::Ownership;

use super::OpportunityEvent::{
    OpportunityAmountRevised, OpportunityAssigned, OpportunityCancelled,
    OpportunityChannelCorrected, OpportunityClientLinked, OpportunityDetailsCorrected,
    OpportunityExpectedCloseChanged, OpportunityLinesRevised, OpportunityLost, OpportunityMoved,
    OpportunityOpened, OpportunityProbabilityJudged, OpportunityReopened, OpportunityWon,
};
use super::{OpportunityCommand, OpportunityError, OpportunityEvent};

mod closed;
mod in_sight;
mod opening;
mod sale;
mod worth;

pub use sale::Sale;

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
        match self {
            Self::Blank => opening::decide(command),
            Self::Open(sale) => sale.decide_in_sight(command),
            Self::Won(sale) => sale.decide_closed(StageCategory::Won, command),
            Self::Lost(sale) => sale.decide_closed(StageCategory::Lost, command),
            Self::Cancelled(sale) => sale.decide_closed(StageCategory::Cancelled, command),
        }
    }

    fn evolve(&mut self, event: OpportunityEvent) {
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
            } => {
                *self = Self::Open(Sale {
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
                });
            }
            OpportunityWon { stage, amount, .. } => {
                self.change(|sale| sale.amount = amount);
                self.enter(stage, Self::Won);
            }
            OpportunityLost { stage, .. } => self.enter(stage, Self::Lost),
            OpportunityCancelled { stage, .. } => self.enter(stage, Self::Cancelled),
            OpportunityReopened { stage } => self.enter(stage, Self::Open),
            OpportunityMoved { stage } => self.change(|sale| sale.stage = stage),
            OpportunityDetailsCorrected { changes } => {
                self.change(|sale| sale.details.correct(changes));
            }
            OpportunityClientLinked { client } => self.change(|sale| sale.client = client),
            OpportunityChannelCorrected { channel } => self.change(|sale| sale.channel = channel),
            OpportunityAssigned { owner, team } => {
                self.change(|sale| (sale.owner, sale.team) = (owner, team));
            }
            OpportunityLinesRevised { lines, amount } => {
                self.change(|sale| (sale.lines, sale.amount) = (lines, Some(amount)));
            }
            OpportunityAmountRevised { amount } => self.change(|sale| sale.amount = amount),
            OpportunityExpectedCloseChanged { expected_close } => {
                self.change(|sale| sale.expected_close = expected_close);
            }
            OpportunityProbabilityJudged { probability } => {
                self.change(|sale| sale.probability = probability);
            }
        }
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

    fn change(&mut self, change: impl FnOnce(&mut Sale)) {
        match self {
            Self::Blank => {}
            Self::Open(sale) | Self::Won(sale) | Self::Lost(sale) | Self::Cancelled(sale) => {
                change(sale);
            }
        }
    }

    fn enter(&mut self, stage: StageId, outcome: impl FnOnce(Sale) -> Self) {
        *self = match std::mem::take(self) {
            Self::Blank => Self::Blank,
            Self::Open(sale) | Self::Won(sale) | Self::Lost(sale) | Self::Cancelled(sale) => {
                outcome(Sale { stage, ..sale })
            }
        };
    }
}

#[cfg(test)]
mod tests;
