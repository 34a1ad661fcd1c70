//! Signing in and out, and changing the password.
//!
//! Unknown addresses, users without a password, deactivated users and wrong passwords get the same answer after the same
//! work. Attempts are counted per account and per source before the password is looked at.

use std::net::IpAddr;
use std::time::Duration;

use cartera_domain::ids::UserId;
use cartera_domain::users::User;
use cartera_domain::values::EmailAddress;
use uuid::Uuid;

use super::identity::Identity;
use super::password::Password;
use super::store::{attempts, credentials, sessions};
use super::token::{Secret, SecretKind};
use super::{Caller, Credential};
use crate::edge::Client;
use crate::error::ApiError;
use crate::payload::Refused;

/// Attempts are counted for so long.
const WINDOW: Duration = Duration::from_mins(15);
/// Attempts per account in a window.
const PER_ACCOUNT: i32 = 10;
/// Attempts per source in a window: an office shares one address.
const PER_SOURCE: i32 = 60;

/// Somebody who has just come in.
#[derive(Debug)]
pub struct SignedIn {
    /// The session's secret, for the cookie.
    pub secret: Secret,
    /// Whose session it is.
    pub user: UserId,
}

impl Identity {
    /// Opens a session for whoever knows address and password.
    ///
    /// # Errors
    /// `CREDENTIALS_WRONG` to correct; `RATE_LIMITED` after too many attempts.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &str,
        client: &Client,
    ) -> Result<SignedIn, Refused> {
        let normalised = normalised(email);
        let account = self
            .bus()
            .journal()
            .vault()
            .token("sign_in_account", &normalised);
        let source = self.source_token(client);
        self.throttle(account, PER_ACCOUNT).await?;
        self.throttle(source, PER_SOURCE).await?;
        let user = self.user_of(&normalised).await?;
        let kept = match user {
            Some(user) => credentials::password_hash(self.pool(), user)
                .await
                .map_err(ApiError::unavailable)?,
            None => None,
        };
        let fits = self
            .hasher()
            .verify(password, kept)
            .await
            .map_err(ApiError::internal)?;
        match user {
            Some(user) if fits && self.is_active(user).await? => {
                attempts::forgive(self.pool(), account, source)
                    .await
                    .map_err(ApiError::unavailable)?;
                Ok(self.open_session(user, client).await?)
            }
            Some(_) | None => Err(wrong_credentials()),
        }
    }

    /// Opens a session of the user, with a new secret.
    ///
    /// # Errors
    /// `UNAVAILABLE`.
    pub(super) async fn open_session(
        &self,
        user: UserId,
        client: &Client,
    ) -> Result<SignedIn, ApiError> {
        let mut connection = self.pool().acquire().await.map_err(ApiError::unavailable)?;
        let secret = Secret::mint(SecretKind::Session).map_err(ApiError::internal)?;
        let session = sessions::NewSession {
            id: self.bus().ids().next_id(),
            token: secret.hash(),
            user,
            user_agent: client.user_agent.as_deref(),
            lasts: self.lifetimes().session,
        };
        sessions::open(&mut connection, &session)
            .await
            .map_err(ApiError::unavailable)?;
        Ok(SignedIn { secret, user })
    }

    /// Ends the caller's session.
    ///
    /// # Errors
    /// `FORBIDDEN` for an API key; `UNAVAILABLE`.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), ApiError> {
        let session = caller.session()?;
        self.end_session(caller.user(), session)
            .await
            .map(|_ended| ())
    }

    /// Ends a session of the user; tells whether it was there.
    ///
    /// # Errors
    /// `UNAVAILABLE`.
    pub async fn end_session(&self, user: UserId, session: Uuid) -> Result<bool, ApiError> {
        let ended = sessions::end(self.pool(), user, session)
            .await
            .map_err(ApiError::unavailable)?;
        self.forget().await;
        Ok(ended)
    }

    /// Ends all sessions of the user but the caller's own.
    ///
    /// # Errors
    /// `UNAVAILABLE`.
    pub async fn end_sessions_of(&self, user: UserId, but: Option<Uuid>) -> Result<(), ApiError> {
        let mut connection = self.pool().acquire().await.map_err(ApiError::unavailable)?;
        sessions::end_others(&mut connection, user, but)
            .await
            .map_err(ApiError::unavailable)?;
        self.forget().await;
        Ok(())
    }

    /// Changes the caller's own password, and ends the other sessions.
    ///
    /// # Errors
    /// `PASSWORD_WRONG` or a weak new one, to correct.
    pub async fn change_password(
        &self,
        caller: &Caller,
        current: &str,
        new: &str,
    ) -> Result<(), Refused> {
        let Credential::Session(session) = caller.credential() else {
            return Err(ApiError::forbidden("session").into());
        };
        let user = caller.user();
        let account = self
            .bus()
            .journal()
            .vault()
            .token("change_password", &user.to_string());
        self.throttle(account, PER_ACCOUNT).await?;
        let new = chosen(new, "newPassword")?;
        let kept = credentials::password_hash(self.pool(), user)
            .await
            .map_err(ApiError::unavailable)?;
        if !self
            .hasher()
            .verify(current, kept)
            .await
            .map_err(ApiError::internal)?
        {
            let message = "this is not your password";
            return Err(Refused::correct(
                "PASSWORD_WRONG",
                message,
                Some("currentPassword"),
            ));
        }
        let hash = self.hasher().hash(new).await.map_err(ApiError::internal)?;
        let mut tx = self.pool().begin().await.map_err(ApiError::unavailable)?;
        credentials::keep(&mut tx, user, &hash)
            .await
            .map_err(ApiError::unavailable)?;
        sessions::end_others(&mut tx, user, Some(session))
            .await
            .map_err(ApiError::unavailable)?;
        tx.commit().await.map_err(ApiError::unavailable)?;
        self.forget().await;
        Ok(())
    }

    pub(super) async fn user_of(&self, normalised_email: &str) -> Result<Option<UserId>, ApiError> {
        let token = self
            .bus()
            .journal()
            .vault()
            .token("user_email", normalised_email);
        credentials::user_of_email(self.pool(), token)
            .await
            .map_err(ApiError::unavailable)
    }

    /// Whether the user may come in today, from the log itself.
    pub(super) async fn is_active(&self, user: UserId) -> Result<bool, ApiError> {
        let loaded = self
            .bus()
            .journal()
            .reload::<User>(user)
            .await
            .map_err(ApiError::unavailable)?;
        Ok(loaded.state.active().is_some())
    }

    /// Counts an attempt, and refuses it beyond the limit.
    pub(super) async fn throttle(&self, subject: [u8; 32], limit: i32) -> Result<(), ApiError> {
        let attempts = attempts::count(self.pool(), subject, WINDOW)
            .await
            .map_err(ApiError::unavailable)?;
        if attempts.count > limit {
            let seconds = u64::try_from(attempts.seconds_left).unwrap_or(1).max(1);
            return Err(ApiError::rate_limited(seconds));
        }
        Ok(())
    }

    /// Counts an attempt of a source, whatever it tries.
    pub(super) async fn throttle_source(&self, client: &Client) -> Result<(), ApiError> {
        self.throttle(self.source_token(client), PER_SOURCE).await
    }

    fn source_token(&self, client: &Client) -> [u8; 32] {
        let source = client.peer.map_or_else(|| "unknown".to_owned(), network);
        self.bus()
            .journal()
            .vault()
            .token("sign_in_source", &source)
    }
}

/// A password that somebody chose, or what is weak about it.
pub(super) fn chosen(text: &str, field: &str) -> Result<Password, Refused> {
    Password::parse(text)
        .map_err(|weak| Refused::correct(weak.code(), weak.to_string(), Some(field)))
}

fn wrong_credentials() -> Refused {
    Refused::correct("CREDENTIALS_WRONG", "address or password are wrong", None)
}

/// An address as claims know it; what is no address is looked up all the same, and found nowhere.
fn normalised(email: &str) -> String {
    let short: String = email.trim().chars().take(254).collect();
    short.parse().map_or_else(
        |_no_address| short.to_lowercase(),
        |email: EmailAddress| email.normalised(),
    )
}

/// One IPv4 address, or the /64 network that one IPv6 customer has.
fn network(peer: IpAddr) -> String {
    match peer.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}
