//! Who asks, sessions and API keys in GraphQL.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use cartera_domain::ids::UserId;
use cartera_domain::permission::{Permission, Reach, Role};
use cartera_domain::users::Locale;
use futures_util::future::try_join_all;
use strum::VariantArray;

use super::store::api_keys::ApiKeyRow;
use super::store::sessions::SessionRow;
use super::{Caller, Credential};
use crate::asking::Asking;
use crate::error::ApiError;
use crate::payload::UserError;
use crate::scalars::{AnyGlobalId, DateTime, GlobalId};
use crate::users::types::{Team, User};

/// Who asks, and what that allows.
#[derive(Debug)]
pub struct Viewer(pub(super) Asker);

/// A caller, or somebody who has just come in and has no caller yet.
#[derive(Debug)]
pub(super) struct Asker {
    pub(super) viewer: std::sync::Arc<cartera_domain::Viewer>,
    pub(super) permissions: Vec<Permission>,
    pub(super) user: User,
    pub(super) locale: Locale,
}

#[Object]
impl Viewer {
    /// The user.
    async fn user(&self) -> &User {
        &self.0.user
    }

    /// What the user is in the company.
    async fn role(&self) -> Role {
        self.0.viewer.role
    }

    /// How far the user sees.
    async fn reach(&self) -> Reach {
        self.0.viewer.reach()
    }

    /// What the caller may do: the user's permissions, as far as an API key has them.
    async fn permissions(&self) -> &[Permission] {
        &self.0.permissions
    }

    /// The teams that the user belongs to or leads, with all below them.
    async fn teams(&self, context: &Context<'_>) -> Result<Vec<Team>, ApiError> {
        // All at once, so that they are read together.
        let teams = self.0.viewer.teams.iter();
        let teams = teams.map(|team| context.related::<Team>(Some(*team)));
        let found = try_join_all(teams).await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Language of the interface.
    async fn locale(&self) -> Locale {
        self.0.locale
    }
}

/// What the caller may do.
pub(super) fn permissions_of(caller: &Caller) -> Vec<Permission> {
    Permission::VARIANTS
        .iter()
        .copied()
        .filter(|permission| caller.may(*permission))
        .collect()
}

/// A browser that is signed in.
#[derive(Debug)]
pub struct Session {
    pub(super) row: SessionRow,
    pub(super) current: bool,
}

#[Object]
impl Session {
    /// Global id.
    pub(crate) async fn id(&self) -> async_graphql::ID {
        AnyGlobalId::render("Session", self.row.id).into()
    }

    /// What the browser calls itself.
    async fn user_agent(&self) -> Option<&str> {
        self.row.user_agent.as_deref()
    }

    /// Since when it exists.
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }

    /// When it was last used, to the minute.
    async fn last_seen_at(&self) -> DateTime {
        DateTime(self.row.last_seen_at)
    }

    /// When it ends at the latest.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.row.expires_at)
    }

    /// It is the one that asks.
    async fn current(&self) -> bool {
        self.current
    }
}

/// A program's key; its secret was shown once, when it was made.
#[derive(Debug)]
pub struct ApiKey(pub(super) ApiKeyRow);

#[Object]
impl ApiKey {
    /// Global id.
    pub(crate) async fn id(&self) -> async_graphql::ID {
        AnyGlobalId::render("ApiKey", self.0.id).into()
    }

    /// What it is for.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// In whose name it acts.
    async fn user(&self, context: &Context<'_>) -> Result<Option<User>, ApiError> {
        context.related(Some(self.0.user)).await
    }

    /// What it may do; all that the user's role may where absent.
    async fn permissions(&self) -> Option<Vec<Permission>> {
        let names = self.0.permissions.as_deref()?;
        Some(super::identity::granted(names).into_iter().collect())
    }

    /// Who made it.
    async fn created_by(&self, context: &Context<'_>) -> Result<Option<User>, ApiError> {
        context.related(Some(self.0.created_by)).await
    }

    /// Since when it exists.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last used, to the minute.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.0.last_used_at.map(DateTime)
    }

    /// When it ends; never where absent.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// When it was revoked.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.0.revoked_at.map(DateTime)
    }
}

/// Address and password.
#[derive(InputObject)]
pub struct SignInInput {
    /// The user's address.
    #[graphql(validator(max_length = 254))]
    pub email: String,
    /// The user's password.
    #[graphql(secret, validator(max_length = 1000))]
    pub password: String,
}

/// A one-time link and the password to choose by it.
#[derive(InputObject)]
pub struct UseSignInLinkInput {
    /// The link's secret: what stands behind `#` in it.
    #[graphql(secret, validator(max_length = 100))]
    pub link: String,
    /// The password to choose: 12 to 128 characters.
    #[graphql(secret, validator(max_length = 1000))]
    pub password: String,
}

/// Who becomes the first administrator.
#[derive(InputObject)]
pub struct BecomeFirstAdministratorInput {
    /// The link's secret: what stands behind `#` in it.
    #[graphql(secret, validator(max_length = 100))]
    pub link: String,
    /// The name shown to the others.
    pub name: String,
    /// The address for signing in.
    pub email: String,
    /// The password to choose: 12 to 128 characters.
    #[graphql(secret, validator(max_length = 1000))]
    pub password: String,
    /// Language of the interface.
    #[graphql(default)]
    pub locale: Locale,
}

/// The old password and the new one.
#[derive(InputObject)]
pub struct ChangePasswordInput {
    /// The password that holds.
    #[graphql(secret, validator(max_length = 1000))]
    pub current_password: String,
    /// The password to choose: 12 to 128 characters.
    #[graphql(secret, validator(max_length = 1000))]
    pub new_password: String,
}

/// A key to be made.
#[derive(Debug, InputObject)]
pub struct CreateApiKeyInput {
    /// What it is for.
    pub name: String,
    /// In whose name it acts; the caller's when absent. Others' need the permission to manage users.
    pub user_id: Option<GlobalId<UserId>>,
    /// What it may do; all that the user's role may when absent.
    pub permissions: Option<Vec<Permission>>,
    /// When it ends; never when absent.
    pub expires_at: Option<DateTime>,
}

/// What signing in answers.
#[derive(SimpleObject)]
pub struct SignInPayload {
    /// Who has come in.
    pub viewer: Option<Viewer>,
    /// What a person can correct.
    pub user_errors: Vec<UserError>,
}

/// What signing out and changing a password answer.
#[derive(SimpleObject)]
pub struct SessionPayload {
    /// Whether it was done.
    pub done: bool,
    /// What a person can correct.
    pub user_errors: Vec<UserError>,
}

/// What a mutation of an API key answers.
#[derive(SimpleObject)]
pub struct ApiKeyPayload {
    /// The key.
    pub api_key: Option<ApiKey>,
    /// The secret of a new key, shown this once.
    pub secret: Option<String>,
    /// What a person can correct.
    pub user_errors: Vec<UserError>,
}

/// What making a one-time link answers.
#[derive(SimpleObject)]
pub struct SignInLinkPayload {
    /// The link's secret, shown this once: give it to the user behind `#` in the address of the page for it.
    pub link: Option<String>,
    /// What a person can correct.
    pub user_errors: Vec<UserError>,
}

impl Session {
    pub(super) fn of(row: SessionRow, caller: &Caller) -> Self {
        let current = caller.credential() == Credential::Session(row.id);
        Self { row, current }
    }
}
