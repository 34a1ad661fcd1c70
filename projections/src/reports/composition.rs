//! The one file that composes the SQL of reports: every piece of text is a literal of this program, chosen by an enum; every
//! value is bound.

use cartera_domain::Viewer;
use cartera_domain::ids::{TeamId, TypedId};
use cartera_domain::permission::Reach;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::calendar::Grain;
use super::grouping::Grouping;
use super::measures::{Family, Measure};
use super::plan::{Plan, Source, Standpoint};
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

/// A moment in the statement: what had happened by then.
#[derive(Clone, Copy)]
enum At {
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
struct EventColumns {
    position: &'static str,
    day: &'static str,
    instant: &'static str,
}

const HAPPENED: EventColumns = EventColumns {
    position: "e.position",
    day: "e.from_day",
    instant: "e.from_at",
};

const CREATED: EventColumns = EventColumns {
    position: "e.created_position",
    day: "e.created_from_day",
    instant: "e.created_from_at",
};

const CONVERTED: EventColumns = EventColumns {
    position: "e.converted_position",
    day: "e.converted_from_day",
    instant: "e.converted_from_at",
};

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

    fn with_teams(&self, sql: &mut Sql<'static>) {
        if !self.needs_teams() {
            return;
        }
        let teams = self.teams;
        sql.push(", teams (team, from_day, next_day, path, manager, office) AS (SELECT t.team, t.from_day, t.next_day, t.path::uuid[], t.manager, t.office FROM unnest(");
        sql.push_bind(teams.iter().map(|span| span.team).collect::<Vec<_>>());
        sql.push(", ")
            .push_bind(teams.iter().map(|span| span.from).collect::<Vec<_>>());
        sql.push(", ")
            .push_bind(teams.iter().map(|span| span.next).collect::<Vec<_>>());
        sql.push(", ").push_bind(
            teams
                .iter()
                .map(|span| literal(&span.path))
                .collect::<Vec<_>>(),
        );
        sql.push(", ")
            .push_bind(teams.iter().map(|span| span.manager).collect::<Vec<_>>());
        sql.push(", ").push_bind(
            teams
                .iter()
                .map(|span| span.office.clone())
                .collect::<Vec<_>>(),
        );
        sql.push(") AS t (team, from_day, next_day, path, manager, office))");
    }

    /// The teams whose figures are seen, and when they belonged to those the viewer sees today (DEFINITIONS 18).
    fn with_seen(&self, sql: &mut Sql<'static>) {
        if self.viewer.reach() != Reach::Team {
            return;
        }
        let own: Vec<Uuid> = self
            .viewer
            .teams
            .iter()
            .map(|team| team.as_uuid())
            .collect();
        let seen: Vec<&TeamSpan> = self
            .teams
            .iter()
            .filter(|span| span.path.iter().any(|above| own.contains(above)))
            .collect();
        sql.push(", seen (team, from_day, next_day) AS (SELECT * FROM unnest(");
        sql.push_bind(seen.iter().map(|span| span.team).collect::<Vec<_>>());
        sql.push(", ")
            .push_bind(seen.iter().map(|span| span.from).collect::<Vec<_>>());
        sql.push(", ")
            .push_bind(seen.iter().map(|span| span.next).collect::<Vec<_>>());
        sql.push("))");
    }

    fn with_days(&self, sql: &mut Sql<'static>) {
        if self.is_standing() {
            self.with_standpoints(sql);
            return;
        }
        let ranges = &self.plan.ranges;
        if ranges.is_empty() {
            return;
        }
        sql.push(", ranges (years, first_day, last_day) AS (SELECT * FROM unnest(");
        sql.push_bind(
            ranges
                .iter()
                .map(|range| i32::from(range.years))
                .collect::<Vec<_>>(),
        );
        sql.push(", ").push_bind(
            ranges
                .iter()
                .map(|range| range.days.from)
                .collect::<Vec<_>>(),
        );
        sql.push(", ")
            .push_bind(ranges.iter().map(|range| range.days.to).collect::<Vec<_>>());
        sql.push("))");
        if self.accumulates() {
            let start = self.plan.calendar.start;
            let stretches = self.plan.stretches();
            let years = stretches
                .iter()
                .map(|first| Grain::FiscalYear.first_day(*first, start));
            sql.push(", stretches (fiscal_year, first_day) AS (SELECT * FROM unnest(");
            sql.push_bind(years.collect::<Vec<_>>());
            sql.push(", ").push_bind(stretches).push("))");
        }
    }

    fn with_standpoints(&self, sql: &mut Sql<'static>) {
        let grain = self.plan.time.and_then(Grouping::grain);
        let shown = grain.filter(|_| self.is_by_time());
        let points: Vec<Standpoint> = self.plan.standpoints(shown);
        let now = self.plan.request.today;
        sql.push(", moments (years, label, is_now, day, at) AS (SELECT * FROM unnest(");
        sql.push_bind(
            points
                .iter()
                .map(|point| i32::from(point.years))
                .collect::<Vec<_>>(),
        );
        sql.push(", ")
            .push_bind(points.iter().map(|point| point.label).collect::<Vec<_>>());
        sql.push(", ").push_bind(
            points
                .iter()
                .map(|point| point.at.is_none())
                .collect::<Vec<_>>(),
        );
        sql.push(", ").push_bind(
            points
                .iter()
                .map(|point| point.at.map_or(now, |(day, _)| day))
                .collect::<Vec<_>>(),
        );
        sql.push(", ").push_bind(
            points
                .iter()
                .map(|point| point.at.map(|(_, at)| at))
                .collect::<Vec<_>>(),
        );
        sql.push("))");
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

    fn group(&self, sql: &mut Sql<'static>, grouping: Grouping) {
        if let Some(grain) = grouping.grain() {
            self.stretch(sql, grain);
            return;
        }
        sql.push(match grouping {
            Grouping::Owner => self.owner(),
            Grouping::Team => self.team(),
            Grouping::Manager => "d.manager",
            Grouping::Office => "d.office",
            Grouping::Channel => "f.channel",
            Grouping::Product => "l.product",
            Grouping::ProductFamily => "h.family",
            Grouping::Sector if self.family().is_some_and(Family::is_of_leads) => "f.sector",
            Grouping::Sector => "c.sector",
            Grouping::Stage => "f.stage",
            Grouping::Client => "f.client",
            Grouping::Pipeline => "f.pipeline",
            Grouping::Day | Grouping::Month | Grouping::Quarter | Grouping::FiscalYear => "NULL",
        });
    }

    fn stretch(&self, sql: &mut Sql<'static>, grain: Grain) {
        let label = if self.is_standing() {
            "f.label"
        } else if self.accumulates() {
            "a.first_day"
        } else {
            "b.label"
        };
        let start = i32::from(self.plan.calendar.start.month()) - 1;
        push_first_day(sql, grain, label, start);
    }

    fn owner(&self) -> &'static str {
        match self.source {
            Source::OwnerDays => "nullif(f.owner, '00000000-0000-0000-0000-000000000000')",
            Source::Days | Source::CycleDays => "NULL",
            Source::Facts(_) => "f.owner",
        }
    }

    fn team(&self) -> &'static str {
        match self.source {
            Source::OwnerDays => "nullif(f.team, '00000000-0000-0000-0000-000000000000')",
            Source::Days | Source::CycleDays => "NULL",
            Source::Facts(_) => "f.team",
        }
    }

    /// The facts, as they are known and as they stood at the moment asked for.
    fn facts(&self, sql: &mut Sql<'static>) {
        let past = self
            .plan
            .as_of()
            .map_or(At::Now, |(day, at)| At::AsOf(day, at));
        let is_now = matches!(past, At::Now) && self.plan.request.known_at.is_none();
        match self.source {
            Source::OwnerDays => {
                sql.push("sales_by_owner_day AS f");
            }
            Source::Days => {
                sql.push("sales_by_day AS f");
            }
            Source::CycleDays => {
                sql.push("cycle_days_by_day AS f");
            }
            Source::Facts(Family::Openings) if is_now => {
                sql.push("(SELECT opportunity AS record, pipeline, client, channel, opened_on AS day, opened_owner AS owner, opened_team AS team, opened_stage AS stage FROM opportunity_facts) AS f");
            }
            Source::Facts(Family::Closings) if is_now => {
                sql.push("(SELECT opportunity AS record, pipeline, client, channel, closed_on AS day, closed_owner AS owner, closed_team AS team, stage, outcome, amount_won AS amount, cycle_days FROM opportunity_facts WHERE outcome <> 'open') AS f");
            }
            Source::Facts(Family::Sold) if is_now => {
                sql.push("(SELECT opportunity AS record, pipeline, client, channel, closed_on AS day, closed_owner AS owner, closed_team AS team, stage FROM opportunity_facts WHERE outcome = 'won') AS f");
            }
            Source::Facts(Family::Leads) if is_now => {
                sql.push("(SELECT lead AS record, channel, sector, created_on AS day, created_owner AS owner, created_team AS team, converted_position IS NOT NULL AS is_converted, days_to_convert FROM lead_facts) AS f");
            }
            Source::Facts(Family::Conversions) if is_now => {
                sql.push("(SELECT lead AS record, channel, sector, converted_on AS day, converted_owner AS owner, converted_team AS team, days_to_convert FROM lead_facts WHERE converted_position IS NOT NULL) AS f");
            }
            Source::Facts(family) => self.history(sql, family, past),
        }
    }

    /// The facts as they stood, from the histories.
    fn history(&self, sql: &mut Sql<'static>, family: Family, past: At) {
        match family {
            Family::Openings => {
                sql.push("(SELECT e.opportunity AS record, o.pipeline, k.client, k.channel, e.entered_on AS day, t.owner, t.team, e.stage FROM opportunity_stage_facts AS e");
                self.with_parties(sql, At::Instant("e.entered_through"));
                sql.push(" WHERE e.is_opening");
                self.had_happened(sql, past);
                sql.push(") AS f");
            }
            Family::Closings | Family::Sold => {
                sql.push("(SELECT e.opportunity AS record, o.pipeline, k.client, k.channel, e.closed_on AS day, t.owner, t.team, e.stage, e.outcome, e.amount_won AS amount, e.cycle_days FROM opportunity_stage_facts AS e");
                self.with_parties(sql, At::Instant("e.closed_through"));
                sql.push(if family == Family::Sold {
                    " WHERE e.outcome = 'won'"
                } else {
                    " WHERE e.outcome <> 'open'"
                });
                self.in_force(sql, "e", past);
                sql.push(") AS f");
            }
            Family::Entries => {
                sql.push("(SELECT e.opportunity AS record, o.pipeline, k.client, k.channel, e.entered_on AS day, t.owner, t.team, e.stage FROM opportunity_stage_facts AS e");
                self.with_parties(sql, At::Instant("e.entered_through"));
                sql.push(" WHERE true");
                self.had_happened(sql, past);
                sql.push(") AS f");
            }
            Family::Standing | Family::StandingLines => self.standing(sql),
            Family::Leads => {
                sql.push("(SELECT e.lead AS record, k.channel, e.sector, e.created_on AS day, t.owner, t.team, (true");
                self.by_then(sql, past, &CONVERTED);
                sql.push(") IS TRUE AND e.converted_position IS NOT NULL AS is_converted, e.days_to_convert FROM lead_facts AS e");
                self.with_terms(sql, "e.lead", At::Instant("e.created_through"));
                sql.push(" WHERE true");
                self.by_then(sql, past, &CREATED);
                sql.push(") AS f");
            }
            Family::Conversions => {
                sql.push("(SELECT e.lead AS record, k.channel, e.sector, e.converted_on AS day, t.owner, t.team, e.days_to_convert FROM lead_facts AS e");
                self.with_terms(sql, "e.lead", At::Instant("e.converted_through"));
                sql.push(" WHERE e.converted_position IS NOT NULL");
                self.by_then(sql, past, &CONVERTED);
                sql.push(") AS f");
            }
        }
    }

    /// Opportunities as they stood at each moment; those of now are read from the facts where nothing is to be unknown.
    fn standing(&self, sql: &mut Sql<'static>) {
        let only_open = self.family() == Some(Family::StandingLines)
            || !self
                .measures
                .iter()
                .any(|measure| matches!(measure, Measure::Present | Measure::PresentAmount));
        sql.push("(SELECT m.years, m.label, m.day, m.at, e.opportunity AS record, o.pipeline, k.client, k.channel, t.owner, t.team, e.stage, e.outcome, t.amount, t.probability FROM moments AS m JOIN opportunity_stage_facts AS e ON NOT m.is_now");
        self.in_force(sql, "e", At::Standpoint);
        self.with_parties(sql, At::Standpoint);
        sql.push(if only_open {
            " WHERE e.outcome = 'open'"
        } else {
            ""
        });
        sql.push(" UNION ALL ");
        if self.plan.request.known_at.is_none() {
            sql.push("SELECT m.years, m.label, m.day, m.at, o.opportunity, o.pipeline, o.client, o.channel, o.owner, o.team, o.stage, o.outcome, o.amount, o.probability FROM moments AS m JOIN opportunity_facts AS o ON m.is_now");
            sql.push(if only_open {
                " AND o.outcome = 'open'"
            } else {
                ""
            });
        } else {
            sql.push("SELECT m.years, m.label, m.day, m.at, e.opportunity, o.pipeline, k.client, k.channel, t.owner, t.team, e.stage, e.outcome, t.amount, t.probability FROM moments AS m JOIN opportunity_stage_facts AS e ON m.is_now");
            self.in_force(sql, "e", At::Now);
            self.with_parties(sql, At::Now);
            sql.push(if only_open {
                " WHERE e.outcome = 'open'"
            } else {
                ""
            });
        }
        sql.push(") AS f");
    }

    /// Joins the opportunity `o` of the row `e`, its terms `t` at a moment, and its client and channel `k` as corrected since.
    fn with_parties(&self, sql: &mut Sql<'static>, at: At) {
        sql.push(" JOIN opportunity_facts AS o ON o.opportunity = e.opportunity");
        self.with_terms(sql, "e.opportunity", at);
    }

    fn with_terms(&self, sql: &mut Sql<'static>, record: &'static str, at: At) {
        sql.push(" JOIN sales_terms AS t ON t.record = ")
            .push(record);
        self.in_force(sql, "t", at);
        sql.push(" JOIN sales_terms AS k ON k.record = ")
            .push(record);
        self.in_force(sql, "k", At::Now);
    }

    /// Whether the event of the row `e` had happened, and was known.
    fn had_happened(&self, sql: &mut Sql<'static>, past: At) {
        self.by_then(sql, past, &HAPPENED);
    }

    fn by_then(&self, sql: &mut Sql<'static>, past: At, event: &EventColumns) {
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
    fn in_force(&self, sql: &mut Sql<'static>, row: &'static str, at: At) {
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

    /// What facts are told apart or chosen by.
    fn joins(&self, sql: &mut Sql<'static>) {
        if !self.is_standing() && !self.plan.ranges.is_empty() {
            sql.push(" JOIN ranges AS r ON f.day BETWEEN r.first_day AND r.last_day");
        }
        self.join_time(sql);
        if self.needs_teams() {
            sql.push(" LEFT JOIN teams AS d ON d.team = ")
                .push(self.team());
            self.on_its_day(sql, "d", None);
        }
        let is_of_leads = self.family().is_some_and(Family::is_of_leads);
        if self.asks_for(Grouping::Sector) && !is_of_leads {
            sql.push(" LEFT JOIN client_sectors AS c ON c.client = f.client");
            self.on_its_day(sql, "c", self.plan.request.known_at);
        }
        if self.family() == Some(Family::Standing) {
            sql.push(" LEFT JOIN stage_probabilities AS s ON s.stage = f.stage");
            self.on_its_day(sql, "s", self.plan.request.known_at);
        }
        if self.needs_lines() || self.rows_are_lines() {
            self.join_lines(sql);
        }
    }

    fn join_time(&self, sql: &mut Sql<'static>) {
        let Some(grain) = self.plan.time.and_then(Grouping::grain) else {
            return;
        };
        let is_by_time = self
            .group_by
            .iter()
            .any(|grouping| grouping.grain().is_some());
        if self.is_standing() || !is_by_time {
            return;
        }
        let start = i32::from(self.plan.calendar.start.month()) - 1;
        sql.push(" CROSS JOIN LATERAL (SELECT ");
        let day = if self.plan.ranges.is_empty() {
            "f.day"
        } else {
            "(f.day + make_interval(years => r.years))::date"
        };
        push_first_day(sql, grain, day, start);
        sql.push(" AS label) AS b");
        if self.accumulates() {
            sql.push(" JOIN stretches AS a ON a.first_day >= b.label AND a.fiscal_year = ");
            push_first_day(sql, Grain::FiscalYear, "b.label", start);
        }
    }

    fn join_lines(&self, sql: &mut Sql<'static>) {
        let inner = self.rows_are_lines();
        sql.push(if inner { " JOIN" } else { " LEFT JOIN" });
        sql.push(" opportunity_line_facts AS l ON l.opportunity = f.record");
        let past = self
            .plan
            .as_of()
            .map_or(At::Now, |(day, at)| At::AsOf(day, at));
        // Of opportunities as they stood, `f` carries the moment.
        let at = if self.is_standing() {
            At::Instant("f.at")
        } else {
            past
        };
        self.in_force(sql, "l", at);
        if self.asks_for(Grouping::ProductFamily) {
            sql.push(" LEFT JOIN product_families AS h ON h.product = l.product");
            self.on_its_day(sql, "h", self.plan.request.known_at);
        }
        if self.family() == Some(Family::StandingLines) {
            sql.push(" JOIN product_list_prices AS p ON p.product = l.product");
            self.on_its_day(sql, "p", self.plan.request.known_at);
        }
    }

    /// Joins what was so on the fact's day, or today where nobody knows the day.
    fn on_its_day(&self, sql: &mut Sql<'static>, row: &'static str, known_at: Option<i64>) {
        let today = self.plan.request.today;
        sql.push(" AND ")
            .push(row)
            .push(".from_day <= coalesce(f.day, ")
            .push_bind(today);
        sql.push(") AND (")
            .push(row)
            .push(".next_day IS NULL OR ")
            .push(row);
        sql.push(".next_day > coalesce(f.day, ")
            .push_bind(today)
            .push(")");
        if let Some(known_at) = known_at {
            sql.push(" OR ")
                .push(row)
                .push(".next_position > ")
                .push_bind(known_at);
            sql.push(") AND ")
                .push(row)
                .push(".position <= ")
                .push_bind(known_at);
        } else {
            sql.push(")");
        }
    }

    /// Leaves out sums of days on which nothing of what is asked for happened, as there would be no fact either.
    fn with_something(&self, sql: &mut Sql<'static>) {
        let opens = self.measures.contains(&Measure::Opened);
        let closes = self
            .measures
            .iter()
            .any(|measure| *measure != Measure::Opened);
        match (self.source, opens, closes) {
            (Source::Facts(_) | Source::CycleDays, _, _) | (_, true, true) => {}
            (_, true, false) => {
                sql.push(" AND f.opened > 0");
            }
            (_, false, _) => {
                sql.push(" AND f.won + f.lost + f.cancelled > 0");
            }
        }
    }

    /// What the viewer sees: the own figures, those of the own teams of then, those of nobody.
    fn visible(&self, sql: &mut Sql<'static>) {
        let user = self.viewer.user.as_uuid();
        match self.viewer.reach() {
            Reach::Company => {}
            Reach::Own => {
                sql.push(" AND f.owner = ").push_bind(user);
            }
            Reach::Team => {
                sql.push(" AND (f.owner = ").push_bind(user);
                sql.push(" OR ").push(self.owner()).push(" IS NULL");
                sql.push(" OR EXISTS (SELECT FROM seen WHERE seen.team = ")
                    .push(self.team());
                sql.push(" AND seen.from_day <= coalesce(f.day, ")
                    .push_bind(self.plan.request.today);
                sql.push(") AND (seen.next_day IS NULL OR seen.next_day > coalesce(f.day, ");
                sql.push_bind(self.plan.request.today).push("))))");
            }
        }
    }

    fn filters(&self, sql: &mut Sql<'static>) {
        for filter in &self.plan.request.filters {
            match filter {
                Filter::Owner(values) => self.one_of(sql, Grouping::Owner, ids(values)),
                Filter::Team(values) => self.below(sql, values),
                Filter::Manager(values) => self.one_of(sql, Grouping::Manager, ids(values)),
                Filter::Office(values) => self.one_of(sql, Grouping::Office, texts(values)),
                Filter::Channel(values) => self.one_of(sql, Grouping::Channel, ids(values)),
                Filter::Product(values) => self.one_of(sql, Grouping::Product, ids(values)),
                Filter::ProductFamily(values) => {
                    self.one_of(sql, Grouping::ProductFamily, texts(values));
                }
                Filter::Sector(values) => self.one_of(sql, Grouping::Sector, texts(values)),
                Filter::Stage(values) => self.one_of(sql, Grouping::Stage, ids(values)),
                Filter::Client(values) => self.one_of(sql, Grouping::Client, ids(values)),
                Filter::Pipeline(values) => self.one_of(sql, Grouping::Pipeline, ids(values)),
            }
        }
    }

    fn one_of(&self, sql: &mut Sql<'static>, grouping: Grouping, wanted: Wanted) {
        sql.push(" AND (");
        self.group(sql, grouping);
        sql.push(" = ANY(");
        match wanted.values {
            Values::Ids(ids) => sql.push_bind(ids),
            Values::Texts(texts) => sql.push_bind(texts),
        };
        sql.push(")");
        if wanted.or_missing {
            sql.push(" OR ");
            self.group(sql, grouping);
            sql.push(" IS NULL");
        }
        sql.push(")");
    }

    fn below(&self, sql: &mut Sql<'static>, wanted: &[Option<TeamId>]) {
        let teams: Vec<Uuid> = wanted.iter().flatten().map(|team| team.as_uuid()).collect();
        sql.push(" AND (d.path && ").push_bind(teams.clone());
        // A team that nobody formed is still itself.
        sql.push(" OR ")
            .push(self.team())
            .push(" = ANY(")
            .push_bind(teams)
            .push(")");
        if wanted.iter().any(Option::is_none) {
            sql.push(" OR ").push(self.team()).push(" IS NULL");
        }
        sql.push(")");
    }
}

/// The values of a filter, ready to be bound.
struct Wanted {
    values: Values,
    or_missing: bool,
}

enum Values {
    Ids(Vec<Uuid>),
    Texts(Vec<String>),
}

fn ids<T: TypedId>(values: &[Option<T>]) -> Wanted {
    Wanted {
        values: Values::Ids(values.iter().flatten().map(|id| id.as_uuid()).collect()),
        or_missing: values.iter().any(Option::is_none),
    }
}

fn texts(values: &[Option<String>]) -> Wanted {
    Wanted {
        values: Values::Texts(values.iter().flatten().cloned().collect()),
        or_missing: values.iter().any(Option::is_none),
    }
}

/// A list of ids as PostgreSQL writes it; `unnest` would flatten a list of lists.
fn literal(path: &[Uuid]) -> String {
    let ids: Vec<String> = path.iter().map(Uuid::to_string).collect();
    format!("{{{}}}", ids.join(","))
}

/// First day of the stretch of time in which a day lies; `start` months after January the fiscal year begins.
fn push_first_day(sql: &mut Sql<'static>, grain: Grain, day: &'static str, start: i32) {
    let unit = match grain {
        Grain::Day => {
            sql.push(day);
            return;
        }
        Grain::Month => "'month'",
        Grain::Quarter => "'quarter'",
        Grain::FiscalYear => "'year'",
    };
    let shift = if grain == Grain::Month { 0 } else { start };
    sql.push("(date_trunc(")
        .push(unit)
        .push(", ")
        .push(day)
        .push(" - make_interval(months => ")
        .push_bind(shift);
    sql.push(")) + make_interval(months => ")
        .push_bind(shift)
        .push("))::date");
}
