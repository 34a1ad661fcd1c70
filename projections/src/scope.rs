//! Which rows the asking user may see: the one predicate that every finder uses to select, count, sort, sum and export.
//!
//! `cartera_domain::Viewer` decides; this file says it in SQL. A test compares the two over every reach and every owner.

use cartera_domain::Viewer;
use cartera_domain::ids::{TypedId, UserId};
use cartera_domain::permission::Reach;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

/// What somebody sees, ready to be bound. Made from a [`Viewer`] and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    reach: Reach,
    members: Vec<Uuid>,
}

impl From<&Viewer> for Scope {
    fn from(viewer: &Viewer) -> Self {
        let members = match viewer.reach() {
            Reach::Company => vec![],
            Reach::Own => vec![viewer.user.as_uuid()],
            Reach::Team => {
                let own = std::iter::once(&viewer.user);
                own.chain(&viewer.members).map(|id| id.as_uuid()).collect()
            }
        };
        Self {
            reach: viewer.reach(),
            members,
        }
    }
}

impl Scope {
    /// For fixed SQL: `$1 = 'company' OR owner = ANY($2) OR (owner IS NULL AND $1 = 'team')`; this is `$1`.
    pub fn reach(&self) -> &'static str {
        match self.reach {
            Reach::Own => "own",
            Reach::Team => "team",
            Reach::Company => "company",
        }
    }

    /// For fixed SQL: this is `$2`, the owners whose rows are seen; empty for the company's reach.
    pub fn members(&self) -> &[Uuid] {
        &self.members
    }

    /// For composed SQL: the same predicate over a column that holds the owner, with parentheses around it. Only what the
    /// reach needs is written, so that an index on the owner can serve.
    pub fn push_predicate(&self, sql: &mut QueryBuilder<'_, Postgres>, owner: &'static str) {
        match self.reach {
            Reach::Company => {
                sql.push("(true)");
            }
            Reach::Own | Reach::Team => {
                sql.push("(").push(owner).push(" = ANY(");
                sql.push_bind(self.members.clone()).push(")");
                if self.reach == Reach::Team {
                    sql.push(" OR ").push(owner).push(" IS NULL");
                }
                sql.push(")");
            }
        }
    }

    /// Whether a row of this owner is seen: the predicate for rows that are already here.
    pub fn sees(&self, owner: Option<UserId>) -> bool {
        match (self.reach, owner) {
            (Reach::Company, _) | (Reach::Team, None) => true,
            (Reach::Own, None) => false,
            (Reach::Own | Reach::Team, Some(owner)) => self.members.contains(&owner.as_uuid()),
        }
    }
}
