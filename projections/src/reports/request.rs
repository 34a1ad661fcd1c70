//! What is asked of a report, and why it may be refused.

use cartera_domain::Rejection;
use cartera_domain::ids::{ChannelId, ClientId, PipelineId, ProductId, StageId, TeamId, UserId};
use chrono::{DateTime, Datelike, NaiveDate, Utc};

use super::calendar::{Basis, Period};
use super::grouping::Grouping;
use super::kpis::Metric;

/// Most figures of one report.
pub const MAX_METRICS: usize = 12;
/// Most groupings of one report.
pub const MAX_GROUPINGS: usize = 3;
/// Most earlier fiscal years that a report compares with.
pub const MAX_COMPARED_YEARS: u8 = 5;
/// Most cells of one report: rows, the total included, × figures × years.
pub const MAX_CELLS: usize = 5_000;
/// Most values of one filter.
pub const MAX_FILTER_VALUES: usize = 500;

/// What is asked of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportRequest {
    /// The figures, 1 to [`MAX_METRICS`], each once; columns in this order.
    pub metrics: Vec<Metric>,
    /// By what they are told apart, at most [`MAX_GROUPINGS`], each once; rows are sorted in this order.
    pub group_by: Vec<Grouping>,
    /// The days that count; without a period all do, those that nobody knows included.
    pub period: Option<Period>,
    /// With how many earlier fiscal years the figures are compared, at most [`MAX_COMPARED_YEARS`].
    pub compared_years: u8,
    /// How a period in progress is compared.
    pub basis: Basis,
    /// Whether each stretch of time also counts those before it in its fiscal year, from the beginning of the period.
    pub cumulative: bool,
    /// What had happened by then; without it, all that is known, and `today` judges what is in progress.
    pub as_of: Option<AsOf>,
    /// What was known then: a position of the journal; without it, all that the read models have taken in.
    pub known_at: Option<i64>,
    /// Which facts count, all conditions together.
    pub filters: Vec<Filter>,
    /// The day it is, in the company's zone.
    pub today: NaiveDate,
}

/// A moment of business time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AsOf {
    /// The end of a day in the company's zone.
    Day(NaiveDate),
    /// An instant.
    Instant(DateTime<Utc>),
}

/// A condition on facts: one of these values. `None` is the missing value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// See [`Grouping::Owner`].
    Owner(Vec<Option<UserId>>),
    /// See [`Grouping::Team`]; a team stands for those below it as well.
    Team(Vec<Option<TeamId>>),
    /// See [`Grouping::Manager`].
    Manager(Vec<Option<UserId>>),
    /// See [`Grouping::Office`].
    Office(Vec<Option<String>>),
    /// See [`Grouping::Channel`].
    Channel(Vec<Option<ChannelId>>),
    /// See [`Grouping::Product`].
    Product(Vec<Option<ProductId>>),
    /// See [`Grouping::ProductFamily`].
    ProductFamily(Vec<Option<String>>),
    /// See [`Grouping::Sector`].
    Sector(Vec<Option<String>>),
    /// See [`Grouping::Stage`].
    Stage(Vec<Option<StageId>>),
    /// See [`Grouping::Client`].
    Client(Vec<Option<ClientId>>),
    /// See [`Grouping::Pipeline`].
    Pipeline(Vec<Option<PipelineId>>),
}

/// Why a report is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReportRefusal {
    /// The user may not see figures.
    #[error("reports need the permission read_reports")]
    Forbidden,
    /// No figure, or too many.
    #[error("a report shows 1 to {MAX_METRICS} metrics")]
    MetricCount,
    /// Too many groupings.
    #[error("a report has at most {MAX_GROUPINGS} groupings")]
    GroupingCount,
    /// A figure or grouping is named twice.
    #[error("a metric or grouping is named twice")]
    Repeated,
    /// Facts of this figure have no such value.
    #[error("{} cannot be told apart by {}", <&str>::from(.metric), <&str>::from(.grouping))]
    NotApplicable {
        /// The figure.
        metric: Metric,
        /// The grouping or filter.
        grouping: Grouping,
    },
    /// The period ends before it begins, or lies outside the years 6 to 9999.
    #[error("the period ends before it begins, or lies outside the years 6 to 9999")]
    Period,
    /// There is nothing to compare, or too much.
    #[error("a comparison needs a period and goes back at most {MAX_COMPARED_YEARS} years")]
    Comparison,
    /// Nothing to accumulate over.
    #[error("a cumulative report needs a period and a grouping by time")]
    Cumulative,
    /// Too many values of one filter, or none.
    #[error("a filter has 1 to {MAX_FILTER_VALUES} values")]
    Filter,
    /// That position does not exist yet, or never did.
    #[error("the position to report at is not there yet")]
    KnownAt,
    /// More cells than a person could read.
    #[error("the report would have {cells} cells or more, at most {MAX_CELLS} are allowed")]
    TooManyCells {
        /// How many there would be at least.
        cells: usize,
    },
}

impl Rejection for ReportRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Forbidden => "FORBIDDEN",
            Self::MetricCount => "REPORT_METRIC_COUNT",
            Self::GroupingCount => "REPORT_GROUPING_COUNT",
            Self::Repeated => "REPORT_NAMED_TWICE",
            Self::NotApplicable { .. } => "REPORT_GROUPING_NOT_APPLICABLE",
            Self::Period => "REPORT_PERIOD_INVALID",
            Self::Comparison => "REPORT_COMPARISON_INVALID",
            Self::Cumulative => "REPORT_CUMULATIVE_INVALID",
            Self::Filter => "REPORT_FILTER_INVALID",
            Self::KnownAt => "REPORT_POSITION_UNKNOWN",
            Self::TooManyCells { .. } => "REPORT_TOO_MANY_CELLS",
        }
    }
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// It may not be made.
    #[error(transparent)]
    Refused(#[from] ReportRefusal),
    /// The read models could not be read.
    #[error("the read models could not be read: {0}")]
    Database(#[from] sqlx::Error),
}

impl Filter {
    /// The grouping whose values it names.
    pub fn grouping(&self) -> Grouping {
        match self {
            Self::Owner(_) => Grouping::Owner,
            Self::Team(_) => Grouping::Team,
            Self::Manager(_) => Grouping::Manager,
            Self::Office(_) => Grouping::Office,
            Self::Channel(_) => Grouping::Channel,
            Self::Product(_) => Grouping::Product,
            Self::ProductFamily(_) => Grouping::ProductFamily,
            Self::Sector(_) => Grouping::Sector,
            Self::Stage(_) => Grouping::Stage,
            Self::Client(_) => Grouping::Client,
            Self::Pipeline(_) => Grouping::Pipeline,
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Owner(values) | Self::Manager(values) => values.len(),
            Self::Team(values) => values.len(),
            Self::Office(values) | Self::ProductFamily(values) | Self::Sector(values) => {
                values.len()
            }
            Self::Channel(values) => values.len(),
            Self::Product(values) => values.len(),
            Self::Stage(values) => values.len(),
            Self::Client(values) => values.len(),
            Self::Pipeline(values) => values.len(),
        }
    }
}

impl ReportRequest {
    /// A report of these figures over all that is known, to be narrowed down.
    pub fn new(metrics: Vec<Metric>, today: NaiveDate) -> Self {
        Self {
            metrics,
            group_by: vec![],
            period: None,
            compared_years: 0,
            basis: Basis::LikeForLike,
            cumulative: false,
            as_of: None,
            known_at: None,
            filters: vec![],
            today,
        }
    }

    /// The grouping by the shortest stretch of time, if there is one by time.
    pub fn time_grouping(&self) -> Option<Grouping> {
        self.group_by
            .iter()
            .copied()
            .filter(|grouping| grouping.grain().is_some())
            .min_by_key(|grouping| grouping.grain())
    }

    /// Checks all that can be checked before anything is read.
    ///
    /// # Errors
    /// [`ReportRefusal`].
    pub fn check(&self) -> Result<(), ReportRefusal> {
        if self.metrics.is_empty() || self.metrics.len() > MAX_METRICS {
            return Err(ReportRefusal::MetricCount);
        }
        if self.group_by.len() > MAX_GROUPINGS {
            return Err(ReportRefusal::GroupingCount);
        }
        if has_twice(&self.metrics) || has_twice(&self.group_by) {
            return Err(ReportRefusal::Repeated);
        }
        if self
            .filters
            .iter()
            .any(|filter| filter.len() == 0 || filter.len() > MAX_FILTER_VALUES)
        {
            return Err(ReportRefusal::Filter);
        }
        self.check_groupings()?;
        self.check_time()
    }

    fn check_groupings(&self) -> Result<(), ReportRefusal> {
        let named = self.filters.iter().map(Filter::grouping);
        let mut groupings = self.group_by.iter().copied().chain(named);
        let refused = groupings.find_map(|grouping| {
            let metric = self.metrics.iter().find(|m| !m.can_be_grouped_by(grouping));
            metric.map(|metric| ReportRefusal::NotApplicable {
                metric: *metric,
                grouping,
            })
        });
        refused.map_or(Ok(()), Err)
    }

    fn check_time(&self) -> Result<(), ReportRefusal> {
        if self.period.is_some_and(|period| !is_sound(period)) {
            return Err(ReportRefusal::Period);
        }
        let compares = self.compared_years > 0;
        if self.compared_years > MAX_COMPARED_YEARS || (compares && self.period.is_none()) {
            return Err(ReportRefusal::Comparison);
        }
        if self.cumulative && (self.period.is_none() || self.time_grouping().is_none()) {
            return Err(ReportRefusal::Cumulative);
        }
        Ok(())
    }
}

fn is_sound(period: Period) -> bool {
    // Years are compared some years back, which must exist as well.
    let years = 1 + i32::from(MAX_COMPARED_YEARS)..=9999;
    period.from <= period.to
        && years.contains(&period.from.year())
        && years.contains(&period.to.year())
}

fn has_twice<T: PartialEq>(list: &[T]) -> bool {
    list.iter()
        .enumerate()
        .any(|(index, item)| list.iter().take(index).any(|other| other == item))
}
