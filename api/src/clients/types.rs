//! Clients and their persons of contact in GraphQL.

use async_graphql::{Context, Object};
use cartera_domain::Permission;
use cartera_domain::clients::ClientKind;
use cartera_domain::ids::{ClientId, ContactId, TypedId};
use cartera_projections::clients::client_list::{ClientFilter, ClientListItem};
use cartera_projections::clients::contact_list::{ContactFilter, ContactListItem};

use crate::asking::Asking;
use crate::connection::Listed;
use crate::error::ApiError;
use crate::leads::types::Lead;
use crate::loaders::ContactsOf;
use crate::payload::payload;
use crate::scalars::{Date, DateTime, Decimal, GlobalId};
use crate::users::types::{Team, User};

/// A company or a person that buys.
#[derive(Debug)]
pub struct Client(ClientListItem);

impl From<ClientListItem> for Client {
    fn from(row: ClientListItem) -> Self {
        Self(row)
    }
}

impl Listed for Client {
    type List = ClientFilter;
    const NAME: &'static str = "Client";
    const KIND: &'static str = "client";
    const PERMISSION: Permission = Permission::ReadSales;
}

#[Object]
impl Client {
    /// Global id.
    pub(crate) async fn id(&self) -> GlobalId<ClientId> {
        GlobalId(self.0.id)
    }

    /// Version of its stream.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// What it is in law.
    async fn kind(&self) -> ClientKind {
        self.0.kind
    }

    /// The name by which people know it.
    async fn name(&self) -> Option<&str> {
        self.0.name()
    }

    /// Name of the company, as people know it.
    async fn company_name(&self) -> Option<&str> {
        self.0.company_name.as_deref()
    }

    /// Name of the company in the register.
    async fn legal_name(&self) -> Option<&str> {
        self.0.legal_name.as_deref()
    }

    /// Name of the person, for a client that is one.
    async fn person_name(&self) -> Option<&str> {
        self.0.person_name.as_deref()
    }

    /// Tax id as written.
    async fn tax_id(&self) -> Option<&str> {
        self.0.tax_id.as_deref()
    }

    /// E-mail address.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// Telephone number, `+` and digits.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Web site.
    async fn website(&self) -> Option<&str> {
        self.0.website.as_deref()
    }

    /// Sector, as written.
    async fn sector(&self) -> Option<&str> {
        self.0.sector.as_deref()
    }

    /// Street and number.
    async fn street(&self) -> Option<&str> {
        self.0.street.as_deref()
    }

    /// Postal code.
    async fn postal_code(&self) -> Option<&str> {
        self.0.postal_code.as_deref()
    }

    /// City.
    async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// Province or region.
    async fn province(&self) -> Option<&str> {
        self.0.province.as_deref()
    }

    /// Country, as written.
    async fn country(&self) -> Option<&str> {
        self.0.country.as_deref()
    }

    /// Number of employees.
    async fn employees(&self) -> Option<i64> {
        self.0.employees
    }

    /// Its yearly revenue, in the company's currency.
    async fn revenue(&self) -> Option<Decimal> {
        self.0.revenue.map(Decimal)
    }

    /// Year in which it was founded.
    async fn founded(&self) -> Option<i32> {
        self.0.founded
    }

    /// Name of the company it belongs to.
    async fn parent_company(&self) -> Option<&str> {
        self.0.parent_company.as_deref()
    }

    /// What somebody wrote down.
    async fn notes(&self) -> Option<&str> {
        self.0.notes.as_deref()
    }

    /// Its key in the system it came from.
    async fn external_reference(&self) -> Option<&str> {
        self.0.external_reference.as_deref()
    }

    /// Who takes care of it.
    async fn owner(&self, context: &Context<'_>) -> Result<Option<User>, ApiError> {
        context.related(self.0.owner).await
    }

    /// The owner's team when it was assigned.
    async fn team(&self, context: &Context<'_>) -> Result<Option<Team>, ApiError> {
        context.related(self.0.team).await
    }

    /// The lead it was.
    async fn lead(&self, context: &Context<'_>) -> Result<Option<Lead>, ApiError> {
        context.related(self.0.lead).await
    }

    /// It is out of the lists.
    async fn archived(&self) -> bool {
        self.0.archived
    }

    /// The day on which it was taken into the book of clients.
    async fn registered_on(&self) -> Date {
        Date(self.0.registered_on)
    }

    /// Nobody knows when; the day is that of recording, and period figures leave it out.
    async fn date_unknown(&self) -> bool {
        self.0.date_unknown
    }

    /// When its last event was recorded.
    async fn changed_at(&self) -> DateTime {
        DateTime(self.0.changed_at)
    }

    /// Its persons of contact, by name.
    async fn contacts(&self, context: &Context<'_>) -> Result<Vec<Contact>, ApiError> {
        let found = context
            .belonging::<ContactsOf>(Permission::ReadSales, self.0.id.as_uuid())
            .await?;
        Ok(found.unwrap_or_default().into_iter().map(Contact).collect())
    }
}

/// A person of contact inside a client.
#[derive(Debug)]
pub struct Contact(ContactListItem);

impl From<ContactListItem> for Contact {
    fn from(row: ContactListItem) -> Self {
        Self(row)
    }
}

impl Listed for Contact {
    type List = ContactFilter;
    const NAME: &'static str = "Contact";
    const KIND: &'static str = "person of contact";
    const PERMISSION: Permission = Permission::ReadSales;
}

#[Object]
impl Contact {
    /// Global id.
    pub(crate) async fn id(&self) -> GlobalId<ContactId> {
        GlobalId(self.0.id)
    }

    /// Name of the person.
    async fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// What the person does there.
    async fn role(&self) -> Option<&str> {
        self.0.role.as_deref()
    }

    /// E-mail address.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// Telephone number, `+` and digits.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// What somebody wrote down.
    async fn notes(&self) -> Option<&str> {
        self.0.notes.as_deref()
    }

    /// The day on which the person was added.
    async fn added_on(&self) -> Date {
        Date(self.0.added_on)
    }

    /// The client.
    async fn client(&self, context: &Context<'_>) -> Result<Option<Client>, ApiError> {
        context.related(Some(self.0.client)).await
    }
}

payload! {
    /// What a mutation of a client answers.
    ClientPayload,
    /// The client as it is now; none where the command was refused or the caller sees it no longer.
    client: Client
}
