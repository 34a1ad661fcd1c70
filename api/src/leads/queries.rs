//! What can be asked about leads.

#![expect(
    clippy::too_many_arguments,
    reason = "Relay's four arguments, a filter and an order are GraphQL's own form"
)]

use async_graphql::{Context, InputObject, Object};
use cartera_domain::ids::{ChannelId, LeadId};
use cartera_domain::leads::LeadStatus;
use cartera_projections::leads::lead_list::{LeadFilter, LeadOrder};

use super::types::Lead;
use crate::connection::{Connection, PageArguments, one, page};
use crate::error::ApiError;
use crate::filters::{DaysInput, OwnerFilter, days, ids, order_input};
use crate::scalars::{GlobalId, Position};

/// Which leads are asked for.
#[derive(Debug, Clone, Default, InputObject)]
pub struct LeadFilterInput {
    /// In one of these states.
    pub status: Option<Vec<LeadStatus>>,
    /// Whose.
    pub owner: Option<OwnerFilter>,
    /// By one of these channels.
    pub channel_ids: Option<Vec<GlobalId<ChannelId>>>,
    /// With all these words in names, e-mail, telephone, tax id, city or external key.
    #[graphql(validator(max_length = 200))]
    pub search: Option<String>,
    /// Registered on these days.
    pub registered: Option<DaysInput>,
    /// Converted on these days.
    pub converted: Option<DaysInput>,
    /// With exactly this key in the system it came from.
    pub external_reference: Option<String>,
}

impl LeadFilterInput {
    fn read(self) -> LeadFilter {
        LeadFilter {
            status: self.status.unwrap_or_default(),
            owner: OwnerFilter::owned_by(self.owner),
            channel: ids(self.channel_ids),
            search: self.search,
            registered: days(self.registered),
            converted: days(self.converted),
            external_reference: self.external_reference,
        }
    }
}

order_input! {
    /// By what leads can be ordered.
    LeadOrderField of LeadOrder, Descending unless said {
        /// By the day of registration.
        RegisteredOn,
        /// By name, without accents and case.
        Name,
        /// By what a sale may be worth.
        ExpectedValue,
        /// By the recording of the last change.
        ChangedAt,
    }

    /// The order of leads.
    LeadOrderInput
}

/// The queries of leads.
#[derive(Debug, Default)]
pub struct LeadsQuery;

#[Object]
impl LeadsQuery {
    /// The leads that the caller sees, the latest first unless ordered otherwise.
    async fn leads(
        &self,
        context: &Context<'_>,
        filter: Option<LeadFilterInput>,
        order_by: Option<LeadOrderInput>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        after_position: Option<Position>,
    ) -> Result<Connection<Lead>, ApiError> {
        let arguments = PageArguments {
            first,
            after,
            last,
            before,
            after_position,
        };
        let filter = filter.unwrap_or_default().read();
        page(context, filter, LeadOrderInput::order(order_by), arguments).await
    }

    /// A lead. Another's, for whom it is not to be seen, is as good as none: `NOT_FOUND`.
    async fn lead(
        &self,
        context: &Context<'_>,
        id: GlobalId<LeadId>,
        after_position: Option<Position>,
    ) -> Result<Option<Lead>, ApiError> {
        one(context, id.0, after_position).await
    }
}
