//! What can be asked about oneself, sessions and API keys.

use std::sync::Arc;

use async_graphql::{Context, Object};
use cartera_domain::Permission;

use super::store::{api_keys, sessions};
use super::types::{ApiKey, Asker, Session, Viewer, permissions_of};
use crate::asking::Asking;
use crate::error::ApiError;
use crate::users::types::User;

/// The queries of identity.
#[derive(Debug, Default)]
pub struct AuthQuery;

#[Object]
impl AuthQuery {
    /// Who asks, and what that allows.
    async fn viewer(&self, context: &Context<'_>) -> Result<Viewer, ApiError> {
        let caller = Asking::caller(context)?;
        // Oneself is seen by everybody, by an API key with whatever permissions as well.
        let user = User::read(context, caller.anybody(), caller.user()).await?;
        let user = user.ok_or_else(|| ApiError::not_found("user"))?;
        let (viewer, locale) = (Arc::clone(caller.anybody()), user.locale_of());
        Ok(Viewer(Asker {
            viewer,
            permissions: permissions_of(caller),
            user,
            locale,
        }))
    }

    /// The caller's own sessions, the last used first.
    async fn sessions(&self, context: &Context<'_>) -> Result<Vec<Session>, ApiError> {
        let caller = Asking::caller(context)?;
        caller.keeps_ways_in()?;
        let pool = context.services()?.identity.pool();
        let rows = sessions::all_of(pool, caller.user())
            .await
            .map_err(ApiError::unavailable)?;
        Ok(rows
            .into_iter()
            .map(|row| Session::of(row, caller))
            .collect())
    }

    /// API keys, revoked ones included: all with the permission to manage users, otherwise those that act in the caller's
    /// name.
    async fn api_keys(&self, context: &Context<'_>) -> Result<Vec<ApiKey>, ApiError> {
        let caller = Asking::caller(context)?;
        caller.keeps_ways_in()?;
        let own = (!caller.may(Permission::ManageUsers)).then(|| caller.user());
        let pool = context.services()?.identity.pool();
        let rows = api_keys::all_of(pool, own)
            .await
            .map_err(ApiError::unavailable)?;
        Ok(rows.into_iter().map(ApiKey).collect())
    }
}
