//! The company's settings in GraphQL.

use async_graphql::{Context, Object};
use cartera_domain::Permission;
use cartera_domain::ids::{ChannelId, CompanyId, PipelineId, ReasonId, StageId, TypedId};
use cartera_domain::settings::{ReasonKind, StageCategory};
use cartera_domain::users::Locale;
use cartera_projections::settings::catalogue_entries::{
    CatalogueEntryItem, EntryFilter, EntryKind,
};
use cartera_projections::settings::company_profile::{CompanyFilter, CompanyProfileItem};
use cartera_projections::settings::pipeline_stages::{
    PipelineFilter, PipelineItem, StageFilter, StageItem,
};

use crate::asking::Asking;
use crate::connection::Listed;
use crate::error::ApiError;
use crate::loaders::StagesOf;
use crate::payload::payload;
use crate::scalars::{Date, DateTime, Decimal, GlobalId};

/// The company that uses Cartera.
#[derive(Debug)]
pub struct Company(CompanyProfileItem);

impl From<CompanyProfileItem> for Company {
    fn from(row: CompanyProfileItem) -> Self {
        Self(row)
    }
}

impl Listed for Company {
    type List = CompanyFilter;
    const NAME: &'static str = "Company";
    const KIND: &'static str = "company";
    const PERMISSION: Permission = Permission::ReadCompany;
}

#[Object]
impl Company {
    /// Global id.
    pub(crate) async fn id(&self) -> GlobalId<CompanyId> {
        GlobalId(self.0.id)
    }

    /// Version of its stream.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Currency of all its amounts (ISO 4217).
    async fn currency(&self) -> &str {
        &self.0.currency
    }

    /// Time zone in which its days begin (IANA).
    async fn time_zone(&self) -> &str {
        &self.0.time_zone
    }

    /// Month in which its fiscal year begins, 1 to 12.
    async fn fiscal_start_month(&self) -> i32 {
        self.0.fiscal_start
    }

    /// Language of what it sends out.
    async fn locale(&self) -> Locale {
        self.0.locale
    }

    /// When it began to use Cartera.
    async fn set_up_at(&self) -> DateTime {
        DateTime(self.0.set_up_at)
    }
}

/// A sales pipeline.
#[derive(Debug)]
pub struct Pipeline(PipelineItem);

impl From<PipelineItem> for Pipeline {
    fn from(row: PipelineItem) -> Self {
        Self(row)
    }
}

impl Listed for Pipeline {
    type List = PipelineFilter;
    const NAME: &'static str = "Pipeline";
    const KIND: &'static str = "pipeline";
    const PERMISSION: Permission = Permission::ReadCompany;
}

#[Object]
impl Pipeline {
    /// Global id.
    pub(crate) async fn id(&self) -> GlobalId<PipelineId> {
        GlobalId(self.0.id)
    }

    /// Version of its stream.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Nothing is opened in it any more.
    async fn retired(&self) -> bool {
        self.0.retired
    }

    /// The day on which it was drawn up.
    async fn created_on(&self) -> Date {
        Date(self.0.created_on)
    }

    /// Its stages in order, the retired ones included.
    async fn stages(&self, context: &Context<'_>) -> Result<Vec<Stage>, ApiError> {
        let found = context
            .belonging::<StagesOf>(Permission::ReadCompany, self.0.id.as_uuid())
            .await?;
        Ok(found.unwrap_or_default().into_iter().map(Stage).collect())
    }
}

/// A stage of a pipeline, as it stands today.
#[derive(Debug)]
pub struct Stage(StageItem);

impl From<StageItem> for Stage {
    fn from(row: StageItem) -> Self {
        Self(row)
    }
}

impl Listed for Stage {
    type List = StageFilter;
    const NAME: &'static str = "Stage";
    const KIND: &'static str = "stage";
    const PERMISSION: Permission = Permission::ReadCompany;
}

#[Object]
impl Stage {
    /// Global id.
    pub(crate) async fn id(&self) -> GlobalId<StageId> {
        GlobalId(self.0.id)
    }

    /// The pipeline.
    async fn pipeline(&self, context: &Context<'_>) -> Result<Option<Pipeline>, ApiError> {
        context.related(Some(self.0.pipeline)).await
    }

    /// Place in the pipeline's order, from 0.
    async fn rank(&self) -> i32 {
        self.0.rank
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it means for the outcome.
    async fn category(&self) -> StageCategory {
        self.0.category
    }

    /// How probable a sale is in it, 0 to 100.
    async fn probability(&self) -> Decimal {
        Decimal(self.0.probability)
    }

    /// Nothing enters it any more.
    async fn retired(&self) -> bool {
        self.0.retired
    }
}

/// A channel by which leads and opportunities come.
#[derive(Debug)]
pub struct Channel(CatalogueEntryItem);

impl From<CatalogueEntryItem> for Channel {
    fn from(row: CatalogueEntryItem) -> Self {
        Self(row)
    }
}

impl Listed for Channel {
    type List = EntryFilter;
    const NAME: &'static str = "Channel";
    const KIND: &'static str = "channel";
    const PERMISSION: Permission = Permission::ReadCompany;
}

#[Object]
impl Channel {
    /// Global id.
    pub(crate) async fn id(&self) -> GlobalId<ChannelId> {
        GlobalId(ChannelId::from_uuid(self.0.id))
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// It is used no more.
    async fn retired(&self) -> bool {
        self.0.retired
    }

    /// The day on which it was added.
    async fn added_on(&self) -> Date {
        Date(self.0.added_on)
    }
}

/// A reason of winning, losing, cancelling or discarding.
#[derive(Debug)]
pub struct Reason(CatalogueEntryItem);

impl From<CatalogueEntryItem> for Reason {
    fn from(row: CatalogueEntryItem) -> Self {
        Self(row)
    }
}

impl Listed for Reason {
    type List = EntryFilter;
    const NAME: &'static str = "Reason";
    const KIND: &'static str = "reason";
    const PERMISSION: Permission = Permission::ReadCompany;
}

#[Object]
impl Reason {
    /// Global id.
    pub(crate) async fn id(&self) -> GlobalId<ReasonId> {
        GlobalId(ReasonId::from_uuid(self.0.id))
    }

    /// What it explains; none for what is no reason.
    async fn kind(&self) -> Option<ReasonKind> {
        match self.0.kind {
            EntryKind::Reason(kind) => Some(kind),
            EntryKind::Channel => None,
        }
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// It is used no more.
    async fn retired(&self) -> bool {
        self.0.retired
    }

    /// The day on which it was added.
    async fn added_on(&self) -> Date {
        Date(self.0.added_on)
    }
}

payload! {
    /// What a mutation of the company answers.
    CompanyPayload,
    /// The company as it is now; none where the command was refused.
    company: Company
}

payload! {
    /// What a mutation of a pipeline answers.
    PipelinePayload,
    /// The pipeline as it is now; none where the command was refused.
    pipeline: Pipeline
}

payload! {
    /// What a mutation of a channel answers.
    ChannelPayload,
    /// The channel as it is now; none where the command was refused.
    channel: Channel
}

payload! {
    /// What a mutation of a reason answers.
    ReasonPayload,
    /// The reason as it is now; none where the command was refused.
    reason: Reason
}
