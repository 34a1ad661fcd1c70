//! Parts of filters. Each writes ` AND …` with its values bound, or nothing where nothing is asked.

use cartera_domain::ids::UserId;
use chrono::NaiveDate;
use sqlx::{Postgres, QueryBuilder};

use crate::search_text::contains_pattern;
use crate::table::Stored;

/// Whose rows are asked for, among those that are seen anyway.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum OwnedBy {
    /// Whosever.
    #[default]
    Anybody,
    /// Nobody's.
    Nobody,
    /// One of these users'.
    AnyOf(Vec<UserId>),
}

/// A span of days, both included; open where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days {
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
}

/// The column holds one of these values; no values ask nothing.
pub fn any_of<T: Stored>(sql: &mut QueryBuilder<'_, Postgres>, column: &'static str, values: &[T])
where
    T::As: Clone,
{
    if !values.is_empty() {
        let stored: Vec<T::As> = values.iter().map(T::store).collect();
        sql.push(" AND ").push(column).push(" = ANY(");
        sql.push_bind(stored).push(")");
    }
}

/// The column holds exactly this value.
pub fn is<T: Stored>(
    sql: &mut QueryBuilder<'_, Postgres>,
    column: &'static str,
    value: Option<&T>,
) {
    if let Some(value) = value {
        sql.push(" AND ").push(column).push(" = ");
        sql.push_bind(value.store());
    }
}

/// The column holds one of these owners, or none.
pub fn owned_by(sql: &mut QueryBuilder<'_, Postgres>, column: &'static str, owned_by: &OwnedBy) {
    match owned_by {
        OwnedBy::Anybody => {}
        OwnedBy::Nobody => {
            sql.push(" AND ").push(column).push(" IS NULL");
        }
        OwnedBy::AnyOf(owners) => any_of(sql, column, owners),
    }
}

/// The column of searchable text contains every word asked for.
pub fn contains(sql: &mut QueryBuilder<'_, Postgres>, column: &'static str, text: Option<&str>) {
    for word in text.into_iter().flat_map(str::split_whitespace).take(8) {
        sql.push(" AND ").push(column).push(" LIKE ");
        sql.push_bind(contains_pattern(word));
    }
}

/// The column holds one of these days.
pub fn within(sql: &mut QueryBuilder<'_, Postgres>, column: &'static str, days: Days) {
    at_least(sql, column, days.from.as_ref());
    at_most(sql, column, days.to.as_ref());
}

/// The column holds this value or a greater one.
pub fn at_least<T: Stored>(
    sql: &mut QueryBuilder<'_, Postgres>,
    column: &'static str,
    value: Option<&T>,
) {
    if let Some(value) = value {
        sql.push(" AND ").push(column).push(" >= ");
        sql.push_bind(value.store());
    }
}

/// The column holds this value or a smaller one.
pub fn at_most<T: Stored>(
    sql: &mut QueryBuilder<'_, Postgres>,
    column: &'static str,
    value: Option<&T>,
) {
    if let Some(value) = value {
        sql.push(" AND ").push(column).push(" <= ");
        sql.push_bind(value.store());
    }
}
