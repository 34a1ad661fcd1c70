//! Why something asked of the company's settings is refused.

use crate::rejection::Rejection;

/// Why something asked of the company is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CompanyError {
    /// Set the company up first.
    #[error("the company is not set up")]
    NotSetUp,
    /// It is already set up.
    #[error("the company is already set up")]
    AlreadySetUp,
}

impl Rejection for CompanyError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotSetUp => "COMPANY_NOT_SET_UP",
            Self::AlreadySetUp => "COMPANY_ALREADY_SET_UP",
        }
    }
}

/// Why something asked of the catalogue of channels and reasons is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// No such channel.
    #[error("the channel does not exist")]
    ChannelUnknown,
    /// Another channel has this id.
    #[error("the channel is already there")]
    ChannelAlreadyAdded,
    /// No such reason.
    #[error("the reason does not exist")]
    ReasonUnknown,
    /// Another reason has this id.
    #[error("the reason is already there")]
    ReasonAlreadyAdded,
    /// Another entry in use has this name.
    #[error("the name is already in use")]
    NameTaken,
}

impl Rejection for CatalogueError {
    fn code(&self) -> &'static str {
        match self {
            Self::ChannelUnknown => "CHANNEL_NOT_FOUND",
            Self::ChannelAlreadyAdded => "CHANNEL_ALREADY_ADDED",
            Self::ReasonUnknown => "REASON_NOT_FOUND",
            Self::ReasonAlreadyAdded => "REASON_ALREADY_ADDED",
            Self::NameTaken => "CATALOGUE_NAME_TAKEN",
        }
    }
}

/// Why something asked of a pipeline is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PipelineError {
    /// Nobody drew it up.
    #[error("the pipeline does not exist")]
    NotCreated,
    /// Another pipeline has this id.
    #[error("the pipeline is already there")]
    AlreadyCreated,
    /// It is used no more.
    #[error("the pipeline is retired")]
    Retired,
    /// No such stage in use.
    #[error("the pipeline has no such stage")]
    StageUnknown,
    /// Another stage has this id.
    #[error("the stage is already there")]
    StageAlreadyAdded,
    /// Another stage in use has this name.
    #[error("another stage has this name")]
    StageNameTaken,
    /// It needs an open, a won and a lost stage in use.
    #[error("a pipeline needs an open, a won and a lost stage")]
    CategoryMissing,
    /// Won is 100, lost and cancelled are 0.
    #[error("a closing stage has a fixed probability")]
    ProbabilityFixed,
}

impl Rejection for PipelineError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotCreated => "PIPELINE_NOT_FOUND",
            Self::AlreadyCreated => "PIPELINE_ALREADY_CREATED",
            Self::Retired => "PIPELINE_RETIRED",
            Self::StageUnknown => "STAGE_NOT_FOUND",
            Self::StageAlreadyAdded => "STAGE_ALREADY_ADDED",
            Self::StageNameTaken => "STAGE_NAME_TAKEN",
            Self::CategoryMissing => "PIPELINE_CATEGORY_MISSING",
            Self::ProbabilityFixed => "STAGE_PROBABILITY_FIXED",
        }
    }
}
