//! What had happened by a moment, and what was in force then, by what was known.

use chrono::{DateTime, NaiveDate, Utc};

use super::{Composer, Sql};

/// A moment in the statement: what had happened by then.
#[derive(Clone, Copy)]
pub(super) enum At {
    /// All that is known.
    Now,
    /// The moment asked for, bound.
    AsOf(NaiveDate, DateTime<Utc>),
    /// The standpoint `m` of the statement.
    Standpoint,
    /// An instant of the row itself, as an expression; now where nobody knows it.
    Instant(&'static str),
}

/// The columns that say when the event of a row `e` happened.
pub(super) struct EventColumns {
    position: &'static str,
    day: &'static str,
    instant: &'static str,
}

const HAPPENED: EventColumns = EventColumns {
    position: "e.position",
    day: "e.from_day",
    instant: "e.from_at",
};

pub(super) const CREATED: EventColumns = EventColumns {
    position: "e.created_position",
    day: "e.created_from_day",
    instant: "e.created_from_at",
};

pub(super) const CONVERTED: EventColumns = EventColumns {
    position: "e.converted_position",
    day: "e.converted_from_day",
    instant: "e.converted_from_at",
};

impl Composer<'_> {
    /// Whether the event of the row `e` had happened, and was known.
    pub(super) fn had_happened(&self, sql: &mut Sql<'static>, past: At) {
        self.by_then(sql, past, &HAPPENED);
    }

    pub(super) fn by_then(&self, sql: &mut Sql<'static>, past: At, event: &EventColumns) {
        if let Some(known_at) = self.plan.request.known_at {
            sql.push(" AND ")
                .push(event.position)
                .push(" <= ")
                .push_bind(known_at);
        }
        if let At::AsOf(asked, at) = past {
            sql.push(" AND ");
            if self.plan.is_by_instant() {
                sql.push(event.instant).push(" <= ").push_bind(at);
            } else {
                sql.push(event.day).push(" <= ").push_bind(asked);
            }
        }
    }

    /// Whether a row of a history is in force at a moment, by what was known: it has begun, and the next one has not, or was not
    /// known yet.
    pub(super) fn in_force(&self, sql: &mut Sql<'static>, row: &'static str, at: At) {
        if let Some(known_at) = self.plan.request.known_at {
            sql.push(" AND ").push(row).push(".position <= ");
            sql.push_bind(known_at);
        }
        sql.push(" AND ");
        match at {
            At::Now => self.is_last(sql, row),
            At::Instant(instant) => {
                sql.push("CASE WHEN ").push(instant).push(" IS NULL THEN ");
                self.is_last(sql, row);
                sql.push(" ELSE ");
                self.has_begun(sql, row, at);
                sql.push(" END");
            }
            At::AsOf(..) | At::Standpoint => self.has_begun(sql, row, at),
        }
    }

    /// Whether no other row follows, of those known.
    fn is_last(&self, sql: &mut Sql<'static>, row: &'static str) {
        sql.push("(").push(row).push(".next_position IS NULL");
        self.or_unknown_yet(sql, row, ".next_position");
        sql.push(")");
    }

    /// Whether the row has begun and the next one has not, of those known.
    fn has_begun(&self, sql: &mut Sql<'static>, row: &'static str, at: At) {
        if self.plan.is_by_instant() || matches!(at, At::Instant(_)) {
            sql.push("(").push(row).push(".from_at <= ");
            self.moment(sql, at);
            sql.push(" AND (").push(row).push(".next_at IS NULL OR ");
            sql.push(row).push(".next_at > ");
        } else {
            sql.push("(").push(row).push(".from_day <= ");
            self.moment(sql, at);
            // The expression of the index.
            sql.push(" AND (coalesce(")
                .push(row)
                .push(".next_day, 'infinity'::date) > ");
        }
        self.moment(sql, at);
        self.or_unknown_yet(sql, row, ".next_dated_position");
        sql.push("))");
    }

    fn or_unknown_yet(&self, sql: &mut Sql<'static>, row: &'static str, next: &'static str) {
        if let Some(known_at) = self.plan.request.known_at {
            sql.push(" OR ").push(row).push(next).push(" > ");
            sql.push_bind(known_at);
        }
    }

    fn moment(&self, sql: &mut Sql<'static>, at: At) {
        let is_by_instant = self.plan.is_by_instant();
        match at {
            At::Now => {}
            At::AsOf(_, at) if is_by_instant => {
                sql.push_bind(at);
            }
            At::AsOf(day, _) => {
                sql.push_bind(day);
            }
            At::Standpoint => {
                sql.push(if is_by_instant { "m.at" } else { "m.day" });
            }
            At::Instant(instant) => {
                sql.push(instant);
            }
        }
    }
}
