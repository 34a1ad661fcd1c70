//! Which journal this is, and whether it is ours to open.

use sqlx::PgPool;

use super::{JournalId, migrations};
use crate::error::JournalError;
use crate::vault::{MasterKey, VaultError};

/// Which journal this is, and whether the master key is its own. The first connection founds it.
pub(super) async fn identify(pool: &PgPool, master: &MasterKey) -> Result<JournalId, JournalError> {
    let surroundings = sqlx::query!(
        r#"SELECT current_setting('server_encoding') AS "encoding!", to_regclass('journal_head') IS NOT NULL AS "founded!""#
    )
    .fetch_one(pool)
    .await?;
    if surroundings.encoding != "UTF8" {
        return Err(JournalError::Encoding(surroundings.encoding));
    }
    if !surroundings.founded {
        return Err(JournalError::MigrationsPending(migrations::all()));
    }
    let id = sqlx::query_scalar!("SELECT id FROM journal_head")
        .fetch_one(pool)
        .await?;
    let check = master.check(id);
    let kept = sqlx::query_scalar!(
        r#"UPDATE journal_head SET key_check = coalesce(key_check, $1) RETURNING key_check AS "key_check!""#,
        &check,
    )
    .fetch_one(pool)
    .await?;
    if kept == check {
        Ok(JournalId(id))
    } else {
        Err(VaultError::WrongMasterKey.into())
    }
}
