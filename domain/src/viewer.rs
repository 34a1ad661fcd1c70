//! Who asks, and which rows that person sees. The one place where own, team and company are told apart: reads, commands,
//! counts, reports and subscriptions all start from here.

use crate::ids::{TeamId, UserId};
use crate::permission::{Permission, Reach, Role};

/// Who asks: a signed-in user, or a program with a user's API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The user.
    pub user: UserId,
    /// The user's role today.
    pub role: Role,
    /// The teams the user belongs to or leads, with all below them, as the tree stands today. Figures of the past are seen
    /// by these (DEFINITIONS 18).
    pub teams: Vec<TeamId>,
    /// The users who belong to these teams today. Rows are seen by these.
    pub members: Vec<UserId>,
}

/// To whom a row belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// To the company: whoever has the permission sees it.
    Company,
    /// To somebody, or to nobody yet.
    Owner(Option<UserId>),
}

impl Viewer {
    /// Whether the user has the permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
    }

    /// How far the user sees.
    pub fn reach(&self) -> Reach {
        self.role.reach()
    }

    /// Whether the user sees a row. What nobody owns is seen by managers and above.
    pub fn sees(&self, ownership: Ownership) -> bool {
        match (self.reach(), ownership) {
            (_, Ownership::Company)
            | (Reach::Company | Reach::Team, Ownership::Owner(None))
            | (Reach::Company, _) => true,
            (Reach::Team, Ownership::Owner(Some(owner))) => {
                owner == self.user || self.members.contains(&owner)
            }
            (Reach::Own, Ownership::Owner(owner)) => owner == Some(self.user),
        }
    }
}

#[cfg(test)]
mod tests;
