//! One-time links: the way to a first or forgotten password, and to the first administrator.

use cartera_commands::envelope::Envelope;
use cartera_commands::users::{self, NewUser};
use cartera_domain::Decider;
use cartera_domain::ids::{TypedId, UserId};
use cartera_domain::permission::Role;
use cartera_domain::users::User;
use cartera_journal::Source;
use uuid::Uuid;

use super::identity::Identity;
use super::sign_in::{SignedIn, chosen};
use super::store::{credentials, links, sessions};
use super::token::{Secret, SecretKind, TokenHash};
use crate::edge::Client;
use crate::error::ApiError;
use crate::payload::Refused;

/// Namespace of the command ids that are derived from a link, so that using it twice registers one administrator.
const LINK_COMMANDS: Uuid = Uuid::from_u128(0x3f6f_1c52_6d0e_4b6e_a2e1_5b8f_0c1d_9a77);

impl Identity {
    /// A link by which a user chooses a password; the user's older links no longer work.
    ///
    /// # Errors
    /// `UNAVAILABLE`.
    pub async fn sign_in_link(&self, user: UserId) -> Result<Secret, ApiError> {
        self.make_link(Some(user)).await
    }

    /// A link for a user who is active.
    ///
    /// # Errors
    /// `NOT_FOUND` for whoever is not; `UNAVAILABLE`.
    pub async fn link_for(&self, user: UserId) -> Result<Secret, Refused> {
        if self.is_active(user).await? {
            Ok(self.sign_in_link(user).await?)
        } else {
            Err(ApiError::not_found("user").into())
        }
    }

    /// A link by which the company's first administrator comes in; `None` where there is an administrator already.
    ///
    /// # Errors
    /// `UNAVAILABLE`.
    pub async fn first_administrator_link(&self) -> Result<Option<Secret>, ApiError> {
        if self.has_administrator().await? {
            Ok(None)
        } else {
            self.make_link(None).await.map(Some)
        }
    }

    async fn make_link(&self, user: Option<UserId>) -> Result<Secret, ApiError> {
        let secret = Secret::mint(SecretKind::Link).map_err(ApiError::internal)?;
        links::make(self.pool(), secret.hash(), user, self.lifetimes().link)
            .await
            .map_err(ApiError::unavailable)?;
        Ok(secret)
    }

    /// Chooses a password through a link, ends the user's sessions and opens a new one.
    ///
    /// # Errors
    /// `LINK_INVALID` or a weak password, to correct.
    pub async fn use_link(
        &self,
        link: &str,
        password: &str,
        client: &Client,
    ) -> Result<SignedIn, Refused> {
        let password = chosen(password, "password")?;
        let (token, user) = self.known_link(link, client).await?;
        let user = user.ok_or_else(invalid_link)?;
        if !self.is_active(user).await? {
            return Err(invalid_link());
        }
        self.redeem(token, user, password, client).await
    }

    /// Becomes the first administrator through a link.
    ///
    /// # Errors
    /// `LINK_INVALID`, a weak password, or what registering refuses, to correct.
    pub async fn become_first_administrator(
        &self,
        link: &str,
        user: NewUser,
        password: &str,
        client: &Client,
    ) -> Result<SignedIn, Refused> {
        let password = chosen(password, "password")?;
        let (token, known) = self.known_link(link, client).await?;
        if known.is_some() {
            return Err(invalid_link());
        }
        // After a crash in between, the same link leads to the same administrator.
        let command = Uuid::new_v5(&LINK_COMMANDS, token.as_bytes());
        let envelope = Envelope::operator(command, Source::Web);
        let user = NewUser {
            role: Role::Administrator,
            ..user
        };
        let sent = users::register_user(self.bus(), &envelope, user).await?;
        self.redeem(token, UserId::from_uuid(sent.id), password, client)
            .await
    }

    async fn known_link(
        &self,
        link: &str,
        client: &Client,
    ) -> Result<(TokenHash, Option<UserId>), Refused> {
        self.throttle_source(client).await?;
        let token = TokenHash::of_kind(SecretKind::Link, link).ok_or_else(invalid_link)?;
        let user = links::find(self.pool(), token)
            .await
            .map_err(ApiError::unavailable)?;
        user.map(|user| (token, user)).ok_or_else(invalid_link)
    }

    /// Uses the link up and keeps the password, both or neither.
    async fn redeem(
        &self,
        token: TokenHash,
        user: UserId,
        password: super::password::Password,
        client: &Client,
    ) -> Result<SignedIn, Refused> {
        let hash = self
            .hasher()
            .hash(password)
            .await
            .map_err(ApiError::internal)?;
        let mut tx = self.pool().begin().await.map_err(ApiError::unavailable)?;
        if !links::use_up(&mut tx, token)
            .await
            .map_err(ApiError::unavailable)?
        {
            return Err(invalid_link());
        }
        credentials::keep(&mut tx, user, &hash)
            .await
            .map_err(ApiError::unavailable)?;
        sessions::end_others(&mut tx, user, None)
            .await
            .map_err(ApiError::unavailable)?;
        tx.commit().await.map_err(ApiError::unavailable)?;
        self.forget().await;
        Ok(self.open_session(user, client).await?)
    }

    async fn has_administrator(&self) -> Result<bool, ApiError> {
        let journal = self.bus().journal();
        let users = journal
            .stream_ids(<User as Decider>::TYPE)
            .await
            .map_err(ApiError::unavailable)?;
        for user in users {
            let loaded = journal
                .load::<User>(UserId::from_uuid(user))
                .await
                .map_err(ApiError::unavailable)?;
            let role = loaded.state.active().map(|member| member.role);
            if role == Some(Role::Administrator) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

fn invalid_link() -> Refused {
    Refused::correct(
        "LINK_INVALID",
        "the link was used, has ended or never was one",
        Some("link"),
    )
}
