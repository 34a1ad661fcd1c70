//! What a report answers, in GraphQL.

use async_graphql::{Context, Object, SimpleObject};
use cartera_projections::reports::answer;
use cartera_projections::reports::calendar::Period;
use cartera_projections::reports::grouping::{GroupValue, Grouping};
use cartera_projections::reports::kpis::{Metric, Unit};
use uuid::Uuid;

use crate::error::ApiError;
use crate::node::Node;
use crate::scalars::{AnyGlobalId, Date, Decimal, Position};

/// What a report answers.
#[derive(SimpleObject)]
pub struct Report {
    /// The figures, as asked for.
    columns: Vec<ReportColumn>,
    /// The groupings, as asked for.
    group_by: Vec<Grouping>,
    /// A row per group, sorted by its values, missing ones last; every stretch of an asked period for each of the others.
    rows: Vec<ReportRow>,
    /// The figures over all groups: what lies in several groups counts once.
    totals: Vec<ReportCell>,
    /// With which days each earlier year is compared, the last year first.
    compared: Vec<ReportPeriod>,
    /// Currency of the amounts (ISO 4217).
    currency: Option<String>,
    /// The last day of which all is known: that of `asOf`, or today. What goes on beyond it is in progress.
    judged_at: Date,
    /// How far into the journal the figures go, in the same snapshot.
    as_of_position: Position,
}

/// A column of a report.
#[derive(SimpleObject)]
pub struct ReportColumn {
    /// The figure.
    metric: Metric,
    /// In what it is counted.
    unit: Unit,
}

/// Days from the first to the last, both included.
#[derive(SimpleObject)]
pub struct ReportPeriod {
    /// First day.
    #[graphql(name = "from")]
    first: Date,
    /// Last day.
    #[graphql(name = "to")]
    last: Date,
}

/// The figures of one group.
#[derive(SimpleObject)]
pub struct ReportRow {
    /// The group: a value for each grouping.
    group: Vec<ReportGroup>,
    /// A cell for each column.
    cells: Vec<ReportCell>,
}

/// A figure and its like in earlier years.
#[derive(SimpleObject)]
pub struct ReportCell {
    /// The figure, rounded half away from zero to two places; none where there is nothing to divide by.
    value: Option<Decimal>,
    /// The figure in each compared year, the last year first.
    compared: Vec<ComparedCell>,
}

/// A figure of an earlier year and how it changed since.
#[derive(SimpleObject)]
pub struct ComparedCell {
    /// The figure then.
    value: Option<Decimal>,
    /// The figure now − the figure then.
    change: Option<Decimal>,
    /// (Now − then) ÷ then × 100; none where the figure then was 0.
    change_percent: Option<Decimal>,
}

/// The value of a grouping: a day, a thing or a text; none of them where it is missing.
pub struct ReportGroup {
    grouping: Grouping,
    value: GroupValue,
}

#[Object]
impl ReportGroup {
    /// The grouping.
    async fn grouping(&self) -> Grouping {
        self.grouping
    }

    /// First day of the stretch of time.
    async fn day(&self) -> Option<Date> {
        match self.value {
            GroupValue::Day(day) => Some(Date(day)),
            GroupValue::Id(_) | GroupValue::Text(_) | GroupValue::Missing => None,
        }
    }

    /// The office, family or sector, as written.
    async fn text(&self) -> Option<&str> {
        match &self.value {
            GroupValue::Text(text) => Some(text),
            GroupValue::Day(_) | GroupValue::Id(_) | GroupValue::Missing => None,
        }
    }

    /// Global id of the user, team, channel, product, stage, client or pipeline.
    async fn id(&self) -> Option<async_graphql::ID> {
        let (kind, id) = self.thing()?;
        Some(AnyGlobalId::render(kind, id).into())
    }

    /// The user, team, channel, product, stage, client or pipeline, if the caller sees it today.
    async fn node(&self, context: &Context<'_>) -> Result<Option<Node>, ApiError> {
        match self.thing() {
            Some((kind, id)) => Node::find(context, kind, id).await,
            None => Ok(None),
        }
    }
}

impl ReportGroup {
    fn thing(&self) -> Option<(&'static str, Uuid)> {
        let GroupValue::Id(id) = self.value else {
            return None;
        };
        let kind = match self.grouping {
            Grouping::Owner | Grouping::Manager => "User",
            Grouping::Team => "Team",
            Grouping::Channel => "Channel",
            Grouping::Product => "Product",
            Grouping::Stage => "Stage",
            Grouping::Client => "Client",
            Grouping::Pipeline => "Pipeline",
            Grouping::Day
            | Grouping::Month
            | Grouping::Quarter
            | Grouping::FiscalYear
            | Grouping::Office
            | Grouping::ProductFamily
            | Grouping::Sector => return None,
        };
        Some((kind, id))
    }
}

impl From<answer::Report> for Report {
    fn from(report: answer::Report) -> Self {
        let answer::Report {
            columns,
            group_by,
            rows,
            totals,
            compared,
            currency,
            judged_at,
            as_of_position,
        } = report;
        let column = |column: answer::Column| ReportColumn {
            metric: column.metric,
            unit: column.unit,
        };
        Self {
            columns: columns.into_iter().map(column).collect(),
            rows: rows
                .into_iter()
                .map(|row| ReportRow::of(row, &group_by))
                .collect(),
            group_by,
            totals: totals.into_iter().map(ReportCell::from).collect(),
            compared: compared.into_iter().map(Into::into).collect(),
            currency,
            judged_at: Date(judged_at),
            as_of_position: Position(as_of_position),
        }
    }
}

impl ReportRow {
    fn of(row: answer::ReportRow, group_by: &[Grouping]) -> Self {
        let values = group_by.iter().zip(row.group);
        Self {
            group: values
                .map(|(grouping, value)| ReportGroup {
                    grouping: *grouping,
                    value,
                })
                .collect(),
            cells: row.cells.into_iter().map(ReportCell::from).collect(),
        }
    }
}

impl From<Period> for ReportPeriod {
    fn from(period: Period) -> Self {
        Self {
            first: Date(period.from),
            last: Date(period.to),
        }
    }
}

impl From<answer::Cell> for ReportCell {
    fn from(cell: answer::Cell) -> Self {
        let compared = |then: answer::Compared| ComparedCell {
            value: then.value.map(Decimal),
            change: then.change.map(Decimal),
            change_percent: then.change_percent.map(Decimal),
        };
        Self {
            value: cell.value.map(Decimal),
            compared: cell.compared.into_iter().map(compared).collect(),
        }
    }
}
