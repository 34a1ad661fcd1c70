//! The statements over rows in sets; each is made of the row's own column names.

use sqlx::postgres::PgArguments;
use sqlx::{Arguments as _, PgConnection};
use uuid::Uuid;

use super::Row;

/// The columns of a row as a list for `SELECT`.
pub fn columns<R: Row>() -> String {
    let names: Vec<&str> = R::COLUMNS.iter().map(|column| column.name).collect();
    names.join(", ")
}

/// All rows of these groups.
///
/// # Errors
/// When the table cannot be read.
pub async fn load<R: Row>(
    connection: &mut PgConnection,
    groups: &[Uuid],
) -> Result<Vec<R>, sqlx::Error> {
    if groups.is_empty() {
        return Ok(vec![]);
    }
    let statement = format!(
        "SELECT {} FROM {} WHERE {} = ANY($1)",
        columns::<R>(),
        R::TABLE,
        R::GROUP
    );
    let mut arguments = PgArguments::default();
    arguments.add(groups).map_err(sqlx::Error::Encode)?;
    let rows = sqlx::query_with(&statement, arguments)
        .fetch_all(connection)
        .await?;
    rows.iter().map(R::read).collect()
}

/// Writes rows by one statement: those whose key is there are replaced.
///
/// # Errors
/// When the table refuses them.
pub async fn upsert<R: Row>(connection: &mut PgConnection, rows: &[&R]) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let all: Vec<&'static str> = R::COLUMNS.iter().map(|column| column.name).collect();
    let changes: Vec<String> = R::COLUMNS
        .iter()
        .filter(|column| !R::KEY.contains(&column.name))
        .map(|column| format!("{0} = excluded.{0}", column.name))
        .collect();
    let on_conflict = if changes.is_empty() {
        "DO NOTHING".to_owned()
    } else {
        format!("DO UPDATE SET {}", changes.join(", "))
    };
    let statement = format!(
        "INSERT INTO {table} ({columns}) {sent} ON CONFLICT ({key}) {on_conflict}",
        table = R::TABLE,
        columns = all.join(", "),
        sent = sent_rows::<R>(&all),
        key = R::KEY.join(", "),
    );
    execute(connection, &statement, rows, &all).await
}

/// Removes rows by their keys, by one statement.
///
/// # Errors
/// When the table does not let them go.
pub async fn remove<R: Row>(connection: &mut PgConnection, rows: &[&R]) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    // The order of the columns, which the sent rows have too; the key's own may be another.
    let key: Vec<&str> = R::COLUMNS
        .iter()
        .map(|column| column.name)
        .filter(|name| R::KEY.contains(name))
        .collect();
    let key = key.join(", ");
    let statement = format!(
        "DELETE FROM {} WHERE ({key}) IN ({})",
        R::TABLE,
        sent_rows::<R>(R::KEY)
    );
    execute(connection, &statement, rows, R::KEY).await
}

/// `SELECT` over the arrays that [`Row::bind`] sends for these columns.
fn sent_rows<R: Row>(wanted: &[&'static str]) -> String {
    let sent = R::COLUMNS
        .iter()
        .filter(|column| wanted.contains(&column.name));
    let arrays: Vec<String> = (1..)
        .zip(sent.clone())
        .map(|(number, column)| format!("${number}::{}[]", column.sent))
        .collect();
    let casts: Vec<String> = sent
        .clone()
        .map(|column| format!("{}::{}", column.name, column.sql))
        .collect();
    let names: Vec<&str> = sent.map(|column| column.name).collect();
    format!(
        "SELECT {} FROM unnest({}) AS sent ({})",
        casts.join(", "),
        arrays.join(", "),
        names.join(", ")
    )
}

async fn execute<R: Row>(
    connection: &mut PgConnection,
    statement: &str,
    rows: &[&R],
    wanted: &[&'static str],
) -> Result<(), sqlx::Error> {
    let mut arguments = PgArguments::default();
    R::bind(rows, wanted, &mut arguments).map_err(sqlx::Error::Encode)?;
    sqlx::query_with(statement, arguments)
        .execute(connection)
        .await?;
    Ok(())
}
