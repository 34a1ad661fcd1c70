//! The life of a subject's key: active, blocked until a date, destroyed; merged with another's.

use cartera_domain::ids::{SubjectId, TypedId};
use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Vault, VaultError};

impl Vault {
    /// Makes a subject's values unreadable until the date, when their retention ends and they may be destroyed.
    /// Its claims stay: what a blocked person holds is not free.
    ///
    /// # Errors
    /// [`VaultError::NoActiveKey`] when there is no key to block.
    pub async fn block(&self, subject: SubjectId, until: NaiveDate) -> Result<(), VaultError> {
        let blocked = sqlx::query!(
            "UPDATE subject_keys SET state = 'blocked', blocked_until = $2 WHERE subject = $1 AND state <> 'destroyed'",
            subject.as_uuid(),
            until,
        )
        .execute(self.pool())
        .await?;
        self.forget_everywhere().await?;
        if blocked.rows_affected() == 0 {
            Err(VaultError::NoActiveKey(subject))
        } else {
            Ok(())
        }
    }

    /// Makes a blocked subject's values readable again.
    ///
    /// # Errors
    /// [`VaultError::NoActiveKey`] when the key is destroyed or never was.
    pub async fn unblock(&self, subject: SubjectId) -> Result<(), VaultError> {
        let unblocked = sqlx::query!(
            "UPDATE subject_keys SET state = 'active', blocked_until = NULL WHERE subject = $1 AND state <> 'destroyed'",
            subject.as_uuid(),
        )
        .execute(self.pool())
        .await?;
        self.forget();
        if unblocked.rows_affected() == 0 {
            Err(VaultError::NoActiveKey(subject))
        } else {
            Ok(())
        }
    }

    /// Destroys the keys of a subject and of all that were merged with it, and the tokens of their claims. Erasure: no
    /// event changes, no hash changes, and none of their values is ever read again. Twice is once.
    ///
    /// # Errors
    /// When the database does not answer; then nothing is destroyed.
    pub async fn destroy(&self, subject: SubjectId) -> Result<(), VaultError> {
        let mut tx = self.pool().begin().await?;
        let all = merged_with(&mut tx, subject).await?;
        sqlx::query!(
            "INSERT INTO subject_keys (subject, state) SELECT unnest($1::uuid[]), 'destroyed'
             ON CONFLICT (subject) DO UPDATE SET state = 'destroyed', wrapped = NULL, blocked_until = NULL",
            &all,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!("DELETE FROM claims WHERE subject = ANY($1)", &all)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.forget_everywhere().await
    }

    /// Notes that two subjects are one person: destroying one destroys both.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn subjects_merged(
        &self,
        from: SubjectId,
        into: SubjectId,
    ) -> Result<(), VaultError> {
        sqlx::query!(
            "UPDATE subject_keys SET merged_into = $2 WHERE subject = $1 AND $1 <> $2",
            from.as_uuid(),
            into.as_uuid(),
        )
        .execute(self.pool())
        .await?;
        Ok(())
    }
}

/// The subject and all that were merged with it, in either direction and over any number of steps.
async fn merged_with(
    connection: &mut PgConnection,
    subject: SubjectId,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"WITH RECURSIVE person (subject) AS (
               SELECT $1::uuid
               UNION
               SELECT CASE WHEN k.subject = p.subject THEN k.merged_into ELSE k.subject END
               FROM person p
               JOIN subject_keys k ON k.merged_into IS NOT NULL AND p.subject IN (k.subject, k.merged_into)
           )
           SELECT subject AS "subject!" FROM person"#,
        subject.as_uuid(),
    )
    .fetch_all(connection)
    .await
}
