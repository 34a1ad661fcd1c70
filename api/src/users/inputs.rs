//! What callers say of users and teams.

use async_graphql::InputObject;
use cartera_domain::ids::{TeamId, UserId};
use cartera_domain::permission::Role;
use cartera_domain::users::Locale;

use crate::asking::{Beginning, Said};
use crate::scalars::GlobalId;

/// A user to be taken in.
#[derive(Debug, InputObject)]
pub struct RegisterUserInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Beginning,
    /// The name shown to the others.
    pub name: String,
    /// The address for signing in, unique among all users; none for a user who does not sign in.
    pub email: Option<String>,
    /// What the user is in the company.
    pub role: Role,
    /// The team the user belongs to.
    pub team_id: Option<GlobalId<TeamId>>,
    /// Language of the interface.
    #[graphql(default)]
    pub locale: Locale,
    /// The user's key in the system it came from.
    pub external_reference: Option<String>,
}

/// A user, and nothing else to say.
#[derive(Debug, InputObject)]
pub struct UserInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The user.
    pub user_id: GlobalId<UserId>,
}

/// Another name of a user.
#[derive(Debug, InputObject)]
pub struct RenameUserInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The user.
    pub user_id: GlobalId<UserId>,
    /// The name shown to the others.
    pub name: String,
}

/// Another address of a user.
#[derive(Debug, InputObject)]
pub struct ChangeUserEmailInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The user.
    pub user_id: GlobalId<UserId>,
    /// The address for signing in; none when absent.
    pub email: Option<String>,
}

/// Another role of a user.
#[derive(Debug, InputObject)]
pub struct ChangeUserRoleInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The user.
    pub user_id: GlobalId<UserId>,
    /// What the user is from now on.
    pub role: Role,
}

/// Another team of a user.
#[derive(Debug, InputObject)]
pub struct MoveUserToTeamInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The user.
    pub user_id: GlobalId<UserId>,
    /// The team the user belongs to; none when absent.
    pub team_id: Option<GlobalId<TeamId>>,
}

/// Another language of a user.
#[derive(Debug, InputObject)]
pub struct ChangeUserLocaleInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The user; one's own, or any with the permission to manage users.
    pub user_id: GlobalId<UserId>,
    /// Language of the interface.
    pub locale: Locale,
}

/// A team to be formed.
#[derive(Debug, InputObject)]
pub struct FormTeamInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Beginning,
    /// Its name, unique among the teams.
    pub name: String,
    /// The team above it.
    pub parent_id: Option<GlobalId<TeamId>>,
    /// Who leads it.
    pub manager_id: Option<GlobalId<UserId>>,
    /// The office or region it works from; that of the team above when absent.
    pub office: Option<String>,
}

/// A team, and nothing else to say.
#[derive(Debug, InputObject)]
pub struct TeamInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The team.
    pub team_id: GlobalId<TeamId>,
}

/// Another name of a team.
#[derive(Debug, InputObject)]
pub struct RenameTeamInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The team.
    pub team_id: GlobalId<TeamId>,
    /// Its name, unique among the teams.
    pub name: String,
}

/// Another place of a team in the tree.
#[derive(Debug, InputObject)]
pub struct MoveTeamInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The team.
    pub team_id: GlobalId<TeamId>,
    /// The team above it; none when absent.
    pub parent_id: Option<GlobalId<TeamId>>,
}

/// Another head of a team.
#[derive(Debug, InputObject)]
pub struct AppointTeamManagerInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The team.
    pub team_id: GlobalId<TeamId>,
    /// Who leads it; nobody when absent.
    pub manager_id: Option<GlobalId<UserId>>,
}

/// Another office of a team.
#[derive(Debug, InputObject)]
pub struct ChangeTeamOfficeInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The team.
    pub team_id: GlobalId<TeamId>,
    /// The office or region; that of the team above when absent.
    pub office: Option<String>,
}
