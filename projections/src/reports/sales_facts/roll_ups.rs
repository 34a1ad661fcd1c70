//! What the facts of a day add up to, made anew from the facts whenever one of the day changes.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use sqlx::PgConnection;

/// Makes the sums of these days anew. Cells that stay as they are are not written.
///
/// # Errors
/// When the database refuses or does not answer.
pub(super) async fn recompute(
    tx: &mut PgConnection,
    days: &BTreeSet<NaiveDate>,
) -> Result<(), sqlx::Error> {
    if days.is_empty() {
        return Ok(());
    }
    let days: Vec<NaiveDate> = days.iter().copied().collect();
    by_owner_and_day(tx, &days).await?;
    by_day(tx, &days).await?;
    cycle_days(tx, &days).await
}

async fn by_owner_and_day(tx: &mut PgConnection, days: &[NaiveDate]) -> Result<(), sqlx::Error> {
    sqlx::query_file!("src/reports/sales_facts/roll_up_by_owner_and_day.sql", days)
        .execute(tx)
        .await?;
    Ok(())
}

async fn by_day(tx: &mut PgConnection, days: &[NaiveDate]) -> Result<(), sqlx::Error> {
    sqlx::query_file!("src/reports/sales_facts/roll_up_by_day.sql", days)
        .execute(tx)
        .await?;
    Ok(())
}

async fn cycle_days(tx: &mut PgConnection, days: &[NaiveDate]) -> Result<(), sqlx::Error> {
    sqlx::query_file!("src/reports/sales_facts/roll_up_cycle_days.sql", days)
        .execute(tx)
        .await?;
    Ok(())
}
