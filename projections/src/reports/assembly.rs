//! From what was counted to the cells of a report: groups are put together, gaps are filled, figures are computed and rounded.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use super::answer::{Cell, Column, Report, ReportRow};
use super::grouping::{GroupValue, Grouping, ValueKind};
use super::kpis::{Formula, Metric};
use super::measures::Measure;
use super::plan::Plan;
use super::request::{MAX_CELLS, ReportRefusal};

/// What was counted of one group, in each year by how many years before the period asked for it lies.
type Counted = BTreeMap<i32, BTreeMap<Measure, Decimal>>;

/// What was counted, by group.
#[derive(Debug, Default)]
pub(super) struct Counts {
    groups: BTreeMap<Vec<GroupValue>, Counted>,
    total: Counted,
}

impl Counts {
    /// Takes in rows of a statement: `years`, three keys, and the measures in their order.
    pub(super) fn add_groups(
        &mut self,
        rows: &[PgRow],
        group_by: &[Grouping],
        measures: &[Measure],
    ) -> Result<(), sqlx::Error> {
        for row in rows {
            let group = self.groups.entry(group(row, group_by)?).or_default();
            add(group, row, measures)?;
        }
        Ok(())
    }

    /// Takes in the rows of a statement without groups.
    pub(super) fn add_total(
        &mut self,
        rows: &[PgRow],
        measures: &[Measure],
    ) -> Result<(), sqlx::Error> {
        rows.iter()
            .try_for_each(|row| add(&mut self.total, row, measures))
    }

    /// Adds the groups up, for measures of groups that share no fact.
    pub(super) fn sum_up(&mut self, measures: &[Measure]) {
        let counted = self.groups.values().flatten();
        for (years, counted) in counted {
            let total = self.total.entry(*years).or_default();
            for measure in measures {
                let value = counted.get(measure).copied().unwrap_or_default();
                let sum = total.entry(*measure).or_default();
                *sum = sum.saturating_add(value);
            }
        }
    }

    /// The cells, with every stretch of time of the period in each of the other groups.
    pub(super) fn into_report(
        mut self,
        plan: &Plan<'_>,
        as_of_position: i64,
    ) -> Result<Report, ReportRefusal> {
        let request = plan.request;
        self.fill(plan)?;
        refuse_too_many(plan, self.groups.len())?;
        let years = request.compared_years;
        let rows = self.groups.into_iter().map(|(group, counted)| ReportRow {
            group,
            cells: cells(&request.metrics, &counted, years),
        });
        let compared = plan.ranges.iter().filter(|range| range.years > 0);
        let columns = request.metrics.iter().map(|metric| Column {
            metric: *metric,
            unit: metric.unit(),
        });
        Ok(Report {
            columns: columns.collect(),
            group_by: request.group_by.clone(),
            rows: rows.collect(),
            totals: cells(&request.metrics, &self.total, years),
            compared: compared.map(|range| range.days).collect(),
            currency: plan.calendar.currency.clone(),
            judged_at: plan.cutoff,
            as_of_position,
        })
    }

    fn fill(&mut self, plan: &Plan<'_>) -> Result<(), ReportRefusal> {
        let group_by = &plan.request.group_by;
        if group_by.is_empty() {
            self.groups.entry(vec![]).or_default();
            return Ok(());
        }
        let stretches = plan.stretches();
        let without_time = |group: &Vec<GroupValue>| -> Vec<GroupValue> {
            let others = group_by.iter().zip(group);
            others
                .filter(|(grouping, _)| grouping.grain().is_none())
                .map(|(_, value)| value.clone())
                .collect()
        };
        let mut others: BTreeSet<Vec<GroupValue>> = self.groups.keys().map(without_time).collect();
        if group_by.iter().all(|grouping| grouping.grain().is_some()) {
            others.insert(vec![]);
        }
        refuse_too_many(plan, others.len().saturating_mul(stretches.len()))?;
        for first in stretches {
            for other in &others {
                let mut values = other.iter();
                let filled = group_by.iter().map(|grouping| match grouping.grain() {
                    Some(grain) => GroupValue::Day(grain.first_day(first, plan.calendar.start)),
                    None => values.next().cloned().unwrap_or(GroupValue::Missing),
                });
                self.groups.entry(filled.collect()).or_default();
            }
        }
        Ok(())
    }
}

/// Refuses a report of so many rows, the total not counted.
pub(super) fn refuse_too_many(plan: &Plan<'_>, rows: usize) -> Result<(), ReportRefusal> {
    let years = usize::from(plan.request.compared_years) + 1;
    let of_row = plan.request.metrics.len().saturating_mul(years);
    let cells = rows.saturating_add(1).saturating_mul(of_row);
    if cells > MAX_CELLS {
        Err(ReportRefusal::TooManyCells { cells })
    } else {
        Ok(())
    }
}

fn group(row: &PgRow, group_by: &[Grouping]) -> Result<Vec<GroupValue>, sqlx::Error> {
    let keys = group_by.iter().zip(["g1", "g2", "g3"]);
    keys.map(|(grouping, key)| {
        let text: Option<String> = row.try_get(key)?;
        let Some(text) = text else {
            return Ok(GroupValue::Missing);
        };
        let unreadable =
            |source: Box<dyn std::error::Error + Send + Sync>| sqlx::Error::ColumnDecode {
                index: key.to_owned(),
                source,
            };
        match grouping.value_kind() {
            ValueKind::Day => text
                .parse()
                .map(GroupValue::Day)
                .map_err(|error| unreadable(Box::new(error))),
            ValueKind::Id => text
                .parse()
                .map(GroupValue::Id)
                .map_err(|error| unreadable(Box::new(error))),
            ValueKind::Text => Ok(GroupValue::Text(text)),
        }
    })
    .collect()
}

fn add(counted: &mut Counted, row: &PgRow, measures: &[Measure]) -> Result<(), sqlx::Error> {
    let years: i32 = row.try_get("years")?;
    let counted = counted.entry(years).or_default();
    for (index, measure) in measures.iter().enumerate() {
        let value: Option<Decimal> = row.try_get(index + 4)?;
        if let Some(value) = value {
            counted.insert(*measure, value);
        }
    }
    Ok(())
}

fn cells(metrics: &[Metric], counted: &Counted, years: u8) -> Vec<Cell> {
    let nothing = BTreeMap::new();
    let of_year = |years: i32| counted.get(&years).unwrap_or(&nothing);
    let cell = |metric: &Metric| {
        let then: Vec<Option<Decimal>> = (1..=i32::from(years))
            .map(|years| figure(*metric, of_year(years)))
            .collect();
        Cell::of(figure(*metric, of_year(0)), &then)
    };
    metrics.iter().map(cell).collect()
}

fn figure(metric: Metric, counted: &BTreeMap<Measure, Decimal>) -> Option<Decimal> {
    let of = |measure: Measure| counted.get(&measure).copied();
    let sum = |measure: Measure| of(measure).unwrap_or_default();
    match metric.formula() {
        Formula::Sum(measure) => Some(sum(measure)),
        Formula::Median(measure) => of(measure),
        Formula::Mean(part, whole) => sum(part).checked_div(sum(whole)),
        Formula::Percent(part, whole) => sum(part)
            .checked_mul(Decimal::ONE_HUNDRED)
            .and_then(|part| part.checked_div(sum(whole))),
    }
}
