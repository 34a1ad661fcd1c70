//! Attempts to sign in, counted before the password is looked at, so that parallel guesses count as well.

use std::time::Duration;

use sqlx::PgPool;

use super::sessions::seconds;

/// How often somebody tried within the window, and how long the window still lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// This attempt included.
    pub count: i32,
    /// Seconds until counting begins anew.
    pub seconds_left: i64,
}

/// Counts an attempt.
///
/// # Errors
/// When the database does not answer.
pub async fn count(
    pool: &PgPool,
    subject: [u8; 32],
    window: Duration,
) -> Result<Attempts, sqlx::Error> {
    let row = sqlx::query!(
        r#"WITH old AS (DELETE FROM sign_in_attempts
                        WHERE window_start < now() - make_interval(secs => $2::bigint) AND subject <> $1)
           INSERT INTO sign_in_attempts AS known (subject, attempts) VALUES ($1, 1)
           ON CONFLICT (subject) DO UPDATE SET
               attempts = CASE WHEN known.window_start < now() - make_interval(secs => $2::bigint)
                               THEN 1 ELSE least(known.attempts, 1000000) + 1 END,
               window_start = CASE WHEN known.window_start < now() - make_interval(secs => $2::bigint)
                                   THEN now() ELSE known.window_start END
           RETURNING attempts, ceil(extract(epoch FROM window_start - now()))::bigint + $2::bigint AS "seconds_left!""#,
        &subject[..],
        seconds(window),
    )
    .fetch_one(pool)
    .await?;
    Ok(Attempts {
        count: row.attempts,
        seconds_left: row.seconds_left,
    })
}

/// Forgets what was counted for an account that signed in, and takes back this attempt of the source.
///
/// # Errors
/// When the database does not answer.
pub async fn forgive(
    pool: &PgPool,
    account: [u8; 32],
    source: [u8; 32],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "WITH account AS (DELETE FROM sign_in_attempts WHERE subject = $1)
         UPDATE sign_in_attempts SET attempts = greatest(attempts - 1, 0) WHERE subject = $2",
        &account[..],
        &source[..],
    )
    .execute(pool)
    .await?;
    Ok(())
}
