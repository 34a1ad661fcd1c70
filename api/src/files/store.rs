//! The tables of files. What a file holds, and what it is called, lies sealed; times are the database's own.

use std::time::Duration;

use cartera_domain::ids::{TypedId, UserId};
use cartera_journal::{Journal, Vault, VaultError};
use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

/// Most files that one sweep deletes: each may have 256 pieces.
const SWEPT_AT_ONCE: i64 = 20;
/// An upload that was silent for so long has broken off; a living one is refused long before.
const ABANDONED_AFTER: Duration = Duration::from_mins(2);
/// The constraint by which a user has each content once.
const ONCE: &str = "files_content";

/// Keeps files. Cheap to clone.
#[derive(Clone)]
pub struct FileStore {
    pool: PgPool,
    vault: Vault,
}

impl std::fmt::Debug for FileStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileStore(…)")
    }
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, async_graphql::Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FileKind {
    /// Delimited text.
    Text,
    /// A workbook: XLSX, XLSB, XLS, ODS.
    Workbook,
}

/// What is known of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileAbout {
    /// What its user calls it.
    pub name: String,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
    /// What it is, by its content.
    pub kind: FileKind,
}

/// A file that was uploaded whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Its identity.
    pub id: Uuid,
    /// Its size.
    pub bytes: i64,
    /// What is known of it.
    pub about: FileAbout,
}

/// Why a file could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database does not answer.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A piece cannot be sealed, or was changed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// It was deleted meanwhile.
    #[error("the file is gone")]
    Gone,
    /// What was sealed does not read.
    #[error("what is known of it does not read: {0}")]
    Unreadable(#[from] serde_json::Error),
}

/// What became of a file that somebody wanted deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// It is gone.
    Done,
    /// An import that has not ended needs it.
    InUse,
    /// The user has no such file.
    NotThere,
}

impl FileStore {
    /// The files of this journal's database.
    pub fn new(journal: &Journal) -> Self {
        Self {
            pool: journal.pool().clone(),
            vault: journal.vault().clone(),
        }
    }

    /// Begins a file, which nobody sees before it is whole.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin(&self, file: Uuid, owner: UserId) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO files (id, owner) VALUES ($1, $2)",
            file,
            owner.as_uuid()
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Bytes of all that a user has here, begun files included.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn held_by(&self, owner: UserId) -> Result<u64, StoreError> {
        let held = sqlx::query_scalar!(
            r#"SELECT coalesce(sum(bytes), 0)::bigint AS "held!" FROM files WHERE owner = $1"#,
            owner.as_uuid()
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(u64::try_from(held).unwrap_or_default())
    }

    /// Seals a piece, where it takes the processor's time; [`FileStore::put`] stores it.
    ///
    /// # Errors
    /// [`StoreError::Vault`].
    pub fn seal(&self, file: Uuid, number: i32, piece: &[u8]) -> Result<Vec<u8>, StoreError> {
        Ok(self.vault.seal_bytes(&piece_place(file, number), piece)?)
    }

    /// Stores the next piece of a file that was begun: `bytes` long before it was sealed.
    ///
    /// # Errors
    /// [`StoreError::Gone`] when it was swept away; [`StoreError::Database`].
    pub async fn put(
        &self,
        file: Uuid,
        number: i32,
        bytes: i64,
        sealed: &[u8],
    ) -> Result<(), StoreError> {
        let stored = sqlx::query!(
            "WITH grown AS (
                 UPDATE files SET bytes = bytes + $3, touched_at = now()
                 WHERE id = $1 AND address IS NULL RETURNING id
             )
             INSERT INTO file_pieces (file, number, sealed) SELECT id, $2, $4 FROM grown",
            file,
            number,
            bytes,
            sealed,
        )
        .execute(&self.pool)
        .await?;
        (stored.rows_affected() == 1)
            .then_some(())
            .ok_or(StoreError::Gone)
    }

    /// Completes a file. Where its user has the same content already, that file is answered, and this one goes.
    ///
    /// # Errors
    /// [`StoreError::Gone`] when it was swept away; [`StoreError::Database`].
    pub async fn complete(
        &self,
        file: Uuid,
        owner: UserId,
        about: &FileAbout,
    ) -> Result<StoredFile, StoreError> {
        let address = self.vault.token("file", &about.sha256);
        let sealed = self
            .vault
            .seal_bytes(&about_place(file), &serde_json::to_vec(about)?)?;
        loop {
            if let Some(known) = self.known(file, owner, &address).await? {
                return Ok(known);
            }
            let completed = sqlx::query_scalar!(
                "UPDATE files SET address = $2, about = $3, touched_at = now()
                 WHERE id = $1 AND address IS NULL RETURNING bytes",
                file,
                &address,
                sealed,
            )
            .fetch_optional(&self.pool)
            .await;
            match completed {
                Ok(Some(bytes)) => {
                    let about = about.clone();
                    return Ok(StoredFile {
                        id: file,
                        bytes,
                        about,
                    });
                }
                Ok(None) => return Err(StoreError::Gone),
                // Somebody was faster with the same content: that one is known now.
                Err(sqlx::Error::Database(error)) if error.constraint() == Some(ONCE) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The user's file of this content, if there is one; the other file goes then.
    async fn known(
        &self,
        but: Uuid,
        owner: UserId,
        address: &[u8],
    ) -> Result<Option<StoredFile>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let known = sqlx::query!(
            r#"UPDATE files SET touched_at = now() WHERE owner = $1 AND address = $2
               RETURNING id, bytes, about AS "about!""#,
            owner.as_uuid(),
            address,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(known) = known else { return Ok(None) };
        sqlx::query!("DELETE FROM files WHERE id = $1", but)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.opened(known.id, known.bytes, &known.about).map(Some)
    }

    /// Throws a file away that was begun.
    ///
    /// # Errors
    /// When the database does not answer; then a sweep does it.
    pub async fn discard(&self, file: Uuid) -> Result<(), StoreError> {
        sqlx::query!("DELETE FROM files WHERE id = $1 AND address IS NULL", file)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// A user's own file, which counts as used now and stays while the transaction lasts.
    ///
    /// # Errors
    /// When the database does not answer, or it was changed.
    pub async fn take(
        &self,
        tx: &mut PgConnection,
        owner: UserId,
        file: Uuid,
    ) -> Result<Option<StoredFile>, StoreError> {
        let found = sqlx::query!(
            r#"UPDATE files SET touched_at = now() WHERE id = $1 AND owner = $2 AND address IS NOT NULL
               RETURNING bytes, about AS "about!""#,
            file,
            owner.as_uuid(),
        )
        .fetch_optional(tx)
        .await?;
        found
            .map(|found| self.opened(file, found.bytes, &found.about))
            .transpose()
    }

    /// A piece of a whole file, opened; `None` after the last.
    ///
    /// # Errors
    /// When the database does not answer, or it was changed.
    pub async fn piece(&self, file: Uuid, number: i32) -> Result<Option<Vec<u8>>, StoreError> {
        let sealed = sqlx::query_scalar!(
            "SELECT sealed FROM file_pieces WHERE file = $1 AND number = $2",
            file,
            number
        )
        .fetch_optional(&self.pool)
        .await?;
        let place = piece_place(file, number);
        let opened = sealed.map(|sealed| self.vault.open_bytes(&place, &sealed));
        Ok(opened
            .transpose()?
            .map(|mut opened| std::mem::take(&mut *opened)))
    }

    /// Deletes a user's own file, unless an import needs it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete(&self, owner: UserId, file: Uuid) -> Result<Deletion, StoreError> {
        let mut tx = self.pool.begin().await?;
        let found = sqlx::query_scalar!(
            "SELECT id FROM files WHERE id = $1 AND owner = $2 AND address IS NOT NULL FOR UPDATE",
            file,
            owner.as_uuid()
        )
        .fetch_optional(&mut *tx)
        .await?;
        if found.is_none() {
            return Ok(Deletion::NotThere);
        }
        let deleted = sqlx::query!(
            "DELETE FROM files WHERE id = $1 AND NOT EXISTS (
                 SELECT FROM import_jobs WHERE file = $1 AND state IN ('queued', 'running'))",
            file,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(if deleted.rows_affected() == 1 {
            Deletion::Done
        } else {
            Deletion::InUse
        })
    }

    /// Deletes uploads that broke off, and files that nobody used for so long. Gives how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep(&self, kept_for: Duration) -> Result<u64, StoreError> {
        let swept = sqlx::query!(
            "DELETE FROM files WHERE id IN (
                 SELECT id FROM files
                 WHERE touched_at < now() - make_interval(secs => CASE WHEN address IS NULL THEN $1::bigint ELSE $2 END)
                   AND NOT EXISTS (
                       SELECT FROM import_jobs WHERE file = files.id AND state IN ('queued', 'running'))
                 ORDER BY touched_at LIMIT $3 FOR UPDATE SKIP LOCKED)",
            seconds(ABANDONED_AFTER),
            seconds(kept_for),
            SWEPT_AT_ONCE,
        )
        .execute(&self.pool)
        .await?;
        Ok(swept.rows_affected())
    }

    fn opened(&self, id: Uuid, bytes: i64, about: &[u8]) -> Result<StoredFile, StoreError> {
        let opened = self.vault.open_bytes(&about_place(id), about)?;
        let about = serde_json::from_slice(&opened)?;
        Ok(StoredFile { id, bytes, about })
    }
}

fn piece_place(file: Uuid, number: i32) -> String {
    format!("file {file} piece {number}")
}

fn about_place(file: Uuid) -> String {
    format!("file {file} about")
}

pub(crate) fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
