//! Ways in that work once.

use std::time::Duration;

use cartera_domain::ids::{TypedId, UserId};
use sqlx::{PgConnection, PgPool};

use super::sessions::seconds;
use crate::auth::token::TokenHash;

/// Makes a link the only one of its user; without a user, the only one of the first administrator to be.
///
/// # Errors
/// When the database does not answer.
pub async fn make(
    pool: &PgPool,
    token: TokenHash,
    user: Option<UserId>,
    lasts: Duration,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH older AS (DELETE FROM one_time_links WHERE user_id IS NOT DISTINCT FROM $2)
         INSERT INTO one_time_links (token_hash, user_id, expires_at)
         VALUES ($1, $2, now() + make_interval(secs => $3::bigint))",
        token.as_bytes(),
        user.map(TypedId::as_uuid),
        seconds(lasts),
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// What an unused link is for: a user, or the first administrator to be (`Some(None)`).
///
/// # Errors
/// When the database does not answer.
pub async fn find(pool: &PgPool, token: TokenHash) -> Result<Option<Option<UserId>>, sqlx::Error> {
    let found = sqlx::query_scalar!(
        "SELECT user_id FROM one_time_links WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()",
        token.as_bytes()
    )
    .fetch_optional(pool)
    .await?;
    Ok(found.map(|user| user.map(UserId::from_uuid)))
}

/// Uses a link up; tells whether it still was unused.
///
/// # Errors
/// When the database does not answer.
pub async fn use_up(tx: &mut PgConnection, token: TokenHash) -> Result<bool, sqlx::Error> {
    let used = sqlx::query!(
        "UPDATE one_time_links SET used_at = now()
         WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()",
        token.as_bytes()
    )
    .execute(tx)
    .await?;
    Ok(used.rows_affected() == 1)
}
