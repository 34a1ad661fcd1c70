//! What a report needs from the database: which facts, over which days or at which moments.

use std::collections::{BTreeMap, BTreeSet};

use cartera_domain::permission::Reach;
use cartera_domain::values::FiscalStart;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::calendar::{Grain, Period};
use super::grouping::Grouping;
use super::measures::{Family, Measure};
use super::request::{AsOf, Filter, ReportRequest};
use super::sales_facts::moment::end_of;

/// The company's calendar, by which periods and zones are understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CompanyCalendar {
    /// The month in which the fiscal year begins.
    pub(super) start: FiscalStart,
    /// The zone in which its days begin.
    pub(super) zone: Tz,
    /// ISO 4217; not set up yet.
    pub(super) currency: Option<String>,
}

impl Default for CompanyCalendar {
    fn default() -> Self {
        Self {
            start: FiscalStart::JANUARY,
            zone: Tz::UTC,
            currency: None,
        }
    }
}

/// Days that are counted, and how many years before the period asked for they lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) years: u8,
    pub(super) days: Period,
}

/// A moment at which opportunities are counted as they stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standpoint {
    /// How many years before the period asked for it lies.
    pub(super) years: u8,
    /// First day of the stretch of time whose end it is.
    pub(super) label: Option<NaiveDate>,
    /// When; `None` for now, as everything is known.
    pub(super) at: Option<(NaiveDate, DateTime<Utc>)>,
}

/// Where facts are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Source {
    /// The facts themselves.
    Facts(Family),
    /// Sums per owner and day.
    OwnerDays,
    /// Sums per day.
    Days,
    /// How many took how many whole days, per day.
    CycleDays,
}

/// Everything that the statements of one report have in common.
#[derive(Debug, Clone)]
pub(super) struct Plan<'a> {
    pub(super) request: &'a ReportRequest,
    pub(super) calendar: &'a CompanyCalendar,
    /// The last day of which all is known.
    pub(super) cutoff: NaiveDate,
    /// Without a period, none: all days count.
    pub(super) ranges: Vec<Range>,
    /// Grouping by the shortest stretch of time.
    pub(super) time: Option<Grouping>,
    /// Whether all that was closed took whole days.
    pub(super) days: DayCounts,
}

/// Whether what was closed took whole days, as between dates, or parts of them, as between instants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayCounts {
    Whole,
    InParts,
}

impl<'a> Plan<'a> {
    pub(super) fn of(request: &'a ReportRequest, calendar: &'a CompanyCalendar) -> Self {
        let cutoff = match request.as_of {
            None => request.today,
            Some(AsOf::Day(day)) => day,
            Some(AsOf::Instant(at)) => at.with_timezone(&calendar.zone).date_naive(),
        };
        let ranges = request.period.map_or(vec![], |period| {
            let compared = (1..=request.compared_years).map(|years| Range {
                years,
                days: period.before(years, request.basis, cutoff),
            });
            let asked = Range {
                years: 0,
                days: period,
            };
            std::iter::once(asked).chain(compared).collect()
        });
        Self {
            request,
            calendar,
            cutoff,
            ranges,
            time: request.time_grouping(),
            days: DayCounts::Whole,
        }
    }

    /// First days of the stretches of time that the answer shows; none without a period.
    pub(super) fn stretches(&self) -> Vec<NaiveDate> {
        let grain = self.time.and_then(Grouping::grain);
        let listed = self.request.period.zip(grain).map(|(period, grain)| {
            grain
                .stretches(period, self.calendar.start)
                .take(super::request::MAX_CELLS + 1)
                .collect()
        });
        listed.unwrap_or_default()
    }

    /// The same plan where some took parts of days: medians are those of the facts.
    pub(super) fn in_parts_of_days(self) -> Self {
        Self {
            days: DayCounts::InParts,
            ..self
        }
    }

    /// What is read from where.
    pub(super) fn parts(&self, reach: Reach) -> BTreeMap<Source, BTreeSet<Measure>> {
        let mut parts: BTreeMap<Source, BTreeSet<Measure>> = BTreeMap::new();
        for metric in &self.request.metrics {
            for measure in metric.measures() {
                let source = self.source(measure, reach);
                parts.entry(source).or_default().insert(measure);
            }
        }
        parts
    }

    /// Sums and counts per day answer what is asked of all that is known of a period, told apart by no more than owners and their teams.
    fn source(&self, measure: Measure, reach: Reach) -> Source {
        let family = measure.family();
        let request = self.request;
        let is_summed = matches!(family, Family::Openings | Family::Closings)
            && request.period.is_some()
            && request.as_of.is_none()
            && request.known_at.is_none();
        let asked = request.filters.iter().map(Filter::grouping);
        let asked: Vec<Grouping> = asked.chain(request.group_by.iter().copied()).collect();
        let is_of_owner = |grouping: &Grouping| {
            matches!(
                grouping,
                Grouping::Owner | Grouping::Team | Grouping::Manager | Grouping::Office
            )
        };
        if is_summed && reach == Reach::Company && asked.iter().all(|g| g.grain().is_some()) {
            match (measure.is_additive(), self.days) {
                (true, _) => Source::Days,
                (false, DayCounts::Whole) => Source::CycleDays,
                (false, DayCounts::InParts) => Source::Facts(family),
            }
        } else if is_summed
            && measure.is_additive()
            && asked.iter().all(|g| g.grain().is_some() || is_of_owner(g))
        {
            Source::OwnerDays
        } else {
            Source::Facts(family)
        }
    }

    /// The moments at which opportunities are counted as they stood: the ends of the stretches shown, or of the period.
    pub(super) fn standpoints(&self, shown: Option<Grain>) -> Vec<Standpoint> {
        if self.request.period.is_none() {
            return vec![Standpoint {
                years: 0,
                label: None,
                at: self.as_of(),
            }];
        }
        let Some(grain) = shown else {
            return self.at_ends(None);
        };
        self.stretches()
            .into_iter()
            .flat_map(|first| self.at_ends(Some((first, grain))))
            .collect()
    }

    /// The end of the period, or of one of its stretches, in each year; what has not begun has none.
    fn at_ends(&self, stretch: Option<(NaiveDate, Grain)>) -> Vec<Standpoint> {
        let mut ends = vec![];
        for range in &self.ranges {
            let (label, days) = match stretch {
                None => (None, range.days),
                Some((first, grain)) => {
                    let back = -i32::from(range.years);
                    let then = cartera_domain::values::shift_years(first, back);
                    (Some(first), range.days.within(then, grain.last_day(then)))
                }
            };
            let is_ahead = range.years == 0 && days.from > self.cutoff;
            if days.from <= days.to && !is_ahead {
                ends.push(Standpoint {
                    years: range.years,
                    label,
                    at: self.end(range.years, days.to),
                });
            }
        }
        ends
    }

    fn end(&self, years: u8, last: NaiveDate) -> Option<(NaiveDate, DateTime<Utc>)> {
        if years == 0 && last >= self.cutoff {
            return self.as_of();
        }
        Some((last, end_of(last, self.calendar.zone)))
    }

    /// The moment asked for; `None` for now.
    pub(super) fn as_of(&self) -> Option<(NaiveDate, DateTime<Utc>)> {
        self.request.as_of.map(|as_of| match as_of {
            AsOf::Day(day) => (day, end_of(day, self.calendar.zone)),
            AsOf::Instant(at) => (self.cutoff, at),
        })
    }

    /// Whether moments are instants instead of the ends of days.
    pub(super) fn is_by_instant(&self) -> bool {
        matches!(self.request.as_of, Some(AsOf::Instant(_)))
    }
}
