//! Why something asked of an opportunity is refused.

use crate::rejection::Rejection;

/// Why something asked of an opportunity is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpportunityError {
    /// Nobody opened it.
    #[error("the opportunity does not exist")]
    NotOpened,
    /// Another opportunity has this id.
    #[error("the opportunity is already there")]
    AlreadyOpened,
    /// The stage belongs to another pipeline.
    #[error("the stage belongs to another pipeline")]
    OtherPipeline,
    /// The stage means another outcome than the command says.
    #[error("the stage means another outcome")]
    WrongCategory,
    /// It is closed; reopen it first.
    #[error("the opportunity is closed")]
    Closed,
    /// It is not closed, so it cannot be reopened.
    #[error("the opportunity is not closed")]
    NotClosed,
    /// The amount follows from the lines: revise those.
    #[error("the amount follows from the lines")]
    AmountHasLines,
    /// A line does not agree with its quantity, price and discount, or appears twice.
    #[error("a line does not agree with its quantity, price and discount")]
    LineInconsistent,
    /// What it may be worth is below zero.
    #[error("the amount is negative")]
    AmountNegative,
}

impl Rejection for OpportunityError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotOpened => "OPPORTUNITY_NOT_FOUND",
            Self::AlreadyOpened => "OPPORTUNITY_ALREADY_OPENED",
            Self::OtherPipeline => "STAGE_OF_OTHER_PIPELINE",
            Self::WrongCategory => "STAGE_OF_OTHER_CATEGORY",
            Self::Closed => "OPPORTUNITY_CLOSED",
            Self::NotClosed => "OPPORTUNITY_NOT_CLOSED",
            Self::AmountHasLines => "OPPORTUNITY_AMOUNT_HAS_LINES",
            Self::LineInconsistent => "OPPORTUNITY_LINE_INCONSISTENT",
            Self::AmountNegative => "OPPORTUNITY_AMOUNT_NEGATIVE",
        }
    }
}
