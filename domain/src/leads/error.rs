//! Why something asked of a lead is refused.

use crate::rejection::Rejection;

/// Why something asked of a lead is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LeadError {
    /// Nobody registered it.
    #[error("the lead does not exist")]
    NotRegistered,
    /// Another lead has this id.
    #[error("the lead is already registered")]
    AlreadyRegistered,
    /// Neither a person nor a company nor an external reference.
    #[error("a lead needs a person, a company or an external reference")]
    Unidentifiable,
    /// It is a client by now.
    #[error("the lead is already converted")]
    AlreadyConverted,
    /// It was given up; reopen it first.
    #[error("the lead is discarded")]
    Discarded,
    /// A lead is given up for a reason.
    #[error("say why the lead is discarded")]
    ReasonRequired,
}

impl Rejection for LeadError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotRegistered => "LEAD_NOT_FOUND",
            Self::AlreadyRegistered => "LEAD_ALREADY_REGISTERED",
            Self::Unidentifiable => "LEAD_UNIDENTIFIABLE",
            Self::AlreadyConverted => "LEAD_ALREADY_CONVERTED",
            Self::Discarded => "LEAD_DISCARDED",
            Self::ReasonRequired => "LEAD_REASON_REQUIRED",
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::ReasonRequired => Some("reason"),
            Self::Unidentifiable => Some("details"),
            Self::NotRegistered
            | Self::AlreadyRegistered
            | Self::AlreadyConverted
            | Self::Discarded => None,
        }
    }
}
