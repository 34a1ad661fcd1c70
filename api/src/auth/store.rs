//! The tables of identity: the one place of `api` that speaks SQL, since none of this is a read model.
//!
//! Times are the database's own, so that all nodes agree on when a session ends.

pub mod api_keys;
pub mod attempts;
pub mod credentials;
pub mod links;
pub mod sessions;

use sqlx::PgPool;

/// What the memory of callers depends on: it changes with every revocation and with every change of a user or team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stamp {
    /// Raised by revocations.
    pub epoch: i64,
    /// Position of the last event of a user or of the tree of teams; 0 before the first.
    pub users: i64,
}

/// Where things stand.
///
/// # Errors
/// When the database does not answer.
pub async fn stamp(pool: &PgPool) -> Result<Stamp, sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT epoch,
                  coalesce((SELECT max(position) FROM events WHERE aggregate_type IN ('user', 'team_tree')), 0) AS "users!"
           FROM identity_epoch"#
    )
    .fetch_one(pool)
    .await?;
    Ok(Stamp {
        epoch: row.epoch,
        users: row.users,
    })
}
