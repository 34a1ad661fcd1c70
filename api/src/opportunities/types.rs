//! Opportunities in GraphQL.

use async_graphql::{Context, Object};
use cartera_domain::Permission;
use cartera_domain::ids::{LineId, OpportunityId, TypedId};
use cartera_domain::opportunities::Outcome;
use cartera_projections::opportunities::opportunity_lines::OpportunityLineItem;
use cartera_projections::opportunities::opportunity_list::{
    OpportunityFilter, OpportunityListItem,
};

use crate::asking::Asking;
use crate::clients::types::Client;
use crate::connection::Listed;
use crate::error::ApiError;
use crate::leads::types::Lead;
use crate::loaders::LinesOf;
use crate::payload::payload;
use crate::products::types::Product;
use crate::scalars::{Date, DateTime, Decimal, GlobalId};
use crate::settings::types::{Channel, Pipeline, Reason, Stage};
use crate::users::types::{Team, User};

/// A sale in sight, or that was.
#[derive(Debug)]
pub struct Opportunity(OpportunityListItem);

impl From<OpportunityListItem> for Opportunity {
    fn from(row: OpportunityListItem) -> Self {
        Self(row)
    }
}

impl Listed for Opportunity {
    type List = OpportunityFilter;
    const NAME: &'static str = "Opportunity";
    const KIND: &'static str = "opportunity";
    const PERMISSION: Permission = Permission::ReadSales;
}

#[Object]
impl Opportunity {
    /// Global id.
    pub(crate) async fn id(&self) -> GlobalId<OpportunityId> {
        GlobalId(self.0.id)
    }

    /// Version of its stream.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// The pipeline it runs through.
    async fn pipeline(&self, context: &Context<'_>) -> Result<Option<Pipeline>, ApiError> {
        context.related(Some(self.0.pipeline)).await
    }

    /// The stage it is in.
    async fn stage(&self, context: &Context<'_>) -> Result<Option<Stage>, ApiError> {
        context.related(Some(self.0.stage)).await
    }

    /// How it ended, or that it has not.
    async fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// What it is about, in a line.
    async fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// Campaign that brought it.
    async fn campaign(&self) -> Option<&str> {
        self.0.campaign.as_deref()
    }

    /// What somebody wrote down.
    async fn notes(&self) -> Option<&str> {
        self.0.notes.as_deref()
    }

    /// Its key in the system it came from.
    async fn external_reference(&self) -> Option<&str> {
        self.0.external_reference.as_deref()
    }

    /// Who may buy, or bought.
    async fn client(&self, context: &Context<'_>) -> Result<Option<Client>, ApiError> {
        context.related(self.0.client).await
    }

    /// The lead it came from.
    async fn lead(&self, context: &Context<'_>) -> Result<Option<Lead>, ApiError> {
        context.related(self.0.lead).await
    }

    /// By which channel it came.
    async fn channel(&self, context: &Context<'_>) -> Result<Option<Channel>, ApiError> {
        context.related(self.0.channel).await
    }

    /// Who takes care of it.
    async fn owner(&self, context: &Context<'_>) -> Result<Option<User>, ApiError> {
        context.related(self.0.owner).await
    }

    /// The owner's team when it was assigned.
    async fn team(&self, context: &Context<'_>) -> Result<Option<Team>, ApiError> {
        context.related(self.0.team).await
    }

    /// What it may be, or was, worth: exact, in `currency`.
    async fn amount(&self) -> Option<Decimal> {
        self.0.amount.map(Decimal)
    }

    /// Currency of its amounts (ISO 4217).
    async fn currency(&self) -> &str {
        &self.0.currency
    }

    /// How probable somebody judged it, 0 to 100; none leaves it to the stage.
    async fn probability(&self) -> Option<Decimal> {
        self.0.probability.map(Decimal)
    }

    /// The day on which it should close.
    async fn expected_close(&self) -> Option<Date> {
        self.0.expected_close.map(Date)
    }

    /// The day on which it was opened.
    async fn opened_on(&self) -> Date {
        Date(self.0.opened_on)
    }

    /// The day on which it entered its stage.
    async fn stage_entered_on(&self) -> Date {
        Date(self.0.stage_entered_on)
    }

    /// The day on which it closed.
    async fn closed_on(&self) -> Option<Date> {
        self.0.closed_on.map(Date)
    }

    /// Why it closed as it did.
    async fn reason(&self, context: &Context<'_>) -> Result<Option<Reason>, ApiError> {
        context.related(self.0.reason).await
    }

    /// Who got the sale.
    async fn competitor(&self) -> Option<&str> {
        self.0.competitor.as_deref()
    }

    /// Why it closed as it did, in words.
    async fn closing_note(&self) -> Option<&str> {
        self.0.closing_note.as_deref()
    }

    /// Nobody knows when; the day is that of recording, and period figures leave it out.
    async fn date_unknown(&self) -> bool {
        self.0.date_unknown
    }

    /// When its last event was recorded.
    async fn changed_at(&self) -> DateTime {
        DateTime(self.0.changed_at)
    }

    /// What is, or would be, sold.
    async fn lines(&self, context: &Context<'_>) -> Result<Vec<OpportunityLine>, ApiError> {
        let found = context
            .belonging::<LinesOf>(Permission::ReadSales, self.0.id.as_uuid())
            .await?;
        Ok(found
            .unwrap_or_default()
            .into_iter()
            .map(OpportunityLine)
            .collect())
    }
}

/// So much of a product, for that amount.
#[derive(Debug)]
pub struct OpportunityLine(OpportunityLineItem);

#[Object]
impl OpportunityLine {
    /// Global id.
    pub(crate) async fn id(&self) -> GlobalId<LineId> {
        GlobalId(self.0.id)
    }

    /// What is sold.
    async fn product(&self, context: &Context<'_>) -> Result<Option<Product>, ApiError> {
        context.related(Some(self.0.product)).await
    }

    /// What is sold, in other words than the catalogue's.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// How much of it, in the product's unit; negative for a return.
    async fn quantity(&self) -> Decimal {
        Decimal(self.0.quantity)
    }

    /// Price of one unit before discount.
    async fn unit_price(&self) -> Option<Decimal> {
        self.0.unit_price.map(Decimal)
    }

    /// Discount on the unit price, 0 to 100.
    async fn discount(&self) -> Option<Decimal> {
        self.0.discount.map(Decimal)
    }

    /// Exact amount of the line.
    async fn amount(&self) -> Decimal {
        Decimal(self.0.amount)
    }
}

payload! {
    /// What a mutation of an opportunity answers.
    OpportunityPayload,
    /// The opportunity as it is now; none where the command was refused or the caller sees it no longer.
    opportunity: Opportunity
}
