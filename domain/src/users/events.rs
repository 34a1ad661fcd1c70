//! What can have happened to a user and to the tree of teams.

use serde::{Deserialize, Serialize};

use crate::ids::{TeamId, UserId};
use crate::permission::Role;
use crate::values::{EmailAddress, Line, Personal};

/// A language of the interface.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
pub enum Locale {
    /// Spanish.
    #[default]
    Es,
    /// Catalan.
    Ca,
    /// English.
    En,
}

/// What can have happened to a user.
#[derive(
    Debug, Clone, PartialEq, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum UserEvent {
    /// Somebody joined the company.
    UserRegistered {
        /// The name shown to the others.
        name: Personal<Line>,
        /// The address for signing in; none for an owner in migrated history.
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
    /// The user has another name.
    UserRenamed {
        /// The name shown to the others.
        name: Personal<Line>,
    },
    /// The user signs in with another address, or no more.
    UserEmailChanged {
        /// The address for signing in.
        email: Option<Personal<EmailAddress>>,
    },
    /// The user is something else in the company.
    UserRoleChanged {
        /// What the user is now.
        role: Role,
    },
    /// The user went to another team.
    UserMovedToTeam {
        /// The team the user belongs to.
        team: Option<TeamId>,
    },
    /// The user wants another language.
    UserLocaleChanged {
        /// Language of the interface.
        locale: Locale,
    },
    /// The user left and may not sign in.
    UserDeactivated {},
    /// The user came back.
    UserReactivated {},
}

/// What can have happened to the tree of teams: one stream, so that no two changes can make a circle.
#[derive(
    Debug, Clone, PartialEq, Serialize, Deserialize, strum::IntoStaticStr, strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TeamTreeEvent {
    /// A team was formed.
    TeamFormed {
        /// The team.
        team: TeamId,
        /// Its name.
        name: Line,
        /// The team above it.
        parent: Option<TeamId>,
        /// Who leads it.
        manager: Option<UserId>,
        /// The office or region it works from; that of the team above where not said.
        office: Option<Line>,
    },
    /// A team has another name.
    TeamRenamed {
        /// The team.
        team: TeamId,
        /// Its name.
        name: Line,
    },
    /// A team went below another.
    TeamMoved {
        /// The team.
        team: TeamId,
        /// The team above it.
        parent: Option<TeamId>,
    },
    /// Somebody else leads a team.
    TeamManagerAppointed {
        /// The team.
        team: TeamId,
        /// Who leads it.
        manager: Option<UserId>,
    },
    /// A team works from another office.
    TeamOfficeChanged {
        /// The team.
        team: TeamId,
        /// The office or region.
        office: Option<Line>,
    },
    /// A team is no more.
    TeamDisbanded {
        /// The team.
        team: TeamId,
    },
}
