//! What callers say of leads.

use async_graphql::{InputObject, MaybeUndefined};
use cartera_domain::ids::{ChannelId, ClientId, LeadId, ReasonId, SubjectId, UserId};
use cartera_domain::leads::{LeadDetails, LeadDetailsPatch};

use crate::asking::{Beginning, Said};
use crate::fields::Fields;
use crate::opportunities::inputs::OpportunityOfLeadInput;
use crate::scalars::{Decimal, GlobalId};

/// What is known of a lead. Blank text is taken for absent.
#[derive(Debug, InputObject)]
pub struct LeadDetailsInput {
    /// Name of the person.
    pub person_name: Option<String>,
    /// Name of the company.
    pub company_name: Option<String>,
    /// What the person does there.
    pub job_title: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number; nine digits are read as Spanish.
    pub phone: Option<String>,
    /// Tax id as written.
    pub tax_id: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Country, as written.
    pub country: Option<String>,
    /// Sector, as written.
    pub sector: Option<String>,
    /// Campaign that brought it.
    pub campaign: Option<String>,
    /// What it is interested in.
    pub interest: Option<String>,
    /// What a sale may be worth, in the company's currency.
    pub expected_value: Option<Decimal>,
    /// What somebody wrote down.
    pub notes: Option<String>,
    /// Its key in the system it came from.
    pub external_reference: Option<String>,
}

impl LeadDetailsInput {
    pub(super) fn read(self, fields: &mut Fields, subject: SubjectId) -> LeadDetails {
        LeadDetails {
            person_name: fields.personal("personName", self.person_name, subject),
            company_name: fields.optional("companyName", self.company_name),
            job_title: fields.optional("jobTitle", self.job_title),
            email: fields.personal("email", self.email, subject),
            phone: fields.personal("phone", self.phone, subject),
            tax_id: fields.personal("taxId", self.tax_id, subject),
            city: fields.optional("city", self.city),
            country: fields.optional("country", self.country),
            sector: fields.optional("sector", self.sector),
            campaign: fields.optional("campaign", self.campaign),
            interest: fields.optional("interest", self.interest),
            expected_value: fields.optional("expectedValue", self.expected_value),
            notes: fields.personal("notes", self.notes, subject),
            external_reference: fields.personal(
                "externalReference",
                self.external_reference,
                subject,
            ),
        }
    }
}

/// A correction of what is known of a lead: what is absent stays, null or blank text clears.
#[derive(Debug, InputObject)]
pub struct LeadDetailsPatchInput {
    /// Name of the person.
    pub person_name: MaybeUndefined<String>,
    /// Name of the company.
    pub company_name: MaybeUndefined<String>,
    /// What the person does there.
    pub job_title: MaybeUndefined<String>,
    /// E-mail address.
    pub email: MaybeUndefined<String>,
    /// Telephone number; nine digits are read as Spanish.
    pub phone: MaybeUndefined<String>,
    /// Tax id as written.
    pub tax_id: MaybeUndefined<String>,
    /// City.
    pub city: MaybeUndefined<String>,
    /// Country, as written.
    pub country: MaybeUndefined<String>,
    /// Sector, as written.
    pub sector: MaybeUndefined<String>,
    /// Campaign that brought it.
    pub campaign: MaybeUndefined<String>,
    /// What it is interested in.
    pub interest: MaybeUndefined<String>,
    /// What a sale may be worth, in the company's currency.
    pub expected_value: MaybeUndefined<Decimal>,
    /// What somebody wrote down.
    pub notes: MaybeUndefined<String>,
    /// Its key in the system it came from.
    pub external_reference: MaybeUndefined<String>,
}

impl LeadDetailsPatchInput {
    pub(super) fn read(self, fields: &mut Fields, subject: SubjectId) -> LeadDetailsPatch {
        LeadDetailsPatch {
            person_name: fields.personal_patch("personName", self.person_name, subject),
            company_name: fields.patch("companyName", self.company_name),
            job_title: fields.patch("jobTitle", self.job_title),
            email: fields.personal_patch("email", self.email, subject),
            phone: fields.personal_patch("phone", self.phone, subject),
            tax_id: fields.personal_patch("taxId", self.tax_id, subject),
            city: fields.patch("city", self.city),
            country: fields.patch("country", self.country),
            sector: fields.patch("sector", self.sector),
            campaign: fields.patch("campaign", self.campaign),
            interest: fields.patch("interest", self.interest),
            expected_value: fields.patch("expectedValue", self.expected_value),
            notes: fields.personal_patch("notes", self.notes, subject),
            external_reference: fields.personal_patch(
                "externalReference",
                self.external_reference,
                subject,
            ),
        }
    }
}

/// A lead to be taken note of.
#[derive(Debug, InputObject)]
pub struct RegisterLeadInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Beginning,
    /// What is known of it: at least a person, a company or an external reference.
    pub details: LeadDetailsInput,
    /// By which channel it came.
    pub channel_id: Option<GlobalId<ChannelId>>,
    /// Who takes care of it; a salesperson who names nobody does so.
    pub owner_id: Option<GlobalId<UserId>>,
}

/// A lead, and nothing else to say.
#[derive(Debug, InputObject)]
pub struct LeadInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The lead.
    pub lead_id: GlobalId<LeadId>,
}

/// A correction of a lead.
#[derive(Debug, InputObject)]
pub struct CorrectLeadDetailsInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The lead.
    pub lead_id: GlobalId<LeadId>,
    /// The fields to correct.
    pub changes: LeadDetailsPatchInput,
}

/// The right channel of a lead.
#[derive(Debug, InputObject)]
pub struct CorrectLeadChannelInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The lead.
    pub lead_id: GlobalId<LeadId>,
    /// The right channel; none when absent.
    pub channel_id: Option<GlobalId<ChannelId>>,
}

/// Who takes care of a lead from now on.
#[derive(Debug, InputObject)]
pub struct AssignLeadInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The lead.
    pub lead_id: GlobalId<LeadId>,
    /// Who takes care of it; nobody when absent.
    pub owner_id: Option<GlobalId<UserId>>,
}

/// A lead that is given up.
#[derive(Debug, InputObject)]
pub struct DiscardLeadInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The lead.
    pub lead_id: GlobalId<LeadId>,
    /// Why, from the catalogue.
    pub reason_id: Option<GlobalId<ReasonId>>,
    /// Why, in words; needed without a reason.
    pub note: Option<String>,
}

/// A lead that becomes a client.
#[derive(Debug, InputObject)]
pub struct ConvertLeadInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The lead.
    pub lead_id: GlobalId<LeadId>,
    /// The client that it turned out to be; a new one is made of the lead when absent.
    pub client_id: Option<GlobalId<ClientId>>,
    /// The opportunity to open with it.
    pub opportunity: Option<OpportunityOfLeadInput>,
}
