//! The one report query.

use std::collections::BTreeSet;

use cartera_domain::permission::Reach;
use cartera_domain::values::FiscalStart;
use cartera_domain::{Permission, Viewer};
use chrono::NaiveDate;
use chrono_tz::Tz;
use sqlx::PgConnection;
use sqlx::postgres::PgRow;

use crate::projector::Projector as _;
use crate::read_pool::{ReadPool, swapped_meanwhile};

use super::answer::Report;
use super::assembly::{Counts, refuse_too_many};
use super::composition::Composer;
use super::grouping::Grouping;
use super::measures::{Family, Measure};
use super::plan::{CompanyCalendar, Plan, Source};
use super::request::{Filter, MAX_CELLS, ReportError, ReportRefusal, ReportRequest};
use super::sales_facts::SalesFacts;
use super::teams::{self, TeamSpan};

/// Answers a report: the figures that the viewer may see, all read in one snapshot.
///
/// # Errors
/// [`ReportError::Refused`] says what to ask otherwise; [`ReportError::Database`] when the read models cannot be read.
pub async fn report(
    pool: &ReadPool,
    viewer: &Viewer,
    request: &ReportRequest,
) -> Result<Report, ReportError> {
    if !viewer.may(Permission::ReadReports) {
        return Err(ReportRefusal::Forbidden.into());
    }
    request.check()?;
    match read(pool, viewer, request).await {
        Err(ReportError::Database(error)) if swapped_meanwhile(&error) => {
            read(pool, viewer, request).await
        }
        answer => answer,
    }
}

async fn read(
    pool: &ReadPool,
    viewer: &Viewer,
    request: &ReportRequest,
) -> Result<Report, ReportError> {
    let mut snapshot = pool
        .pool()
        .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    let (calendar, position) = calendar(&mut snapshot).await?;
    if request
        .known_at
        .is_some_and(|known_at| known_at < 0 || known_at > position)
    {
        return Err(ReportRefusal::KnownAt.into());
    }
    let plan = Plan::of(request, &calendar);
    let plan = if some_took_parts_of_days(&mut snapshot, &plan).await? {
        plan.in_parts_of_days()
    } else {
        plan
    };
    refuse_too_many(&plan, plan.stretches().len())?;
    let teams = if needs_teams(viewer, request) {
        teams::load(&mut snapshot, request.known_at).await?
    } else {
        vec![]
    };
    let mut counts = Counts::default();
    for (source, measures) in plan.parts(viewer.reach()) {
        let reading = Reading {
            plan: &plan,
            viewer,
            teams: &teams,
            source,
            measures: &measures.into_iter().collect::<Vec<_>>(),
        };
        reading.count(&mut snapshot, &mut counts).await?;
    }
    snapshot.commit().await?;
    Ok(counts.into_report(&plan, position)?)
}

/// The company's calendar and how far the facts had come.
async fn calendar(connection: &mut PgConnection) -> Result<(CompanyCalendar, i64), sqlx::Error> {
    let row = sqlx::query!(
        r#"SELECT f.position, c.fiscal_start AS "fiscal_start?", c.time_zone AS "time_zone?", c.currency AS "currency?"
           FROM followers AS f LEFT JOIN report_calendar AS c ON true
           WHERE f.name = $1 AND f.live"#,
        SalesFacts::NAME
    )
    .fetch_optional(connection)
    .await?;
    let calendar = row.as_ref().map(|row| CompanyCalendar {
        start: row
            .fiscal_start
            .and_then(|month| FiscalStart::try_new(u8::try_from(month).ok()?).ok())
            .unwrap_or_default(),
        zone: row
            .time_zone
            .as_ref()
            .and_then(|zone| zone.parse().ok())
            .unwrap_or(Tz::UTC),
        currency: row.currency.clone(),
    });
    let position = row.map_or(0, |row| row.position);
    Ok((calendar.unwrap_or_default(), position))
}

/// Whether medians cannot be read from the counts of whole days.
async fn some_took_parts_of_days(
    connection: &mut PgConnection,
    plan: &Plan<'_>,
) -> Result<bool, sqlx::Error> {
    let asked = plan.request.metrics.iter();
    if asked.clone().all(|metric| {
        metric
            .measures()
            .iter()
            .all(|measure| measure.is_additive())
    }) {
        return Ok(false);
    }
    let first: Vec<NaiveDate> = plan.ranges.iter().map(|range| range.days.from).collect();
    let last: Vec<NaiveDate> = plan.ranges.iter().map(|range| range.days.to).collect();
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT FROM unnest($1::date[], $2::date[]) AS r (first_day, last_day)
               JOIN sales_by_day AS d ON d.day BETWEEN r.first_day AND r.last_day
               WHERE d.closed_in_parts > 0
           ) AS "some!""#,
        &first,
        &last
    )
    .fetch_one(connection)
    .await
}

fn needs_teams(viewer: &Viewer, request: &ReportRequest) -> bool {
    let asked = request.filters.iter().map(Filter::grouping);
    viewer.reach() == Reach::Team
        || asked
            .chain(request.group_by.iter().copied())
            .any(|grouping| {
                matches!(
                    grouping,
                    Grouping::Team | Grouping::Manager | Grouping::Office
                )
            })
}

/// The measures of one source, to be counted.
struct Reading<'a> {
    plan: &'a Plan<'a>,
    viewer: &'a Viewer,
    teams: &'a [TeamSpan],
    source: Source,
    measures: &'a [Measure],
}

impl Reading<'_> {
    async fn count(
        &self,
        connection: &mut PgConnection,
        counts: &mut Counts,
    ) -> Result<(), ReportError> {
        let group_by = &self.plan.request.group_by;
        let rows = self.rows(connection, group_by).await?;
        counts.add_groups(&rows, group_by, self.measures)?;
        if self.adds_up() {
            counts.sum_up(self.measures);
        } else {
            let rows = self.rows(connection, &[]).await?;
            counts.add_total(&rows, self.measures)?;
        }
        Ok(())
    }

    async fn rows(
        &self,
        connection: &mut PgConnection,
        group_by: &[Grouping],
    ) -> Result<Vec<PgRow>, ReportError> {
        let limit = MAX_CELLS + 1;
        let composer = Composer {
            plan: self.plan,
            viewer: self.viewer,
            teams: self.teams,
            source: self.source,
            measures: self.measures,
            group_by,
            limit: i64::try_from(limit).unwrap_or(i64::MAX),
        };
        let rows = composer.compose().build().fetch_all(connection).await?;
        if rows.len() >= limit {
            return Err(ReportRefusal::TooManyCells { cells: rows.len() }.into());
        }
        Ok(rows)
    }

    /// Whether the groups share no fact, so that their sums are the total.
    fn adds_up(&self) -> bool {
        let group_by: BTreeSet<Grouping> = self.plan.request.group_by.iter().copied().collect();
        let by_time = group_by.iter().any(|grouping| grouping.grain().is_some());
        let repeats_in_time = match self.source {
            Source::Facts(family) => family.is_standing() || self.plan.request.cumulative,
            Source::OwnerDays | Source::Days | Source::CycleDays => self.plan.request.cumulative,
        };
        self.measures.iter().all(|measure| measure.is_additive())
            && !group_by.iter().any(|grouping| grouping.overlaps())
            && self.source != Source::Facts(Family::Entries)
            && !(by_time && repeats_in_time)
    }
}
