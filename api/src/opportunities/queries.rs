//! What can be asked about opportunities.

#![expect(
    clippy::too_many_arguments,
    reason = "Relay's four arguments, a filter and an order are GraphQL's own form"
)]

use async_graphql::{Context, InputObject, Object};
use cartera_domain::ids::{
    ChannelId, ClientId, LeadId, OpportunityId, PipelineId, ReasonId, StageId,
};
use cartera_domain::opportunities::Outcome;
use cartera_projections::opportunities::opportunity_list::{OpportunityFilter, OpportunityOrder};

use super::types::Opportunity;
use crate::connection::{Connection, PageArguments, one, page};
use crate::error::ApiError;
use crate::filters::{DaysInput, OwnerFilter, days, ids, order_input};
use crate::scalars::{Decimal, GlobalId, Position};

/// Which opportunities are asked for.
#[derive(Debug, Clone, Default, InputObject)]
pub struct OpportunityFilterInput {
    /// Through this pipeline.
    pub pipeline_id: Option<GlobalId<PipelineId>>,
    /// In one of these stages.
    pub stage_ids: Option<Vec<GlobalId<StageId>>>,
    /// With one of these outcomes.
    pub outcome: Option<Vec<Outcome>>,
    /// Whose.
    pub owner: Option<OwnerFilter>,
    /// Of one of these clients.
    pub client_ids: Option<Vec<GlobalId<ClientId>>>,
    /// From this lead.
    pub lead_id: Option<GlobalId<LeadId>>,
    /// By one of these channels.
    pub channel_ids: Option<Vec<GlobalId<ChannelId>>>,
    /// Closed for one of these reasons.
    pub reason_ids: Option<Vec<GlobalId<ReasonId>>>,
    /// With all these words in title, campaign or external key.
    #[graphql(validator(max_length = 200))]
    pub search: Option<String>,
    /// Opened on these days.
    pub opened: Option<DaysInput>,
    /// Closed on these days.
    pub closed: Option<DaysInput>,
    /// Expected to close on these days.
    pub expected_close: Option<DaysInput>,
    /// Worth at least that.
    pub amount_from: Option<Decimal>,
    /// Worth at most that.
    pub amount_to: Option<Decimal>,
    /// With exactly this key in the system it came from.
    pub external_reference: Option<String>,
}

impl OpportunityFilterInput {
    fn read(self) -> OpportunityFilter {
        OpportunityFilter {
            pipeline: self.pipeline_id.map(|id| id.0),
            stage: ids(self.stage_ids),
            outcome: self.outcome.unwrap_or_default(),
            owner: OwnerFilter::owned_by(self.owner),
            client: ids(self.client_ids),
            lead: self.lead_id.map(|id| id.0),
            channel: ids(self.channel_ids),
            reason: ids(self.reason_ids),
            search: self.search,
            opened: days(self.opened),
            closed: days(self.closed),
            expected_close: days(self.expected_close),
            amount_from: self.amount_from.map(|amount| amount.0),
            amount_to: self.amount_to.map(|amount| amount.0),
            external_reference: self.external_reference,
        }
    }
}

order_input! {
    /// By what opportunities can be ordered.
    OpportunityOrderField of OpportunityOrder, Descending unless said {
        /// By the day of opening.
        OpenedOn,
        /// By the day of closing.
        ClosedOn,
        /// By the day on which it should close.
        ExpectedClose,
        /// By the day on which it entered its stage.
        StageEnteredOn,
        /// By amount.
        Amount,
        /// By title, without accents and case.
        Title,
        /// By the recording of the last change.
        ChangedAt,
    }

    /// The order of opportunities.
    OpportunityOrderInput
}

/// The queries of opportunities.
#[derive(Debug, Default)]
pub struct OpportunitiesQuery;

#[Object]
impl OpportunitiesQuery {
    /// The opportunities that the caller sees, the latest first unless ordered otherwise.
    async fn opportunities(
        &self,
        context: &Context<'_>,
        filter: Option<OpportunityFilterInput>,
        order_by: Option<OpportunityOrderInput>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        after_position: Option<Position>,
    ) -> Result<Connection<Opportunity>, ApiError> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            after_position,
        };
        let filter = filter.unwrap_or_default().read();
        page(
            context,
            filter,
            OpportunityOrderInput::order(order_by),
            arguments,
        )
        .await
    }

    /// An opportunity. Another's, for whom it is not to be seen, is as good as none: `NOT_FOUND`.
    async fn opportunity(
        &self,
        context: &Context<'_>,
        id: GlobalId<OpportunityId>,
        after_position: Option<Position>,
    ) -> Result<Option<Opportunity>, ApiError> {
        one(context, id.0, after_position).await
    }
}
