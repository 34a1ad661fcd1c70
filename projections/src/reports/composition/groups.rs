//! By what facts are told apart: the columns of the groups, and what is joined for them.

use super::moments::At;
use super::{Composer, Sql};
use crate::reports::calendar::Grain;
use crate::reports::grouping::Grouping;
use crate::reports::measures::Family;
use crate::reports::plan::Source;

impl Composer<'_> {
    pub(super) fn group(&self, sql: &mut Sql<'static>, grouping: Grouping) {
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

    pub(super) fn owner(&self) -> &'static str {
        match self.source {
            Source::OwnerDays => "nullif(f.owner, '00000000-0000-0000-0000-000000000000')",
            Source::Days | Source::CycleDays => "NULL",
            Source::Facts(_) => "f.owner",
        }
    }

    pub(super) fn team(&self) -> &'static str {
        match self.source {
            Source::OwnerDays => "nullif(f.team, '00000000-0000-0000-0000-000000000000')",
            Source::Days | Source::CycleDays => "NULL",
            Source::Facts(_) => "f.team",
        }
    }

    /// What facts are told apart or chosen by.
    pub(super) fn joins(&self, sql: &mut Sql<'static>) {
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
