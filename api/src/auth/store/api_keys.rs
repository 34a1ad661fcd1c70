//! Programs that act in a user's name.

use cartera_domain::ids::{TypedId, UserId};
use chrono::{DateTime, Utc};
use sqlx::PgPool;
use uuid::Uuid;

use crate::auth::token::TokenHash;

/// An API key as its list shows it; never the secret.
#[derive(Debug, Clone)]
pub struct ApiKeyRow {
    /// Its identity.
    pub id: Uuid,
    /// In whose name it acts.
    pub user: UserId,
    /// What it is for.
    pub name: String,
    /// What it may do; all that the user's role may where `None`.
    pub permissions: Option<Vec<String>>,
    /// Who made it.
    pub created_by: UserId,
    /// Since when it exists.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it ends; never where `None`.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// The columns as they lie in the table.
struct Stored {
    id: Uuid,
    user_id: Uuid,
    name: String,
    permissions: Option<Vec<String>>,
    created_by: Uuid,
    created_at: DateTime<Utc>,
    last_used_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl From<Stored> for ApiKeyRow {
    fn from(stored: Stored) -> Self {
        let Stored {
            id,
            user_id,
            name,
            permissions,
            created_by,
            created_at,
            last_used_at,
            expires_at,
            revoked_at,
        } = stored;
        Self {
            id,
            user: UserId::from_uuid(user_id),
            name,
            permissions,
            created_by: UserId::from_uuid(created_by),
            created_at,
            last_used_at,
            expires_at,
            revoked_at,
        }
    }
}

/// A key to be made.
#[derive(Debug)]
pub struct NewApiKey {
    /// Its identity.
    pub id: Uuid,
    /// What is kept of its secret.
    pub token: TokenHash,
    /// In whose name it acts.
    pub user: UserId,
    /// What it is for.
    pub name: String,
    /// What it may do; all that the user's role may where `None`.
    pub permissions: Option<Vec<String>>,
    /// Who makes it.
    pub created_by: UserId,
    /// When it ends; never where `None`.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Makes a key.
///
/// # Errors
/// When the database does not answer.
pub async fn make(pool: &PgPool, key: &NewApiKey) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO api_keys (id, token_hash, user_id, name, permissions, created_by, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        key.id,
        key.token.as_bytes(),
        key.user.as_uuid(),
        key.name,
        key.permissions.as_deref(),
        key.created_by.as_uuid(),
        key.expires_at,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// The key of this secret, unless it has ended or was revoked. Notes that it is used.
///
/// # Errors
/// When the database does not answer.
pub async fn find(pool: &PgPool, token: TokenHash) -> Result<Option<ApiKeyRow>, sqlx::Error> {
    let found = sqlx::query_as!(
        Stored,
        r#"SELECT id, user_id, name, permissions, created_by,
                  created_at, last_used_at, expires_at, revoked_at
           FROM api_keys
           WHERE token_hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())"#,
        token.as_bytes(),
    )
    .fetch_optional(pool)
    .await?;
    let Some(found) = found.map(ApiKeyRow::from) else {
        return Ok(None);
    };
    sqlx::query!(
        "UPDATE api_keys SET last_used_at = now()
         WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')",
        found.id
    )
    .execute(pool)
    .await?;
    Ok(Some(found))
}

/// The keys that act in a user's name, or all, the newest first; revoked ones included.
///
/// # Errors
/// When the database does not answer.
pub async fn all_of(pool: &PgPool, user: Option<UserId>) -> Result<Vec<ApiKeyRow>, sqlx::Error> {
    let all = sqlx::query_as!(
        Stored,
        r#"SELECT id, user_id, name, permissions, created_by,
                  created_at, last_used_at, expires_at, revoked_at
           FROM api_keys WHERE $1::uuid IS NULL OR user_id = $1 ORDER BY created_at DESC, id"#,
        user.map(TypedId::as_uuid),
    )
    .fetch_all(pool)
    .await?;
    Ok(all.into_iter().map(ApiKeyRow::from).collect())
}

/// One key, revoked or not.
///
/// # Errors
/// When the database does not answer.
pub async fn get(pool: &PgPool, key: Uuid) -> Result<Option<ApiKeyRow>, sqlx::Error> {
    let found = sqlx::query_as!(
        Stored,
        r#"SELECT id, user_id, name, permissions, created_by,
                  created_at, last_used_at, expires_at, revoked_at
           FROM api_keys WHERE id = $1"#,
        key,
    )
    .fetch_optional(pool)
    .await?;
    Ok(found.map(ApiKeyRow::from))
}

/// Revokes a key; a revoked one stays revoked since then.
///
/// # Errors
/// When the database does not answer.
pub async fn revoke(pool: &PgPool, key: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH revoked AS (UPDATE api_keys SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING id)
         UPDATE identity_epoch SET epoch = epoch + 1 WHERE EXISTS (SELECT FROM revoked)",
        key,
    )
    .execute(pool)
    .await?;
    Ok(())
}
