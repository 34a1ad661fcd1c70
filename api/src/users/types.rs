//! Users and teams in GraphQL.

use async_graphql::{Context, Object};
use cartera_domain::ids::{TeamId, TypedId, UserId};
use cartera_domain::permission::Role;
use cartera_domain::users::Locale;
use cartera_domain::{Permission, Viewer};
use cartera_projections::page;
use cartera_projections::users::team_directory::{TeamFilter, TeamItem};
use cartera_projections::users::user_directory::{UserFilter, UserItem};

use crate::asking::Asking;
use crate::connection::Listed;
use crate::error::ApiError;
use crate::loaders::unreadable;
use crate::payload::payload;
use crate::scalars::{Date, DateTime, GlobalId};

/// A user, with or without sign-in.
#[derive(Debug)]
pub struct User(UserItem);

impl From<UserItem> for User {
    fn from(row: UserItem) -> Self {
        Self(row)
    }
}

impl Listed for User {
    type List = UserFilter;
    const NAME: &'static str = "User";
    const KIND: &'static str = "user";
    const PERMISSION: Permission = Permission::ReadCompany;
}

impl User {
    /// Language of the interface.
    pub(crate) fn locale_of(&self) -> Locale {
        self.0.locale
    }

    /// The user, as a viewer sees it who is not the caller: somebody who has just come in.
    pub(crate) async fn read(
        context: &Context<'_>,
        viewer: &Viewer,
        user: UserId,
    ) -> Result<Option<Self>, ApiError> {
        let pool = &context.services()?.reads;
        let found = page::by_ids::<UserFilter>(pool, viewer, &[user.as_uuid()]).await;
        Ok(found.map_err(unreadable)?.into_iter().next().map(Self))
    }
}

#[Object]
impl User {
    /// Global id.
    pub(crate) async fn id(&self) -> GlobalId<UserId> {
        GlobalId(self.0.id)
    }

    /// Version of the user's stream.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// The name shown to the others.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The address for signing in.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// What the user is in the company.
    async fn role(&self) -> Role {
        self.0.role
    }

    /// The team the user belongs to.
    async fn team(&self, context: &Context<'_>) -> Result<Option<Team>, ApiError> {
        context.related(self.0.team).await
    }

    /// Language of the interface.
    async fn locale(&self) -> Locale {
        self.0.locale
    }

    /// Whether the user works here.
    async fn active(&self) -> bool {
        self.0.active
    }

    /// The user's key in the system it came from.
    async fn external_reference(&self) -> Option<&str> {
        self.0.external_reference.as_deref()
    }

    /// The day on which the user joined.
    async fn registered_on(&self) -> Date {
        Date(self.0.registered_on)
    }

    /// When the last event was recorded.
    async fn changed_at(&self) -> DateTime {
        DateTime(self.0.changed_at)
    }
}

/// A team in the company's tree of teams.
#[derive(Debug)]
pub struct Team(TeamItem);

impl From<TeamItem> for Team {
    fn from(row: TeamItem) -> Self {
        Self(row)
    }
}

impl Listed for Team {
    type List = TeamFilter;
    const NAME: &'static str = "Team";
    const KIND: &'static str = "team";
    const PERMISSION: Permission = Permission::ReadCompany;
}

#[Object]
impl Team {
    /// Global id.
    pub(crate) async fn id(&self) -> GlobalId<TeamId> {
        GlobalId(self.0.id)
    }

    /// Version of the tree of teams, the same in all teams.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The team above it.
    async fn parent(&self, context: &Context<'_>) -> Result<Option<Team>, ApiError> {
        context.related(self.0.parent).await
    }

    /// Who leads it.
    async fn manager(&self, context: &Context<'_>) -> Result<Option<User>, ApiError> {
        context.related(self.0.manager).await
    }

    /// The office or region that was said of it itself.
    async fn office(&self) -> Option<&str> {
        self.0.office.as_deref()
    }

    /// The office or region it works from: its own, else that of the nearest team above that has one.
    async fn works_at(&self) -> Option<&str> {
        self.0.works_at.as_deref()
    }

    /// It is no more.
    async fn disbanded(&self) -> bool {
        self.0.disbanded
    }

    /// The day on which it was formed.
    async fn formed_on(&self) -> Date {
        Date(self.0.formed_on)
    }
}

payload! {
    /// What a mutation of a user answers.
    UserPayload,
    /// The user as he or she is now; none where the command was refused.
    user: User
}

payload! {
    /// What a mutation of the tree of teams answers.
    TeamPayload,
    /// The team as it is now; none where the command was refused.
    team: Team
}
