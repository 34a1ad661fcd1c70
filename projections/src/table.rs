//! Rows in sets: how the tables of read models are read and written, many rows by one statement.
//!
//! A row's struct is declared once, with [`table!`](crate::table!); the statements follow from its columns. So this file and
//! [`crate::page`] are the two that compose SQL text; all of it is made of the program's own literals, and values are bound.

use cartera_domain::ids::TypedId;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments, PgConnection, Row as _};
use uuid::Uuid;

/// A column of a table, as the statements need to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnDefinition {
    /// Its name.
    pub name: &'static str,
    /// The SQL type in which its values are sent, as an array.
    pub sent: &'static str,
    /// Its SQL type.
    pub sql: &'static str,
}

/// A row of a table of a read model. Implemented by [`table!`](crate::table!).
pub trait Row: Clone + PartialEq + std::fmt::Debug + Send + Sync + Unpin + 'static {
    /// The table, without a schema.
    const TABLE: &'static str;
    /// The columns of its primary key.
    const KEY: &'static [&'static str];
    /// The column by which rows that are folded together are read: the stream's id, most often.
    const GROUP: &'static str;
    /// All columns, in the order of the struct's fields.
    const COLUMNS: &'static [ColumnDefinition];

    /// Reads a row in which all columns are.
    ///
    /// # Errors
    /// When a column is missing or does not read.
    fn read(row: &PgRow) -> Result<Self, sqlx::Error>;

    /// Adds the values of these columns, an array for each, in the order of [`Row::COLUMNS`].
    ///
    /// # Errors
    /// When a value does not encode.
    fn bind(
        rows: &[&Self],
        wanted: &[&'static str],
        arguments: &mut PgArguments,
    ) -> Result<(), BoxDynError>;

    /// The value of [`Row::GROUP`].
    fn group(&self) -> Uuid;

    /// Whether both rows have the same primary key.
    fn same_key(&self, other: &Self) -> bool;
}

/// A value that a column can hold.
pub trait Column: Sized {
    /// The SQL type in which values are sent, as an array.
    const SENT: &'static str;
    /// The SQL type of the column.
    const SQL: &'static str;

    /// Reads the column.
    ///
    /// # Errors
    /// When it is missing or does not read.
    fn read(row: &PgRow, name: &str) -> Result<Self, sqlx::Error>;

    /// Adds all values as one array.
    ///
    /// # Errors
    /// When a value does not encode.
    fn bind(values: &[&Self], arguments: &mut PgArguments) -> Result<(), BoxDynError>;
}

/// A value that is stored as another one, which PostgreSQL knows.
pub trait Stored: Sized {
    /// What PostgreSQL knows.
    type As: for<'q> sqlx::Encode<'q, sqlx::Postgres>
        + for<'r> sqlx::Decode<'r, sqlx::Postgres>
        + sqlx::Type<sqlx::Postgres>
        + sqlx::postgres::PgHasArrayType
        + Send
        + 'static;
    /// Its SQL type.
    const SQL: &'static str;
    /// As it is stored.
    fn store(&self) -> Self::As;
    /// As it was before.
    ///
    /// # Errors
    /// When what is stored is no such value.
    fn restore(stored: Self::As) -> Result<Self, BoxDynError>;
}

impl<T: Stored> Column for T {
    const SENT: &'static str = T::SQL;
    const SQL: &'static str = T::SQL;

    fn read(row: &PgRow, name: &str) -> Result<Self, sqlx::Error> {
        Self::restore(row.try_get(name)?).map_err(|source| undecodable(name, source))
    }

    fn bind(values: &[&Self], arguments: &mut PgArguments) -> Result<(), BoxDynError> {
        arguments.add(values.iter().map(|value| value.store()).collect::<Vec<_>>())
    }
}

impl<T: Stored> Column for Option<T> {
    const SENT: &'static str = T::SQL;
    const SQL: &'static str = T::SQL;

    fn read(row: &PgRow, name: &str) -> Result<Self, sqlx::Error> {
        row.try_get::<Option<T::As>, _>(name)?
            .map(T::restore)
            .transpose()
            .map_err(|source| undecodable(name, source))
    }

    fn bind(values: &[&Self], arguments: &mut PgArguments) -> Result<(), BoxDynError> {
        let stored: Vec<Option<T::As>> = values
            .iter()
            .map(|value| value.as_ref().map(T::store))
            .collect();
        arguments.add(stored)
    }
}

/// A list of ids. `unnest` would flatten a list of lists, so each is sent as its literal.
impl<T: TypedId> Column for Vec<T> {
    const SENT: &'static str = "text";
    const SQL: &'static str = "uuid[]";

    fn read(row: &PgRow, name: &str) -> Result<Self, sqlx::Error> {
        let ids: Vec<Uuid> = row.try_get(name)?;
        Ok(ids.into_iter().map(T::from_uuid).collect())
    }

    fn bind(values: &[&Self], arguments: &mut PgArguments) -> Result<(), BoxDynError> {
        let literals: Vec<String> = values
            .iter()
            .map(|ids| {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                format!("{{{}}}", ids.join(","))
            })
            .collect();
        arguments.add(literals)
    }
}

fn undecodable(column: &str, source: BoxDynError) -> sqlx::Error {
    sqlx::Error::ColumnDecode {
        index: column.to_owned(),
        source,
    }
}

macro_rules! stored_as_they_are {
    ($($type:ty: $sql:literal),+ $(,)?) => {$(
        impl Stored for $type {
            type As = $type;
            const SQL: &'static str = $sql;

            fn store(&self) -> Self::As {
                self.clone()
            }

            fn restore(stored: Self::As) -> Result<Self, BoxDynError> {
                Ok(stored)
            }
        }
    )+};
}

stored_as_they_are! {
    bool: "boolean",
    i32: "integer",
    i64: "bigint",
    String: "text",
    Decimal: "numeric",
    NaiveDate: "date",
    DateTime<Utc>: "timestamptz",
    Uuid: "uuid",
}

macro_rules! stored_as_uuid {
    ($($type:ident),+ $(,)?) => {$(
        impl Stored for cartera_domain::ids::$type {
            type As = Uuid;
            const SQL: &'static str = "uuid";

            fn store(&self) -> Uuid {
                self.as_uuid()
            }

            fn restore(stored: Uuid) -> Result<Self, BoxDynError> {
                Ok(Self::from_uuid(stored))
            }
        }
    )+};
}

stored_as_uuid! {
    LeadId, ClientId, ContactId, OpportunityId, LineId, ProductId, UserId, TeamId, PipelineId, StageId, ChannelId, ReasonId,
    SubjectId, CatalogueId, TeamTreeId, CompanyId,
}

/// Declares enums that are stored by their snake-case name.
#[macro_export]
macro_rules! stored_by_name {
    ($($type:ty),+ $(,)?) => {$(
        impl $crate::table::Stored for $type {
            type As = String;
            const SQL: &'static str = "text";

            fn store(&self) -> String {
                <&'static str>::from(*self).to_owned()
            }

            fn restore(stored: String) -> Result<Self, sqlx::error::BoxDynError> {
                Ok(stored.parse()?)
            }
        }
    )+};
}

stored_by_name! {
    cartera_domain::clients::ClientKind,
    cartera_domain::opportunities::Outcome,
    cartera_domain::permission::Role,
    cartera_domain::settings::ReasonKind,
    cartera_domain::settings::StageCategory,
    cartera_domain::users::Locale,
}

/// Declares the struct of a table's rows, and how they are read and written.
#[macro_export]
macro_rules! table {
    (
        $(#[$doc:meta])*
        $name:ident in $table:literal, key ($($key:ident),+), group $group:ident {
            $($(#[$field_doc:meta])* $field:ident: $type:ty),+ $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)+
        }

        impl $crate::table::Row for $name {
            const TABLE: &'static str = $table;
            const KEY: &'static [&'static str] = &[$(stringify!($key)),+];
            const GROUP: &'static str = stringify!($group);
            const COLUMNS: &'static [$crate::table::ColumnDefinition] = &[$(
                $crate::table::ColumnDefinition {
                    name: stringify!($field),
                    sent: <$type as $crate::table::Column>::SENT,
                    sql: <$type as $crate::table::Column>::SQL,
                },
            )+];

            fn read(row: &sqlx::postgres::PgRow) -> Result<Self, sqlx::Error> {
                Ok(Self {
                    $($field: $crate::table::Column::read(row, stringify!($field))?,)+
                })
            }

            fn bind(
                rows: &[&Self],
                wanted: &[&'static str],
                arguments: &mut sqlx::postgres::PgArguments,
            ) -> Result<(), sqlx::error::BoxDynError> {
                $(
                    if wanted.contains(&stringify!($field)) {
                        let values: Vec<&$type> = rows.iter().map(|row| &row.$field).collect();
                        <$type as $crate::table::Column>::bind(&values, arguments)?;
                    }
                )+
                Ok(())
            }

            fn group(&self) -> uuid::Uuid {
                $crate::table::Stored::store(&self.$group)
            }

            fn same_key(&self, other: &Self) -> bool {
                $(self.$key == other.$key)&&+
            }
        }
    };
}

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
