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
        match (self, command) {
            (
                Self::Blank,
                RegisterUser {
                    name,
                    email,
                    role,
                    team,
                    locale,
                    external_reference,
                },
            ) => Ok(vec![UserRegistered {
                name,
                email,
                role,
                team,
                locale,
                external_reference,
            }]),
            (Self::Blank, _) => Err(UserError::NotRegistered),
            (Self::Active(_) | Self::Inactive(_), RegisterUser { .. }) => {
                Err(UserError::AlreadyRegistered)
            }
            (Self::Active(member), command) => Ok(member.decide(command)),
            (Self::Inactive(_), ReactivateUser) => Ok(vec![UserReactivated {}]),
            (Self::Inactive(_), DeactivateUser) => Ok(vec![]),
            (Self::Inactive(_), _) => Err(UserError::Inactive),
        }
    }

    fn evolve(&mut self, event: UserEvent) {
        match (&mut *self, event) {
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
            ) => {
                *self = Self::Active(Member {
                    name,
                    email,
                    role,
                    team,
                    locale,
                });
            }
            (Self::Active(member), UserDeactivated {}) => *self = Self::Inactive(member.clone()),
            (Self::Inactive(member), UserReactivated {}) => *self = Self::Active(member.clone()),
            (Self::Active(member), event) => member.evolve(event),
            (Self::Blank | Self::Inactive(_), _) => {}
        }
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
    fn decide(&self, command: UserCommand) -> Vec<UserEvent> {
        match command {
            RenameUser { name } if name != self.name => vec![UserRenamed { name }],
            ChangeUserEmail { email } if email != self.email => vec![UserEmailChanged { email }],
            ChangeUserRole { role } if role != self.role => vec![UserRoleChanged { role }],
            MoveUserToTeam { team } if team != self.team => vec![UserMovedToTeam { team }],
            ChangeUserLocale { locale } if locale != self.locale => {
                vec![UserLocaleChanged { locale }]
            }
            DeactivateUser => vec![UserDeactivated {}],
            RegisterUser { .. }
            | RenameUser { .. }
            | ChangeUserEmail { .. }
            | ChangeUserRole { .. }
            | MoveUserToTeam { .. }
            | ChangeUserLocale { .. }
            | ReactivateUser => vec![],
        }
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
