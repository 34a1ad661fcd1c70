//! What can be asked about users and teams.

#![expect(
    clippy::too_many_arguments,
    reason = "Relay's four arguments, a filter and an order are GraphQL's own form"
)]

use async_graphql::{Context, InputObject, Object};
use cartera_domain::ids::{TeamId, UserId};
use cartera_domain::permission::Role;
use cartera_projections::users::team_directory::{TeamFilter, TeamOrder};
use cartera_projections::users::user_directory::{UserFilter, UserOrder};

use super::types::{Team, User};
use crate::connection::{Connection, PageArguments, one, page};
use crate::error::ApiError;
use crate::filters::{ids, order_input};
use crate::scalars::{GlobalId, Position};

/// Which users are asked for.
#[derive(Debug, Clone, Default, InputObject)]
pub struct UserFilterInput {
    /// With one of these roles.
    pub roles: Option<Vec<Role>>,
    /// In one of these teams.
    pub team_ids: Option<Vec<GlobalId<TeamId>>>,
    /// Working here or not; both when absent.
    pub active: Option<bool>,
    /// With all these words in name, e-mail or external key.
    #[graphql(validator(max_length = 200))]
    pub search: Option<String>,
}

impl UserFilterInput {
    fn read(self) -> UserFilter {
        UserFilter {
            role: self.roles.unwrap_or_default(),
            team: ids(self.team_ids),
            active: self.active,
            search: self.search,
        }
    }
}

order_input! {
    /// By what users can be ordered.
    UserOrderField of UserOrder, Ascending unless said {
        /// By name, without accents and case.
        Name,
        /// By the day of joining.
        RegisteredOn,
    }

    /// The order of users.
    UserOrderInput
}

/// Which teams are asked for.
#[derive(Debug, Clone, Default, InputObject)]
pub struct TeamFilterInput {
    /// Disbanded or not; both when absent.
    pub disbanded: Option<bool>,
    /// Right below this team.
    pub parent_id: Option<GlobalId<TeamId>>,
}

impl TeamFilterInput {
    fn read(self) -> TeamFilter {
        TeamFilter {
            disbanded: self.disbanded,
            parent: self.parent_id.map(|id| id.0),
        }
    }
}

order_input! {
    /// By what teams can be ordered.
    TeamOrderField of TeamOrder, Ascending unless said {
        /// By name, without accents and case.
        Name,
    }

    /// The order of teams.
    TeamOrderInput
}

/// The queries of users and teams.
#[derive(Debug, Default)]
pub struct UsersQuery;

#[Object]
impl UsersQuery {
    /// The users, by name unless ordered otherwise.
    async fn users(
        &self,
        context: &Context<'_>,
        filter: Option<UserFilterInput>,
        order_by: Option<UserOrderInput>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        after_position: Option<Position>,
    ) -> Result<Connection<User>, ApiError> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            after_position,
        };
        let filter = filter.unwrap_or_default().read();
        page(context, filter, UserOrderInput::order(order_by), arguments).await
    }

    /// A user. Another's, for whom it is not to be seen, is as good as none: `NOT_FOUND`.
    async fn user(
        &self,
        context: &Context<'_>,
        id: GlobalId<UserId>,
        after_position: Option<Position>,
    ) -> Result<Option<User>, ApiError> {
        one(context, id.0, after_position).await
    }

    /// The teams, by name.
    async fn teams(
        &self,
        context: &Context<'_>,
        filter: Option<TeamFilterInput>,
        order_by: Option<TeamOrderInput>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        after_position: Option<Position>,
    ) -> Result<Connection<Team>, ApiError> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            after_position,
        };
        let filter = filter.unwrap_or_default().read();
        page(context, filter, TeamOrderInput::order(order_by), arguments).await
    }

    /// A team. Another's, for whom it is not to be seen, is as good as none: `NOT_FOUND`.
    async fn team(
        &self,
        context: &Context<'_>,
        id: GlobalId<TeamId>,
        after_position: Option<Position>,
    ) -> Result<Option<Team>, ApiError> {
        one(context, id.0, after_position).await
    }
}
