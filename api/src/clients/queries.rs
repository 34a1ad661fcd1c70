//! What can be asked about clients.

#![expect(
    clippy::too_many_arguments,
    reason = "Relay's four arguments, a filter and an order are GraphQL's own form"
)]

use async_graphql::{Context, InputObject, Object};
use cartera_domain::clients::ClientKind;
use cartera_domain::ids::{ClientId, ContactId};
use cartera_projections::clients::client_list::{ClientFilter, ClientOrder};
use cartera_projections::clients::contact_list::{ContactFilter, ContactOrder};

use super::types::{Client, Contact};
use crate::connection::{Connection, PageArguments, one, page};
use crate::error::ApiError;
use crate::filters::{DaysInput, OwnerFilter, days, ids, order_input};
use crate::scalars::{GlobalId, Position};

/// Which clients are asked for.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ClientFilterInput {
    /// Of this kind.
    pub kind: Option<ClientKind>,
    /// Whose.
    pub owner: Option<OwnerFilter>,
    /// In one of these sectors.
    pub sectors: Option<Vec<String>>,
    /// With all these words in names, e-mail, telephone, tax id, city or external key.
    #[graphql(validator(max_length = 200))]
    pub search: Option<String>,
    /// Registered on these days.
    pub registered: Option<DaysInput>,
    /// Archived or not; both when absent.
    pub archived: Option<bool>,
    /// With exactly this key in the system it came from.
    pub external_reference: Option<String>,
}

impl ClientFilterInput {
    fn read(self) -> ClientFilter {
        ClientFilter {
            kind: self.kind,
            owner: OwnerFilter::owned_by(self.owner),
            sector: self.sectors.unwrap_or_default(),
            search: self.search,
            registered: days(self.registered),
            archived: self.archived,
            external_reference: self.external_reference,
        }
    }
}

order_input! {
    /// By what clients can be ordered.
    ClientOrderField of ClientOrder, Ascending unless said {
        /// By name, without accents and case.
        Name,
        /// By the day of registration.
        RegisteredOn,
        /// By yearly revenue.
        Revenue,
        /// By the recording of the last change.
        ChangedAt,
    }

    /// The order of clients.
    ClientOrderInput
}

/// Which persons of contact are asked for.
#[derive(Debug, Clone, Default, InputObject)]
pub struct ContactFilterInput {
    /// Of one of these clients.
    pub client_ids: Option<Vec<GlobalId<ClientId>>>,
    /// With all these words in name, role, e-mail or telephone.
    #[graphql(validator(max_length = 200))]
    pub search: Option<String>,
}

impl ContactFilterInput {
    fn read(self) -> ContactFilter {
        ContactFilter {
            client: ids(self.client_ids),
            search: self.search,
        }
    }
}

order_input! {
    /// By what persons of contact can be ordered.
    ContactOrderField of ContactOrder, Ascending unless said {
        /// By name, without accents and case.
        Name,
    }

    /// The order of persons of contact.
    ContactOrderInput
}

/// The queries of clients.
#[derive(Debug, Default)]
pub struct ClientsQuery;

#[Object]
impl ClientsQuery {
    /// The clients that the caller sees, by name unless ordered otherwise.
    async fn clients(
        &self,
        context: &Context<'_>,
        filter: Option<ClientFilterInput>,
        order_by: Option<ClientOrderInput>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        after_position: Option<Position>,
    ) -> Result<Connection<Client>, ApiError> {
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
            ClientOrderInput::order(order_by),
            arguments,
        )
        .await
    }

    /// A client. Another's, for whom it is not to be seen, is as good as none: `NOT_FOUND`.
    async fn client(
        &self,
        context: &Context<'_>,
        id: GlobalId<ClientId>,
        after_position: Option<Position>,
    ) -> Result<Option<Client>, ApiError> {
        one(context, id.0, after_position).await
    }

    /// The persons of contact of the clients that the caller sees, by name.
    async fn contacts(
        &self,
        context: &Context<'_>,
        filter: Option<ContactFilterInput>,
        order_by: Option<ContactOrderInput>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        after_position: Option<Position>,
    ) -> Result<Connection<Contact>, ApiError> {
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
            ContactOrderInput::order(order_by),
            arguments,
        )
        .await
    }

    /// A person of contact. Another's, for whom it is not to be seen, is as good as none: `NOT_FOUND`.
    async fn contact(
        &self,
        context: &Context<'_>,
        id: GlobalId<ContactId>,
        after_position: Option<Position>,
    ) -> Result<Option<Contact>, ApiError> {
        one(context, id.0, after_position).await
    }
}
