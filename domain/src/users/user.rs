//! The decisions about a user.

use serde::{Deserialize, Serialize};

use crate::decider::{Decider, event_sourced};
use crate::ids::{TeamId, UserId};
use crate::permission::Role;
use crate::values::{EmailAddress, Line, Personal};

use super::UserCommand::{
    ChangeUserEmail, ChangeUserLocale, ChangeUserRole, DeactivateUser, MoveUserToTeam,
    ReactivateUser, RegisterUser, RenameUser,
};
use super::UserEvent::{
    UserDeactivated, UserEmailChanged, UserLocaleChanged, UserMovedToTeam, UserReactivated,
    UserRegistered, UserRenamed, UserRoleChanged,
};
use super::{Locale, UserCommand, UserError, UserEvent};

/// A user in the company.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum User {
    /// Nobody has registered the user.
    #[default]
    Blank,
    /// The user works here.
    Active(Member),
    /// The user left.
    Inactive(Member),
}

/// What is known of a user.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The name shown to the others.
    pub name: Personal<Line>,
    /// The address for signing in.
    pub email: Option<Personal<EmailAddress>>,
    /// What the user is in the company.
    pub role: Role,
    /// The team the user belongs to.
    pub team: Option<TeamId>,
    /// Language of the interface.
    pub locale: Locale,
}

event_sourced!(User, UserEvent, User);

impl Decider for User {
    const TYPE: &'static str = "user";
    type Id = UserId;
    type Command = UserCommand;
    type Event = UserEvent;
    type Error = UserError;

    fn decide(&self, command: UserCommand) -> Result<Vec<UserEvent>, UserError> {
        match self {
            Self::Blank => decide_blank(command),
            Self::Active(member) => member.decide(command),
            Self::Inactive(_) => decide_inactive(&command),
        }
    }

    fn evolve(&mut self, event: UserEvent) {
        *self = match (std::mem::take(self), event) {
            (
                _,
                UserRegistered {
                    name,
                    email,
                    role,
                    team,
                    locale,
                    external_reference: _,
                },
            ) => Self::Active(Member {
                name,
                email,
                role,
                team,
                locale,
            }),
            (Self::Active(member), UserDeactivated {}) => Self::Inactive(member),
            (Self::Active(mut member), event) => {
                member.evolve(event);
                Self::Active(member)
            }
            (Self::Inactive(member), UserReactivated {}) => Self::Active(member),
            (
                state @ (Self::Blank | Self::Inactive(_)),
                UserRenamed { .. }
                | UserEmailChanged { .. }
                | UserRoleChanged { .. }
                | UserMovedToTeam { .. }
                | UserLocaleChanged { .. }
                | UserDeactivated {}
                | UserReactivated {},
            ) => state,
        };
    }
}

impl User {
    /// The user's role and team while active.
    pub fn active(&self) -> Option<&Member> {
        match self {
            Self::Active(member) => Some(member),
            Self::Blank | Self::Inactive(_) => None,
        }
    }
}

impl Member {
    fn decide(&self, command: UserCommand) -> Result<Vec<UserEvent>, UserError> {
        Ok(match command {
            RegisterUser { .. } => return Err(UserError::AlreadyRegistered),
            RenameUser { name } if name != self.name => vec![UserRenamed { name }],
            ChangeUserEmail { email } if email != self.email => vec![UserEmailChanged { email }],
            ChangeUserRole { role } if role != self.role => vec![UserRoleChanged { role }],
            MoveUserToTeam { team } if team != self.team => vec![UserMovedToTeam { team }],
            ChangeUserLocale { locale } if locale != self.locale => {
                vec![UserLocaleChanged { locale }]
            }
            DeactivateUser => vec![UserDeactivated {}],
            RenameUser { .. }
            | ChangeUserEmail { .. }
            | ChangeUserRole { .. }
            | MoveUserToTeam { .. }
            | ChangeUserLocale { .. }
            | ReactivateUser => vec![],
        })
    }

    fn evolve(&mut self, event: UserEvent) {
        match event {
            UserRenamed { name } => self.name = name,
            UserEmailChanged { email } => self.email = email,
            UserRoleChanged { role } => self.role = role,
            UserMovedToTeam { team } => self.team = team,
            UserLocaleChanged { locale } => self.locale = locale,
            UserRegistered { .. } | UserDeactivated {} | UserReactivated {} => {}
        }
    }
}

fn decide_blank(command: UserCommand) -> Result<Vec<UserEvent>, UserError> {
    match command {
        RegisterUser {
            name,
            email,
            role,
            team,
            locale,
            external_reference,
        } => Ok(vec![UserRegistered {
            name,
            email,
            role,
            team,
            locale,
            external_reference,
        }]),
        RenameUser { .. }
        | ChangeUserEmail { .. }
        | ChangeUserRole { .. }
        | MoveUserToTeam { .. }
        | ChangeUserLocale { .. }
        | DeactivateUser
        | ReactivateUser => Err(UserError::NotRegistered),
    }
}

fn decide_inactive(command: &UserCommand) -> Result<Vec<UserEvent>, UserError> {
    match command {
        RegisterUser { .. } => Err(UserError::AlreadyRegistered),
        ReactivateUser => Ok(vec![UserReactivated {}]),
        DeactivateUser => Ok(vec![]),
        RenameUser { .. }
        | ChangeUserEmail { .. }
        | ChangeUserRole { .. }
        | MoveUserToTeam { .. }
        | ChangeUserLocale { .. } => Err(UserError::Inactive),
    }
}

#[cfg(test)]
mod tests;
