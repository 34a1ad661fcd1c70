//! Why something asked of a user or of the tree of teams is refused.

use crate::rejection::Rejection;

/// Why something asked of a user is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UserError {
    /// Nobody registered the user.
    #[error("the user does not exist")]
    NotRegistered,
    /// Another user has this id.
    #[error("the user is already registered")]
    AlreadyRegistered,
    /// The user left; reactivate first.
    #[error("the user is deactivated")]
    Inactive,
}

impl Rejection for UserError {
    fn code(&self) -> &'static str {
        match self {
            Self::NotRegistered => "USER_NOT_FOUND",
            Self::AlreadyRegistered => "USER_ALREADY_REGISTERED",
            Self::Inactive => "USER_INACTIVE",
        }
    }
}

/// Why something asked of the tree of teams is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TeamTreeError {
    /// No such team.
    #[error("the team does not exist")]
    TeamUnknown,
    /// Another team has this id.
    #[error("the team is already there")]
    AlreadyFormed,
    /// Another team has this name.
    #[error("another team has this name")]
    NameTaken,
    /// The team would stand below itself.
    #[error("the team would stand below itself")]
    Circle,
    /// There are teams below it: move them first.
    #[error("there are teams below it")]
    HasTeamsBelow,
}

impl Rejection for TeamTreeError {
    fn code(&self) -> &'static str {
        match self {
            Self::TeamUnknown => "TEAM_NOT_FOUND",
            Self::AlreadyFormed => "TEAM_ALREADY_FORMED",
            Self::NameTaken => "TEAM_NAME_TAKEN",
            Self::Circle => "TEAM_CIRCLE",
            Self::HasTeamsBelow => "TEAM_HAS_TEAMS_BELOW",
        }
    }
}
