//! What can be asked of a report.

use async_graphql::InputObject;
use cartera_domain::ids::{ChannelId, ClientId, PipelineId, ProductId, StageId, TeamId, UserId};
use cartera_projections::reports::Filter;
use cartera_projections::reports::calendar::{Basis, Period};
use cartera_projections::reports::grouping::Grouping;
use cartera_projections::reports::kpis::Metric;

use crate::scalars::{BusinessTime, Date, GlobalId, Position};

/// Days from the first to the last, both included.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct PeriodInput {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

impl From<PeriodInput> for Period {
    fn from(period: PeriodInput) -> Self {
        Self {
            from: period.from.0,
            to: period.to.0,
        }
    }
}

/// Which facts count, all conditions together: each names the values of which a fact has one. `null` among them stands for the
/// missing value.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ReportFiltersInput {
    /// Who took care of it then.
    pub owner_ids: Option<Vec<Option<GlobalId<UserId>>>>,
    /// The owner's team then; a team stands for those below it as well.
    pub team_ids: Option<Vec<Option<GlobalId<TeamId>>>>,
    /// Who led that team then, or the next team above that was led.
    pub manager_ids: Option<Vec<Option<GlobalId<UserId>>>>,
    /// The office or region from which that team worked then.
    pub offices: Option<Vec<Option<String>>>,
    /// The channel by which it came.
    pub channel_ids: Option<Vec<Option<GlobalId<ChannelId>>>>,
    /// The product.
    pub product_ids: Option<Vec<Option<GlobalId<ProductId>>>>,
    /// The product's family then.
    pub product_families: Option<Vec<Option<String>>>,
    /// The client's sector then; of a lead, its own.
    pub sectors: Option<Vec<Option<String>>>,
    /// The stage.
    pub stage_ids: Option<Vec<Option<GlobalId<StageId>>>>,
    /// The client.
    pub client_ids: Option<Vec<Option<GlobalId<ClientId>>>>,
    /// The pipeline.
    pub pipeline_ids: Option<Vec<Option<GlobalId<PipelineId>>>>,
}

impl ReportFiltersInput {
    pub(super) fn read(self) -> Vec<Filter> {
        let filters = [
            self.owner_ids.map(|ids| Filter::Owner(plain(ids))),
            self.team_ids.map(|ids| Filter::Team(plain(ids))),
            self.manager_ids.map(|ids| Filter::Manager(plain(ids))),
            self.offices.map(Filter::Office),
            self.channel_ids.map(|ids| Filter::Channel(plain(ids))),
            self.product_ids.map(|ids| Filter::Product(plain(ids))),
            self.product_families.map(Filter::ProductFamily),
            self.sectors.map(Filter::Sector),
            self.stage_ids.map(|ids| Filter::Stage(plain(ids))),
            self.client_ids.map(|ids| Filter::Client(plain(ids))),
            self.pipeline_ids.map(|ids| Filter::Pipeline(plain(ids))),
        ];
        filters.into_iter().flatten().collect()
    }
}

fn plain<I>(ids: Vec<Option<GlobalId<I>>>) -> Vec<Option<I>> {
    ids.into_iter().map(|id| id.map(|id| id.0)).collect()
}

/// What is asked of a report.
#[derive(Debug, Clone, InputObject)]
pub struct ReportInput {
    /// The figures, 1 to 12, each once; columns in this order.
    pub metrics: Vec<Metric>,
    /// By what they are told apart, at most 3, each once; rows are sorted in this order.
    #[graphql(default)]
    pub group_by: Vec<Grouping>,
    /// The days that count; all when absent, those that nobody knows included.
    pub period: Option<PeriodInput>,
    /// With how many earlier fiscal years the figures are compared, at most 5.
    #[graphql(default)]
    pub compared_years: i32,
    /// How a period in progress is compared.
    #[graphql(default)]
    pub basis: Basis,
    /// Whether each stretch of time also counts those before it in its fiscal year.
    #[graphql(default)]
    pub cumulative: bool,
    /// What had happened by then: the end of a day, or an instant; all that is known when absent.
    pub as_of: Option<BusinessTime>,
    /// What was known then: a position of the journal.
    pub known_at: Option<Position>,
    /// Which facts count.
    #[graphql(default)]
    pub filters: ReportFiltersInput,
}
