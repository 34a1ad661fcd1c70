//! What the operator does at the command line, where no caller is signed in.

use cartera_domain::ids::UserId;
use cartera_domain::values::{EmailAddress, Line};

use super::identity::Identity;
use super::store::api_keys::{self, NewApiKey};
use super::token::{Secret, SecretKind};
use crate::error::ApiError;
use crate::payload::Refused;

impl Identity {
    /// The active user with this address for signing in.
    ///
    /// # Errors
    /// `NOT_FOUND`, `UNAVAILABLE`.
    pub async fn active_user(&self, email: &EmailAddress) -> Result<UserId, ApiError> {
        match self.user_of(&email.normalised()).await? {
            Some(user) if self.is_active(user).await? => Ok(user),
            Some(_) | None => Err(ApiError::not_found("active user with this address")),
        }
    }

    /// Makes an API key that may do all that the user may, and does not end by itself; its secret is shown this once.
    ///
    /// # Errors
    /// `UNAVAILABLE`.
    pub async fn make_key_for(&self, user: UserId, name: &Line) -> Result<Secret, ApiError> {
        let secret = Secret::mint(SecretKind::ApiKey).map_err(ApiError::internal)?;
        let key = NewApiKey {
            id: self.bus().ids().next_id(),
            token: secret.hash(),
            user,
            name: name.as_str().to_owned(),
            permissions: None,
            created_by: user,
            expires_at: None,
        };
        api_keys::make(self.pool(), &key)
            .await
            .map_err(ApiError::unavailable)?;
        Ok(secret)
    }

    /// Gives a user of the demo company its password.
    ///
    /// # Errors
    /// A weak password; `UNAVAILABLE`.
    pub async fn set_demo_password(&self, user: UserId, password: &str) -> Result<(), Refused> {
        let link = self.sign_in_link(user).await?;
        let signed_in = self
            .use_link(link.reveal(), password, &crate::edge::Client::default())
            .await?;
        drop(signed_in);
        Ok(())
    }
}
