//! Values as columns hold them.

use cartera_domain::ids::TypedId;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments as _, Row as _};
use uuid::Uuid;

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

crate::stored_by_name! {
    cartera_domain::clients::ClientKind,
    cartera_domain::opportunities::Outcome,
    cartera_domain::permission::Role,
    cartera_domain::settings::ReasonKind,
    cartera_domain::settings::StageCategory,
    cartera_domain::users::Locale,
}
