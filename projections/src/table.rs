//! Rows in sets: how the tables of read models are read and written, many rows by one statement.
//!
//! A row's struct is declared once, with [`table!`](crate::table!); the statements follow from its columns. So this file and
//! [`crate::page`] are the two that compose SQL text; all of it is made of the program's own literals, and values are bound.

mod column;
mod statements;

use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgRow};
use uuid::Uuid;

pub use column::{Column, Stored};
pub use statements::{columns, load, remove, upsert};

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
