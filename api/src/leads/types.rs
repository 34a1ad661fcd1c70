//! Leads in GraphQL.

use async_graphql::{Context, Object};
use cartera_domain::Permission;
use cartera_domain::ids::LeadId;
use cartera_domain::leads::LeadStatus;
use cartera_projections::leads::lead_list::{LeadFilter, LeadListItem};

use crate::asking::Asking;
use crate::clients::types::Client;
use crate::connection::Listed;
use crate::error::ApiError;
use crate::opportunities::types::Opportunity;
use crate::payload::payload;
use crate::scalars::{Date, DateTime, Decimal, GlobalId};
use crate::settings::types::{Channel, Reason};
use crate::users::types::{Team, User};

/// A person or a company that may buy, until it becomes a client or is given up.
#[derive(Debug)]
pub struct Lead(LeadListItem);

impl From<LeadListItem> for Lead {
    fn from(row: LeadListItem) -> Self {
        Self(row)
    }
}

impl Listed for Lead {
    type List = LeadFilter;
    const NAME: &'static str = "Lead";
    const KIND: &'static str = "lead";
    const PERMISSION: Permission = Permission::ReadSales;
}

#[Object]
impl Lead {
    /// Global id.
    pub(crate) async fn id(&self) -> GlobalId<LeadId> {
        GlobalId(self.0.id)
    }

    /// Version of its stream.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// Where it stands.
    async fn status(&self) -> LeadStatus {
        self.0.status
    }

    /// The name by which people know it: the company's, else the person's, else its external key.
    async fn name(&self) -> Option<&str> {
        self.0.name()
    }

    /// Name of the person.
    async fn person_name(&self) -> Option<&str> {
        self.0.person_name.as_deref()
    }

    /// Name of the company.
    async fn company_name(&self) -> Option<&str> {
        self.0.company_name.as_deref()
    }

    /// What the person does there.
    async fn job_title(&self) -> Option<&str> {
        self.0.job_title.as_deref()
    }

    /// E-mail address.
    async fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// Telephone number, `+` and digits.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Tax id as written.
    async fn tax_id(&self) -> Option<&str> {
        self.0.tax_id.as_deref()
    }

    /// City.
    async fn city(&self) -> Option<&str> {
        self.0.city.as_deref()
    }

    /// Country, as written.
    async fn country(&self) -> Option<&str> {
        self.0.country.as_deref()
    }

    /// Sector, as written.
    async fn sector(&self) -> Option<&str> {
        self.0.sector.as_deref()
    }

    /// Campaign that brought it.
    async fn campaign(&self) -> Option<&str> {
        self.0.campaign.as_deref()
    }

    /// What it is interested in.
    async fn interest(&self) -> Option<&str> {
        self.0.interest.as_deref()
    }

    /// What a sale may be worth, in the company's currency.
    async fn expected_value(&self) -> Option<Decimal> {
        self.0.expected_value.map(Decimal)
    }

    /// What somebody wrote down.
    async fn notes(&self) -> Option<&str> {
        self.0.notes.as_deref()
    }

    /// Its key in the system it came from.
    async fn external_reference(&self) -> Option<&str> {
        self.0.external_reference.as_deref()
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

    /// The client it became.
    async fn client(&self, context: &Context<'_>) -> Result<Option<Client>, ApiError> {
        context.related(self.0.client).await
    }

    /// The opportunity that was opened with its conversion.
    async fn opportunity(&self, context: &Context<'_>) -> Result<Option<Opportunity>, ApiError> {
        context.related(self.0.opportunity).await
    }

    /// Why it was given up.
    async fn discard_reason(&self, context: &Context<'_>) -> Result<Option<Reason>, ApiError> {
        context.related(self.0.discard_reason).await
    }

    /// Why it was given up, in words.
    async fn discard_note(&self) -> Option<&str> {
        self.0.discard_note.as_deref()
    }

    /// The day on which it came to the company's notice.
    async fn registered_on(&self) -> Date {
        Date(self.0.registered_on)
    }

    /// The day on which somebody first spoke with it.
    async fn contacted_on(&self) -> Option<Date> {
        self.0.contacted_on.map(Date)
    }

    /// The day on which it was found to be worth an offer.
    async fn qualified_on(&self) -> Option<Date> {
        self.0.qualified_on.map(Date)
    }

    /// The day on which it became a client.
    async fn converted_on(&self) -> Option<Date> {
        self.0.converted_on.map(Date)
    }

    /// The day on which it was given up.
    async fn discarded_on(&self) -> Option<Date> {
        self.0.discarded_on.map(Date)
    }

    /// Nobody knows when; the day is that of recording, and period figures leave it out.
    async fn date_unknown(&self) -> bool {
        self.0.date_unknown
    }

    /// When its last event was recorded.
    async fn changed_at(&self) -> DateTime {
        DateTime(self.0.changed_at)
    }
}

payload! {
    /// What a mutation of a lead answers.
    LeadPayload,
    /// The lead as it is now; none where the command was refused or the caller sees it no longer.
    lead: Lead
}

payload! {
    /// What a conversion answers.
    ConvertLeadPayload,
    /// The lead, with the client and the opportunity that it became.
    lead: Lead
}
