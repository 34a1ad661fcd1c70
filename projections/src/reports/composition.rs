//! The SQL of reports is composed here and nowhere else: every piece of text is a literal of this program, chosen by an enum; every
//! value is bound.
//!
//! [`Composer::compose`] is the whole statement. Its parts: `clauses`, what is known before facts are read; `facts`, what is counted;
//! `moments`, as of when; `groups`, by what it is told apart; `choice`, which facts count.

mod choice;
mod clauses;
mod facts;
mod groups;
mod moments;

use cartera_domain::Viewer;
use sqlx::{Postgres, QueryBuilder};

use super::grouping::Grouping;
use super::measures::{Family, Measure};
use super::plan::{Plan, Source};
use super::request::Filter;
use super::teams::TeamSpan;

/// Composes the statement for the measures of one source.
pub(super) struct Composer<'a> {
    pub(super) plan: &'a Plan<'a>,
    pub(super) viewer: &'a Viewer,
    /// How all teams stood at all times; empty where nothing asks for it.
    pub(super) teams: &'a [TeamSpan],
    pub(super) source: Source,
    pub(super) measures: &'a [Measure],
    /// By what groups are told apart; none for the total.
    pub(super) group_by: &'a [Grouping],
    /// Most rows that are of interest.
    pub(super) limit: i64,
}

type Sql<'a> = QueryBuilder<'a, Postgres>;

/// The columns of a group, in the order of the request.
const KEYS: [&str; 3] = ["g1", "g2", "g3"];

impl Composer<'_> {
    /// The statement. Its columns: `years`, `g1` to `g3` as text, then the measures as numeric, in their order.
    pub(super) fn compose(&self) -> Sql<'static> {
        let mut sql = Sql::new("WITH nothing AS (SELECT)");
        self.with_teams(&mut sql);
        self.with_seen(&mut sql);
        self.with_days(&mut sql);
        sql.push(" SELECT x.years");
        for key in KEYS {
            sql.push(", x.").push(key).push("::text AS ").push(key);
        }
        for measure in self.measures {
            sql.push(", (")
                .push(self.measure(*measure))
                .push(")::numeric");
        }
        sql.push(" FROM (");
        if self.source == Source::CycleDays {
            self.counts_up_to(&mut sql);
        } else {
            self.rows(&mut sql);
        }
        sql.push(") AS x GROUP BY 1, x.g1, x.g2, x.g3 LIMIT ");
        sql.push_bind(self.limit);
        sql
    }

    fn measure(&self, measure: Measure) -> &'static str {
        match self.source {
            Source::Facts(_) => measure.over_facts(),
            Source::OwnerDays | Source::Days => measure.over_sums(),
            Source::CycleDays => measure.over_cycle_days(),
        }
    }

    fn family(&self) -> Option<Family> {
        match self.source {
            Source::Facts(family) => Some(family),
            Source::OwnerDays | Source::Days | Source::CycleDays => None,
        }
    }

    fn is_standing(&self) -> bool {
        self.family().is_some_and(Family::is_standing)
    }

    fn is_by_time(&self) -> bool {
        let mut grains = self.group_by.iter().map(|grouping| grouping.grain());
        grains.any(|grain| grain.is_some())
    }

    fn asks_for(&self, grouping: Grouping) -> bool {
        let mut filters = self.plan.request.filters.iter().map(Filter::grouping);
        self.group_by.contains(&grouping) || filters.any(|filter| filter == grouping)
    }

    fn needs_teams(&self) -> bool {
        self.asks_for(Grouping::Manager)
            || self.asks_for(Grouping::Office)
            || self
                .plan
                .request
                .filters
                .iter()
                .any(|filter| matches!(filter, Filter::Team(_)))
    }

    fn needs_lines(&self) -> bool {
        self.asks_for(Grouping::Product) || self.asks_for(Grouping::ProductFamily)
    }

    /// Whether rows are lines themselves, instead of opportunities that have some.
    fn rows_are_lines(&self) -> bool {
        matches!(self.family(), Some(Family::Sold | Family::StandingLines))
    }

    fn accumulates(&self) -> bool {
        self.plan.request.cumulative && !self.is_standing() && self.is_by_time()
    }

    /// One row per group and number of days, with how many took as many or fewer.
    fn counts_up_to(&self, sql: &mut Sql<'static>) {
        sql.push("SELECT y.*, sum(y.closed) OVER up_to AS up_to, sum(y.closed) OVER of_group AS closed_in_all, sum(y.closed) FILTER (WHERE y.outcome = 'won') OVER up_to AS won_up_to, sum(y.closed) FILTER (WHERE y.outcome = 'won') OVER of_group AS won, sum(y.closed) FILTER (WHERE y.outcome = 'lost') OVER up_to AS lost_up_to, sum(y.closed) FILTER (WHERE y.outcome = 'lost') OVER of_group AS lost FROM (");
        self.rows(sql);
        sql.push(") AS y WINDOW of_group AS (PARTITION BY y.years, y.g1, y.g2, y.g3), up_to AS (of_group ORDER BY y.cycle_days)");
    }

    /// One row per fact and group: what the measures count.
    fn rows(&self, sql: &mut Sql<'static>) {
        sql.push("SELECT ").push(self.years()).push(" AS years");
        for (index, key) in KEYS.into_iter().enumerate() {
            sql.push(", ");
            match self.group_by.get(index) {
                Some(grouping) => self.group(sql, *grouping),
                None => {
                    sql.push("NULL");
                }
            }
            sql.push(" AS ").push(key);
        }
        sql.push(self.counted());
        sql.push(" FROM ");
        self.facts(sql);
        self.joins(sql);
        sql.push(" WHERE true");
        self.with_something(sql);
        self.visible(sql);
        self.filters(sql);
        if self.source == Source::CycleDays || (self.needs_lines() && !self.rows_are_lines()) {
            sql.push(" GROUP BY 1, 2, 3, 4").push(self.identity());
        }
    }

    fn years(&self) -> &'static str {
        if self.is_standing() {
            "f.years"
        } else if self.plan.ranges.is_empty() {
            "0"
        } else {
            "r.years"
        }
    }

    /// The columns that the measures count, of facts told apart by lines or not.
    fn counted(&self) -> &'static str {
        let by_lines = self.needs_lines();
        match self.source {
            Source::OwnerDays | Source::Days => ", f.*",
            Source::CycleDays => ", f.outcome, f.cycle_days, sum(f.closed) AS closed",
            Source::Facts(Family::Sold) => ", l.units, l.amount",
            Source::Facts(Family::StandingLines) => ", l.units * p.list_price AS amount",
            Source::Facts(Family::Closings) if by_lines => {
                ", f.record, f.outcome, f.cycle_days, CASE WHEN count(l.line) = 0 THEN f.amount ELSE sum(l.amount) END AS amount"
            }
            Source::Facts(Family::Closings) => ", f.record, f.outcome, f.cycle_days, f.amount",
            Source::Facts(Family::Standing) if by_lines => {
                ", f.record, f.outcome, CASE WHEN count(l.line) = 0 THEN f.amount ELSE sum(l.amount) END AS amount, coalesce(f.probability, s.probability) / 100 AS weight"
            }
            Source::Facts(Family::Standing) => {
                ", f.record, f.outcome, f.amount, coalesce(f.probability, s.probability) / 100 AS weight"
            }
            Source::Facts(Family::Openings | Family::Entries) => ", f.record",
            Source::Facts(Family::Leads) => ", f.record, f.is_converted, f.days_to_convert",
            Source::Facts(Family::Conversions) => ", f.record, f.days_to_convert",
        }
    }

    /// What makes an opportunity one row, where its lines are told apart.
    fn identity(&self) -> &'static str {
        match self.source {
            Source::CycleDays => ", f.outcome, f.cycle_days",
            Source::Facts(Family::Closings) => ", f.record, f.outcome, f.cycle_days, f.amount",
            Source::Facts(Family::Standing) => {
                ", f.record, f.outcome, f.amount, f.probability, s.probability"
            }
            Source::Facts(
                Family::Openings
                | Family::Entries
                | Family::Sold
                | Family::StandingLines
                | Family::Leads
                | Family::Conversions,
            )
            | Source::OwnerDays
            | Source::Days => ", f.record",
        }
    }
}
