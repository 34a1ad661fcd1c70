//! Signing in and out, passwords, links, sessions and API keys.
//!
//! None of these is a command to the journal, so none has a `commandId`: said twice, each does no more harm than said once.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use cartera_commands::users::NewUser;
use cartera_domain::ids::UserId;
use cartera_domain::permission::{Permission, Role};
use strum::VariantArray;
use uuid::Uuid;

use super::keys::WantedKey;
use super::sign_in::SignedIn;
use super::types::{
    ApiKey, ApiKeyPayload, Asker, BecomeFirstAdministratorInput, ChangePasswordInput,
    CreateApiKeyInput, SessionPayload, SignInInput, SignInLinkPayload, SignInPayload,
    UseSignInLinkInput, Viewer,
};
use crate::asking::Asking;
use crate::edge::Client;
use crate::error::ApiError;
use crate::fields::Fields;
use crate::payload::{Refused, UserError};
use crate::scalars::{AnyGlobalId, GlobalId};
use crate::users::types::User;

/// The mutations of identity.
#[derive(Debug, Default)]
pub struct AuthMutation;

#[Object]
impl AuthMutation {
    /// Opens a session, in a cookie, for whoever knows address and password.
    async fn sign_in(
        &self,
        context: &Context<'_>,
        input: SignInInput,
    ) -> Result<SignInPayload, ApiError> {
        let identity = &context.services()?.identity;
        let signed_in = identity
            .sign_in(&input.email, &input.password, &client(context))
            .await;
        welcome(context, signed_in).await
    }

    /// Chooses a password through a one-time link, and opens a session.
    async fn use_sign_in_link(
        &self,
        context: &Context<'_>,
        input: UseSignInLinkInput,
    ) -> Result<SignInPayload, ApiError> {
        let identity = &context.services()?.identity;
        let signed_in = identity
            .use_link(&input.link, &input.password, &client(context))
            .await;
        welcome(context, signed_in).await
    }

    /// Becomes the company's first administrator through the link that the service printed, and opens a session.
    async fn become_first_administrator(
        &self,
        context: &Context<'_>,
        input: BecomeFirstAdministratorInput,
    ) -> Result<SignInPayload, ApiError> {
        welcome(context, become_administrator(context, input).await).await
    }

    /// Ends the session that asks.
    async fn sign_out(&self, context: &Context<'_>) -> Result<SessionPayload, ApiError> {
        let identity = &context.services()?.identity;
        identity.sign_out(Asking::caller(context)?).await?;
        context.append_http_header("set-cookie", identity.cookies().clear());
        Ok(SessionPayload {
            done: true,
            user_errors: vec![],
        })
    }

    /// Ends another session of the caller.
    async fn end_session(&self, context: &Context<'_>, id: ID) -> Result<SessionPayload, ApiError> {
        let caller = Asking::caller(context)?;
        caller.keeps_ways_in()?;
        let session = named(&id, "Session", "session")?;
        let done = context
            .services()?
            .identity
            .end_session(caller.user(), session)
            .await?;
        done.then_some(())
            .ok_or_else(|| ApiError::not_found("session"))?;
        Ok(SessionPayload {
            done,
            user_errors: vec![],
        })
    }

    /// Changes the caller's own password, and ends the caller's other sessions.
    async fn change_password(
        &self,
        context: &Context<'_>,
        input: ChangePasswordInput,
    ) -> Result<SessionPayload, ApiError> {
        let (caller, identity) = (Asking::caller(context)?, &context.services()?.identity);
        let changed = identity
            .change_password(caller, &input.current_password, &input.new_password)
            .await;
        let (changed, user_errors) = corrected(changed)?;
        Ok(SessionPayload {
            done: changed.is_some(),
            user_errors,
        })
    }

    /// Makes a one-time link by which a user chooses a password; the user's older links no longer work.
    async fn create_sign_in_link(
        &self,
        context: &Context<'_>,
        user_id: GlobalId<UserId>,
    ) -> Result<SignInLinkPayload, ApiError> {
        context.viewer(Permission::ManageUsers)?;
        let made = context.services()?.identity.link_for(user_id.0).await;
        let (link, user_errors) = corrected(made)?;
        Ok(SignInLinkPayload {
            link: link.map(|link| link.reveal().to_owned()),
            user_errors,
        })
    }

    /// Makes an API key; its secret is shown this once. An API key makes no keys.
    async fn create_api_key(
        &self,
        context: &Context<'_>,
        input: CreateApiKeyInput,
    ) -> Result<ApiKeyPayload, ApiError> {
        let (made, user_errors) = corrected(make_key(context, input).await)?;
        let (api_key, secret) = made.unzip();
        Ok(ApiKeyPayload {
            api_key,
            secret,
            user_errors,
        })
    }

    /// Revokes an API key: one's own, or any with the permission to manage users.
    async fn revoke_api_key(
        &self,
        context: &Context<'_>,
        id: ID,
    ) -> Result<ApiKeyPayload, ApiError> {
        let caller = Asking::caller(context)?;
        caller.keeps_ways_in()?;
        let key = named(&id, "ApiKey", "API key")?;
        let row = context.services()?.identity.revoke_key(caller, key).await?;
        Ok(ApiKeyPayload {
            api_key: Some(ApiKey(row)),
            secret: None,
            user_errors: vec![],
        })
    }
}

/// Hands the session's cookie out, and shows who has come in.
async fn welcome(
    context: &Context<'_>,
    signed_in: Result<SignedIn, Refused>,
) -> Result<SignInPayload, ApiError> {
    let (signed_in, user_errors) = corrected(signed_in)?;
    let Some(SignedIn { secret, user }) = signed_in else {
        return Ok(SignInPayload {
            viewer: None,
            user_errors,
        });
    };
    let identity = &context.services()?.identity;
    let cookie = identity
        .cookies()
        .set(secret.reveal(), identity.lifetimes().session);
    context.append_http_header("set-cookie", cookie);
    Ok(SignInPayload {
        viewer: Some(who(context, user).await?),
        user_errors,
    })
}

async fn who(context: &Context<'_>, user: UserId) -> Result<Viewer, ApiError> {
    let services = context.services()?;
    let head = services
        .bus
        .journal()
        .head()
        .await
        .map_err(ApiError::unavailable)?;
    let viewer = services.identity.viewer_of(user, head).await?;
    let viewer = Arc::new(viewer.ok_or_else(ApiError::unauthenticated)?);
    let user = User::read(context, &viewer, user).await?;
    let user = user.ok_or_else(|| ApiError::not_found("user"))?;
    let may = |permission: &&Permission| viewer.may(**permission);
    let permissions = Permission::VARIANTS.iter().filter(may).copied().collect();
    let locale = user.locale_of();
    Ok(Viewer(Asker {
        viewer,
        permissions,
        user,
        locale,
    }))
}

async fn become_administrator(
    context: &Context<'_>,
    input: BecomeFirstAdministratorInput,
) -> Result<SignedIn, Refused> {
    let mut fields = Fields::of_input();
    let name = fields.required("name", input.name);
    let email = fields.required("email", input.email);
    let made = name.zip(email);
    let (name, email) = fields.all(made)?;
    let (role, team, locale) = (Role::Administrator, None, input.locale);
    let user = NewUser {
        name,
        email: Some(email),
        role,
        team,
        locale,
        external_reference: None,
    };
    let identity = &context.services()?.identity;
    identity
        .become_first_administrator(&input.link, user, &input.password, &client(context))
        .await
}

async fn make_key(
    context: &Context<'_>,
    input: CreateApiKeyInput,
) -> Result<(ApiKey, String), Refused> {
    let caller = Asking::caller(context)?;
    let mut fields = Fields::of_input();
    let name = fields.required("name", input.name);
    let wanted = WantedKey {
        user: input.user_id.map_or(caller.user(), |id| id.0),
        name: fields.all(name)?,
        permissions: input.permissions,
        expires_at: input.expires_at.map(|end| end.0),
    };
    let (row, secret) = context
        .services()?
        .identity
        .make_key(caller, wanted)
        .await?;
    Ok((ApiKey(row), secret.reveal().to_owned()))
}

/// What was made, or what a person can correct.
fn corrected<T>(outcome: Result<T, Refused>) -> Result<(Option<T>, Vec<UserError>), ApiError> {
    match outcome {
        Ok(made) => Ok((Some(made), vec![])),
        Err(Refused::Correctable(errors)) => Ok((None, errors)),
        Err(Refused::Failed(error)) => Err(error),
    }
}

fn client(context: &Context<'_>) -> Client {
    context.data_opt::<Client>().cloned().unwrap_or_default()
}

/// What an id of this type stands for; another's or none at all is as good as not there.
fn named(id: &ID, kind: &str, words: &'static str) -> Result<Uuid, ApiError> {
    let read = AnyGlobalId::parse(id).ok().filter(|read| read.kind == kind);
    read.map(|read| read.id)
        .ok_or_else(|| ApiError::not_found(words))
}
