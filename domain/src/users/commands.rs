//! What may be asked of a user and of the tree of teams.

use serde::Serialize;

use crate::ids::{TeamId, UserId};
use crate::permission::{NeedsPermission, Permission, Role};
use crate::values::{EmailAddress, Line, Personal};

use super::Locale;

/// What may be asked of a user. The address is claimed by `commands`, which also keeps the last administrator.
#[derive(Debug, Clone, PartialEq, Serialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum UserCommand {
    /// Take a user in.
    RegisterUser {
        /// The name shown to the others.
        name: Personal<Line>,
        /// The address for signing in.
        email: Option<Personal<EmailAddress>>,
        /// What the user is in the company.
        role: Role,
        /// The team the user belongs to.
        team: Option<TeamId>,
        /// Language of the interface.
        locale: Locale,
        /// The user's key in the system it came from.
        external_reference: Option<Personal<Line>>,
    },
    /// Give the user another name.
    RenameUser {
        /// The name shown to the others.
        name: Personal<Line>,
    },
    /// Let the user sign in with another address, or no more.
    ChangeUserEmail {
        /// The address for signing in.
        email: Option<Personal<EmailAddress>>,
    },
    /// Make the user something else in the company.
    ChangeUserRole {
        /// What the user is now.
        role: Role,
    },
    /// Move the user to another team.
    MoveUserToTeam {
        /// The team the user belongs to.
        team: Option<TeamId>,
    },
    /// Show the user another language; everybody may for oneself.
    ChangeUserLocale {
        /// Language of the interface.
        locale: Locale,
    },
    /// Say that the user left.
    DeactivateUser,
    /// Say that the user came back.
    ReactivateUser,
}

impl NeedsPermission for UserCommand {
    fn permission(&self) -> Permission {
        match self {
            Self::RegisterUser { .. }
            | Self::RenameUser { .. }
            | Self::ChangeUserEmail { .. }
            | Self::ChangeUserRole { .. }
            | Self::MoveUserToTeam { .. }
            | Self::DeactivateUser
            | Self::ReactivateUser => Permission::ManageUsers,
            Self::ChangeUserLocale { .. } => Permission::ReadCompany,
        }
    }
}

/// What may be asked of the tree of teams.
#[derive(Debug, Clone, PartialEq, Serialize, strum::VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TeamTreeCommand {
    /// Form a team. Refused below a team that is not there.
    FormTeam {
        /// The team.
        team: TeamId,
        /// Its name.
        name: Line,
        /// The team above it.
        parent: Option<TeamId>,
        /// Who leads it.
        manager: Option<UserId>,
        /// The office or region it works from.
        office: Option<Line>,
    },
    /// Give a team another name.
    RenameTeam {
        /// The team.
        team: TeamId,
        /// Its name.
        name: Line,
    },
    /// Put a team below another. Refused where that would make a circle.
    MoveTeam {
        /// The team.
        team: TeamId,
        /// The team above it.
        parent: Option<TeamId>,
    },
    /// Let somebody lead a team.
    AppointTeamManager {
        /// The team.
        team: TeamId,
        /// Who leads it.
        manager: Option<UserId>,
    },
    /// Let a team work from another office.
    ChangeTeamOffice {
        /// The team.
        team: TeamId,
        /// The office or region.
        office: Option<Line>,
    },
    /// Disband a team. Refused while there are teams below it.
    DisbandTeam {
        /// The team.
        team: TeamId,
    },
}

impl NeedsPermission for TeamTreeCommand {
    fn permission(&self) -> Permission {
        match self {
            Self::FormTeam { .. }
            | Self::RenameTeam { .. }
            | Self::MoveTeam { .. }
            | Self::AppointTeamManager { .. }
            | Self::ChangeTeamOffice { .. }
            | Self::DisbandTeam { .. } => Permission::ManageUsers,
        }
    }
}
