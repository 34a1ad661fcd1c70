//! What callers say of clients and their persons of contact.

use async_graphql::{InputObject, MaybeUndefined};
use cartera_domain::clients::{
    ClientDetails, ClientDetailsPatch, ClientKind, ContactDetails, ContactDetailsPatch,
};
use cartera_domain::ids::{ClientId, ContactId, SubjectId, UserId};

use crate::asking::{Beginning, Said};
use crate::fields::Fields;
use crate::scalars::{Decimal, GlobalId};

/// What is known of a client. Blank text is taken for absent.
#[derive(Debug, InputObject)]
pub struct ClientDetailsInput {
    /// Name of the company, as people know it.
    pub company_name: Option<String>,
    /// Name of the company in the register.
    pub legal_name: Option<String>,
    /// Name of the person, for a client that is one.
    pub person_name: Option<String>,
    /// Tax id as written.
    pub tax_id: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number; nine digits are read as Spanish.
    pub phone: Option<String>,
    /// Web site.
    pub website: Option<String>,
    /// Sector, as written.
    pub sector: Option<String>,
    /// Street and number.
    pub street: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Province or region.
    pub province: Option<String>,
    /// Country, as written.
    pub country: Option<String>,
    /// Number of employees.
    pub employees: Option<i32>,
    /// Its yearly revenue, in the company's currency.
    pub revenue: Option<Decimal>,
    /// Year in which it was founded.
    pub founded: Option<i32>,
    /// Name of the company it belongs to.
    pub parent_company: Option<String>,
    /// What somebody wrote down.
    pub notes: Option<String>,
    /// Its key in the system it came from.
    pub external_reference: Option<String>,
}

impl ClientDetailsInput {
    pub(super) fn read(self, fields: &mut Fields, subject: SubjectId) -> ClientDetails {
        ClientDetails {
            company_name: fields.optional("companyName", self.company_name),
            legal_name: fields.optional("legalName", self.legal_name),
            person_name: fields.personal("personName", self.person_name, subject),
            tax_id: fields.personal("taxId", self.tax_id, subject),
            email: fields.personal("email", self.email, subject),
            phone: fields.personal("phone", self.phone, subject),
            website: fields.optional("website", self.website),
            sector: fields.optional("sector", self.sector),
            street: fields.personal("street", self.street, subject),
            postal_code: fields.optional("postalCode", self.postal_code),
            city: fields.optional("city", self.city),
            province: fields.optional("province", self.province),
            country: fields.optional("country", self.country),
            employees: fields.optional("employees", self.employees),
            revenue: fields.optional("revenue", self.revenue),
            founded: fields.optional("founded", self.founded),
            parent_company: fields.optional("parentCompany", self.parent_company),
            notes: fields.personal("notes", self.notes, subject),
            external_reference: fields.personal(
                "externalReference",
                self.external_reference,
                subject,
            ),
        }
    }
}

/// A correction of what is known of a client: what is absent stays, null or blank text clears.
#[derive(Debug, InputObject)]
pub struct ClientDetailsPatchInput {
    /// Name of the company, as people know it.
    pub company_name: MaybeUndefined<String>,
    /// Name of the company in the register.
    pub legal_name: MaybeUndefined<String>,
    /// Name of the person, for a client that is one.
    pub person_name: MaybeUndefined<String>,
    /// Tax id as written.
    pub tax_id: MaybeUndefined<String>,
    /// E-mail address.
    pub email: MaybeUndefined<String>,
    /// Telephone number; nine digits are read as Spanish.
    pub phone: MaybeUndefined<String>,
    /// Web site.
    pub website: MaybeUndefined<String>,
    /// Sector, as written.
    pub sector: MaybeUndefined<String>,
    /// Street and number.
    pub street: MaybeUndefined<String>,
    /// Postal code.
    pub postal_code: MaybeUndefined<String>,
    /// City.
    pub city: MaybeUndefined<String>,
    /// Province or region.
    pub province: MaybeUndefined<String>,
    /// Country, as written.
    pub country: MaybeUndefined<String>,
    /// Number of employees.
    pub employees: MaybeUndefined<i32>,
    /// Its yearly revenue, in the company's currency.
    pub revenue: MaybeUndefined<Decimal>,
    /// Year in which it was founded.
    pub founded: MaybeUndefined<i32>,
    /// Name of the company it belongs to.
    pub parent_company: MaybeUndefined<String>,
    /// What somebody wrote down.
    pub notes: MaybeUndefined<String>,
    /// Its key in the system it came from.
    pub external_reference: MaybeUndefined<String>,
}

impl ClientDetailsPatchInput {
    pub(super) fn read(self, fields: &mut Fields, subject: SubjectId) -> ClientDetailsPatch {
        ClientDetailsPatch {
            company_name: fields.patch("companyName", self.company_name),
            legal_name: fields.patch("legalName", self.legal_name),
            person_name: fields.personal_patch("personName", self.person_name, subject),
            tax_id: fields.personal_patch("taxId", self.tax_id, subject),
            email: fields.personal_patch("email", self.email, subject),
            phone: fields.personal_patch("phone", self.phone, subject),
            website: fields.patch("website", self.website),
            sector: fields.patch("sector", self.sector),
            street: fields.personal_patch("street", self.street, subject),
            postal_code: fields.patch("postalCode", self.postal_code),
            city: fields.patch("city", self.city),
            province: fields.patch("province", self.province),
            country: fields.patch("country", self.country),
            employees: fields.patch("employees", self.employees),
            revenue: fields.patch("revenue", self.revenue),
            founded: fields.patch("founded", self.founded),
            parent_company: fields.patch("parentCompany", self.parent_company),
            notes: fields.personal_patch("notes", self.notes, subject),
            external_reference: fields.personal_patch(
                "externalReference",
                self.external_reference,
                subject,
            ),
        }
    }
}

/// What is known of a person of contact. Blank text is taken for absent.
#[derive(Debug, InputObject)]
pub struct ContactDetailsInput {
    /// Name of the person.
    pub name: String,
    /// What the person does there.
    pub role: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Telephone number; nine digits are read as Spanish.
    pub phone: Option<String>,
    /// What somebody wrote down.
    pub notes: Option<String>,
}

impl ContactDetailsInput {
    pub(super) fn read(self, fields: &mut Fields, subject: SubjectId) -> ContactDetails {
        ContactDetails {
            name: fields.personal("name", Some(self.name), subject),
            role: fields.optional("role", self.role),
            email: fields.personal("email", self.email, subject),
            phone: fields.personal("phone", self.phone, subject),
            notes: fields.personal("notes", self.notes, subject),
        }
    }
}

/// A correction of what is known of a person of contact: what is absent stays, null or blank text clears.
#[derive(Debug, InputObject)]
pub struct ContactDetailsPatchInput {
    /// Name of the person.
    pub name: MaybeUndefined<String>,
    /// What the person does there.
    pub role: MaybeUndefined<String>,
    /// E-mail address.
    pub email: MaybeUndefined<String>,
    /// Telephone number; nine digits are read as Spanish.
    pub phone: MaybeUndefined<String>,
    /// What somebody wrote down.
    pub notes: MaybeUndefined<String>,
}

impl ContactDetailsPatchInput {
    pub(super) fn read(self, fields: &mut Fields, subject: SubjectId) -> ContactDetailsPatch {
        ContactDetailsPatch {
            name: fields.personal_patch("name", self.name, subject),
            role: fields.patch("role", self.role),
            email: fields.personal_patch("email", self.email, subject),
            phone: fields.personal_patch("phone", self.phone, subject),
            notes: fields.personal_patch("notes", self.notes, subject),
        }
    }
}

/// A client to be taken into the book of clients.
#[derive(Debug, InputObject)]
pub struct RegisterClientInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Beginning,
    /// What it is in law.
    pub kind: ClientKind,
    /// What is known of it: at least a name or an external reference.
    pub details: ClientDetailsInput,
    /// Who takes care of it; a salesperson who names nobody does so.
    pub owner_id: Option<GlobalId<UserId>>,
}

/// A client, and nothing else to say.
#[derive(Debug, InputObject)]
pub struct ClientInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The client.
    pub client_id: GlobalId<ClientId>,
}

/// A correction of a client.
#[derive(Debug, InputObject)]
pub struct CorrectClientDetailsInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The client.
    pub client_id: GlobalId<ClientId>,
    /// The fields to correct.
    pub changes: ClientDetailsPatchInput,
}

/// Who takes care of a client from now on.
#[derive(Debug, InputObject)]
pub struct AssignClientInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The client.
    pub client_id: GlobalId<ClientId>,
    /// Who takes care of it; nobody when absent.
    pub owner_id: Option<GlobalId<UserId>>,
}

/// A person of contact to be added.
#[derive(Debug, InputObject)]
pub struct AddContactInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The client.
    pub client_id: GlobalId<ClientId>,
    /// What is known of the person.
    pub details: ContactDetailsInput,
}

/// A correction of a person of contact.
#[derive(Debug, InputObject)]
pub struct CorrectContactDetailsInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The client.
    pub client_id: GlobalId<ClientId>,
    /// The person of contact.
    pub contact_id: GlobalId<ContactId>,
    /// The fields to correct.
    pub changes: ContactDetailsPatchInput,
}

/// A person who is a contact no more.
#[derive(Debug, InputObject)]
pub struct RemoveContactInput {
    /// The command itself.
    #[graphql(flatten)]
    pub said: Said,
    /// The client.
    pub client_id: GlobalId<ClientId>,
    /// The person of contact.
    pub contact_id: GlobalId<ContactId>,
}
