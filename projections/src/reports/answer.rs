//! What a report answers.

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use super::calendar::Period;
use super::grouping::{GroupValue, Grouping};
use super::kpis::{Metric, Unit};

/// What a report answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The figures, as asked for.
    pub columns: Vec<Column>,
    /// The groupings, as asked for.
    pub group_by: Vec<Grouping>,
    /// A row per group, sorted by its values, missing ones last; every stretch of an asked period for each of the others.
    pub rows: Vec<ReportRow>,
    /// The figures over all groups: what lies in several groups counts once.
    pub totals: Vec<Cell>,
    /// With which days each earlier year is compared, the last year first.
    pub compared: Vec<Period>,
    /// Currency of the amounts, ISO 4217; `None` before the company is set up.
    pub currency: Option<String>,
    /// The last day of which all is known: that of `as_of`, or today. What goes on beyond it is in progress.
    pub judged_at: NaiveDate,
    /// How far the read models had come, read in the same snapshot as the figures.
    pub as_of_position: i64,
}

/// A column of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The figure.
    pub metric: Metric,
    /// In what it is counted.
    pub unit: Unit,
}

/// The figures of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportRow {
    /// The group: a value for each grouping.
    pub group: Vec<GroupValue>,
    /// A cell for each column.
    pub cells: Vec<Cell>,
}

/// A figure and its like in earlier years.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The figure, rounded half away from zero to two places; `None` where there is nothing to divide by.
    pub value: Option<Decimal>,
    /// The figure in each compared year, the last year first.
    pub compared: Vec<Compared>,
}

/// A figure of an earlier year and how it changed since.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The figure then.
    pub value: Option<Decimal>,
    /// The figure now − the figure then; `None` where either is.
    pub change: Option<Decimal>,
    /// (Now − then) ÷ then × 100; `None` where either is, or the figure then was 0.
    pub change_percent: Option<Decimal>,
}

impl Cell {
    /// A cell of exact figures: the one asked for, and those of earlier years.
    pub fn of(now: Option<Decimal>, then: &[Option<Decimal>]) -> Self {
        Self {
            value: now.map(rounded),
            compared: then.iter().map(|then| Compared::of(now, *then)).collect(),
        }
    }
}

impl Compared {
    fn of(now: Option<Decimal>, then: Option<Decimal>) -> Self {
        let change = now.zip(then).and_then(|(now, then)| now.checked_sub(then));
        let ratio = change
            .zip(then)
            .and_then(|(change, then)| change.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(then));
        Self {
            value: then.map(rounded),
            change: change.map(rounded),
            change_percent: ratio.map(rounded),
        }
    }
}

/// Two places, half away from zero (DEFINITIONS 19).
fn rounded(exact: Decimal) -> Decimal {
    let mut rounded = exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(text: &str) -> Option<Decimal> {
        text.parse().ok()
    }

    #[test]
    fn a_change_is_rounded_once_half_away_from_zero() {
        let cell = Cell::of(exact("9185449.45"), &[exact("2952867.55")]);
        assert_eq!(cell.compared[0].change_percent, exact("211.07"));
        assert_eq!(cell.compared[0].change, exact("6232581.90"));
        assert_eq!(rounded("-0.005".parse().unwrap()), "-0.01".parse().unwrap());
        assert_eq!(rounded("2.345".parse().unwrap()).to_string(), "2.35");
        assert_eq!(rounded("7".parse().unwrap()).to_string(), "7.00");
    }

    #[test]
    fn nothing_is_compared_with_nothing_and_nothing_divided_by_zero() {
        let cell = Cell::of(exact("5"), &[exact("0"), None]);
        assert_eq!(cell.compared[0].change, exact("5.00"));
        assert_eq!(cell.compared[0].change_percent, None);
        assert_eq!(cell.compared[1].change, None);
        let empty = Cell::of(None, &[exact("1")]);
        assert_eq!(empty.value, None);
        assert_eq!(empty.compared[0].value, exact("1.00"));
        assert_eq!(empty.compared[0].change_percent, None);
    }
}
