//! Browsers that are signed in.

use std::time::Duration;

use cartera_domain::ids::{TypedId, UserId};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use crate::auth::token::TokenHash;

/// A session as its user sees it in the list.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Its identity; not the secret.
    pub id: Uuid,
    /// Whose it is.
    pub user: UserId,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
    /// Since when it exists.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
}

/// A session to be opened.
#[derive(Debug)]
pub struct NewSession<'a> {
    /// Its identity.
    pub id: Uuid,
    /// What is kept of its secret.
    pub token: TokenHash,
    /// Whose it is.
    pub user: UserId,
    /// What the browser calls itself.
    pub user_agent: Option<&'a str>,
    /// How long it lasts at most.
    pub lasts: Duration,
}

/// Opens a session, and forgets those that have ended.
///
/// # Errors
/// When the database does not answer.
pub async fn open(tx: &mut PgConnection, session: &NewSession<'_>) -> Result<(), sqlx::Error> {
    sqlx::query!("DELETE FROM sessions WHERE expires_at < now()")
        .execute(&mut *tx)
        .await?;
    sqlx::query!(
        "INSERT INTO sessions (id, token_hash, user_id, user_agent, expires_at)
         VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5::bigint))",
        session.id,
        session.token.as_bytes(),
        session.user.as_uuid(),
        session.user_agent,
        seconds(session.lasts),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The session of this secret, unless it has ended or was idle too long. Notes that it is used.
///
/// # Errors
/// When the database does not answer.
pub async fn find(
    pool: &PgPool,
    token: TokenHash,
    idle: Duration,
) -> Result<Option<SessionRow>, sqlx::Error> {
    let row = sqlx::query!(
        "SELECT id, user_id, user_agent, created_at, last_seen_at, expires_at,
                last_seen_at < now() - interval '1 minute' AS \"stale!\"
         FROM sessions
         WHERE token_hash = $1 AND expires_at > now() AND last_seen_at > now() - make_interval(secs => $2::bigint)",
        token.as_bytes(),
        seconds(idle),
    )
    .fetch_optional(pool)
    .await?;
    let Some(row) = row else { return Ok(None) };
    if row.stale {
        sqlx::query!(
            "UPDATE sessions SET last_seen_at = now() WHERE id = $1",
            row.id
        )
        .execute(pool)
        .await?;
    }
    Ok(Some(SessionRow {
        id: row.id,
        user: UserId::from_uuid(row.user_id),
        user_agent: row.user_agent,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        expires_at: row.expires_at,
    }))
}

/// The user's sessions, the last used first.
///
/// # Errors
/// When the database does not answer.
pub async fn all_of(pool: &PgPool, user: UserId) -> Result<Vec<SessionRow>, sqlx::Error> {
    let rows = sqlx::query!(
        "SELECT id, user_id, user_agent, created_at, last_seen_at, expires_at
         FROM sessions WHERE user_id = $1 AND expires_at > now() ORDER BY last_seen_at DESC, id",
        user.as_uuid(),
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| SessionRow {
            id: row.id,
            user: UserId::from_uuid(row.user_id),
            user_agent: row.user_agent,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
        })
        .collect())
}

/// Ends one session of the user; tells whether it was there.
///
/// # Errors
/// When the database does not answer.
pub async fn end(pool: &PgPool, user: UserId, session: Uuid) -> Result<bool, sqlx::Error> {
    let ended = sqlx::query_scalar!(
        "WITH ended AS (DELETE FROM sessions WHERE id = $1 AND user_id = $2 RETURNING id)
         UPDATE identity_epoch SET epoch = epoch + 1 WHERE EXISTS (SELECT FROM ended) RETURNING epoch",
        session,
        user.as_uuid(),
    )
    .fetch_optional(pool)
    .await?;
    Ok(ended.is_some())
}

/// Ends all sessions of the user but one.
///
/// # Errors
/// When the database does not answer.
pub async fn end_others(
    tx: &mut PgConnection,
    user: UserId,
    but: Option<Uuid>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH ended AS (DELETE FROM sessions WHERE user_id = $1 AND id IS DISTINCT FROM $2 RETURNING id)
         UPDATE identity_epoch SET epoch = epoch + 1 WHERE EXISTS (SELECT FROM ended)",
        user.as_uuid(),
        but,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
