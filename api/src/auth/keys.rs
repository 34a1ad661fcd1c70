//! API keys: programs that act in a user's name, and never beyond what that user may.

use cartera_domain::ids::UserId;
use cartera_domain::permission::Permission;
use cartera_domain::values::Line;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Caller;
use super::identity::Identity;
use super::store::api_keys::{self, ApiKeyRow, NewApiKey};
use super::token::{Secret, SecretKind};
use crate::error::ApiError;
use crate::payload::Refused;

/// A key to be made.
#[derive(Debug)]
pub struct WantedKey {
    /// In whose name it acts.
    pub user: UserId,
    /// What it is for.
    pub name: Line,
    /// What it may do; all that the user's role may where `None`.
    pub permissions: Option<Vec<Permission>>,
    /// When it ends; never where `None`.
    pub expires_at: Option<DateTime<Utc>>,
}

impl Identity {
    /// Makes a key; its secret is shown this once. Keys for others need the permission to manage users.
    ///
    /// # Errors
    /// `FORBIDDEN`, for an API key as well: a key makes no keys; `NOT_FOUND` for a user who is not active.
    pub async fn make_key(
        &self,
        caller: &Caller,
        wanted: WantedKey,
    ) -> Result<(ApiKeyRow, Secret), Refused> {
        caller.session()?;
        if wanted.user != caller.user() {
            caller.viewer(Permission::ManageUsers)?;
        }
        if !self.is_active(wanted.user).await? {
            return Err(ApiError::not_found("user").into());
        }
        let secret = Secret::mint(SecretKind::ApiKey).map_err(ApiError::internal)?;
        let names = |permissions: Vec<Permission>| {
            permissions
                .into_iter()
                .map(|one| <&str>::from(one).to_owned())
                .collect()
        };
        let key = NewApiKey {
            id: self.bus().ids().next_id(),
            token: secret.hash(),
            user: wanted.user,
            name: wanted.name.as_str().to_owned(),
            permissions: wanted.permissions.map(names),
            created_by: caller.user(),
            expires_at: wanted.expires_at,
        };
        api_keys::make(self.pool(), &key)
            .await
            .map_err(ApiError::unavailable)?;
        let row = self.key(key.id).await?;
        Ok((row, secret))
    }

    /// Revokes a key: one's own, or any with the permission to manage users.
    ///
    /// # Errors
    /// `NOT_FOUND` for a key that is not there or not the caller's to see.
    pub async fn revoke_key(&self, caller: &Caller, key: Uuid) -> Result<ApiKeyRow, ApiError> {
        let row = self.key(key).await?;
        if row.user != caller.user() && !caller.may(Permission::ManageUsers) {
            return Err(ApiError::not_found("API key"));
        }
        api_keys::revoke(self.pool(), key)
            .await
            .map_err(ApiError::unavailable)?;
        self.forget().await;
        self.key(key).await
    }

    async fn key(&self, key: Uuid) -> Result<ApiKeyRow, ApiError> {
        let row = api_keys::get(self.pool(), key)
            .await
            .map_err(ApiError::unavailable)?;
        row.ok_or_else(|| ApiError::not_found("API key"))
    }
}
