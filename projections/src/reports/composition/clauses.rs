//! What the statement knows before it reads facts: how teams stood, which days count, at which moments opportunities are seen.

use cartera_domain::ids::TypedId;
use cartera_domain::permission::Reach;
use uuid::Uuid;

use super::{Composer, Sql};
use crate::reports::calendar::Grain;
use crate::reports::grouping::Grouping;
use crate::reports::plan::Standpoint;
use crate::reports::teams::TeamSpan;

impl Composer<'_> {
    pub(super) fn with_teams(&self, sql: &mut Sql<'static>) {
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
    pub(super) fn with_seen(&self, sql: &mut Sql<'static>) {
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

    pub(super) fn with_days(&self, sql: &mut Sql<'static>) {
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
}

/// A list of ids as PostgreSQL writes it; `unnest` would flatten a list of lists.
fn literal(path: &[Uuid]) -> String {
    let ids: Vec<String> = path.iter().map(Uuid::to_string).collect();
    format!("{{{}}}", ids.join(","))
}
