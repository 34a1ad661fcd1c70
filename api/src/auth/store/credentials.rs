//! Passwords, as hashes.

use cartera_domain::ids::{TypedId, UserId};
use sqlx::{PgConnection, PgPool};

/// The hash of a user's password; `None` for a user who never chose one.
///
/// # Errors
/// When the database does not answer.
pub async fn password_hash(pool: &PgPool, user: UserId) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "SELECT password_hash FROM credentials WHERE user_id = $1",
        user.as_uuid()
    )
    .fetch_optional(pool)
    .await
}

/// Keeps the hash of the password that the user chose.
///
/// # Errors
/// When the database does not answer.
pub async fn keep(tx: &mut PgConnection, user: UserId, hash: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "INSERT INTO credentials (user_id, password_hash) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET password_hash = excluded.password_hash, changed_at = now()",
        user.as_uuid(),
        hash,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The user who signs in with the address of this token.
///
/// # Errors
/// When the database does not answer.
pub async fn user_of_email(pool: &PgPool, token: [u8; 32]) -> Result<Option<UserId>, sqlx::Error> {
    let holder = sqlx::query_scalar!(
        "SELECT holder FROM claims WHERE scope = 'user_email' AND token = $1",
        &token[..]
    )
    .fetch_optional(pool)
    .await?;
    Ok(holder.map(UserId::from_uuid))
}
