//! The descriptive fields of a client that carry no rule.

use serde::{Deserialize, Serialize};

use crate::ids::SubjectId;
use crate::values::{Amount, EmailAddress, Line, Note, Patch, Personal, PhoneNumber};

use super::ClientKind;

/// What is known of a client. Old events read with new fields empty.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientDetails {
    /// Name of the company, as people know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_name: Option<Line>,
    /// Name of the company in the register.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_name: Option<Line>,
    /// Name of the person, for a client that is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_name: Option<Personal<Line>>,
    /// Tax id as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_id: Option<Personal<Line>>,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Personal<EmailAddress>>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Personal<PhoneNumber>>,
    /// Web site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<Line>,
    /// Sector, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector: Option<Line>,
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<Personal<Line>>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<Line>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<Line>,
    /// Province or region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub province: Option<Line>,
    /// Country, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Line>,
    /// Number of employees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employees: Option<u32>,
    /// Its yearly revenue, in the company's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revenue: Option<Amount>,
    /// Year in which it was founded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub founded: Option<u16>,
    /// Name of the company it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_company: Option<Line>,
    /// What somebody wrote down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Personal<Note>>,
    /// Its key in the system it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_reference: Option<Personal<Line>>,
}

/// A correction of some of [`ClientDetails`]: only the changed fields, with their new values.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientDetailsPatch {
    /// See [`ClientDetails::company_name`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub company_name: Patch<Line>,
    /// See [`ClientDetails::legal_name`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub legal_name: Patch<Line>,
    /// See [`ClientDetails::person_name`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub person_name: Patch<Personal<Line>>,
    /// See [`ClientDetails::tax_id`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub tax_id: Patch<Personal<Line>>,
    /// See [`ClientDetails::email`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub email: Patch<Personal<EmailAddress>>,
    /// See [`ClientDetails::phone`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub phone: Patch<Personal<PhoneNumber>>,
    /// See [`ClientDetails::website`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub website: Patch<Line>,
    /// See [`ClientDetails::sector`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub sector: Patch<Line>,
    /// See [`ClientDetails::street`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub street: Patch<Personal<Line>>,
    /// See [`ClientDetails::postal_code`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub postal_code: Patch<Line>,
    /// See [`ClientDetails::city`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub city: Patch<Line>,
    /// See [`ClientDetails::province`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub province: Patch<Line>,
    /// See [`ClientDetails::country`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub country: Patch<Line>,
    /// See [`ClientDetails::employees`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub employees: Patch<u32>,
    /// See [`ClientDetails::revenue`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub revenue: Patch<Amount>,
    /// See [`ClientDetails::founded`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub founded: Patch<u16>,
    /// See [`ClientDetails::parent_company`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub parent_company: Patch<Line>,
    /// See [`ClientDetails::notes`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub notes: Patch<Personal<Note>>,
    /// See [`ClientDetails::external_reference`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub external_reference: Patch<Personal<Line>>,
}

impl ClientDetails {
    /// Takes a correction in.
    pub fn correct(&mut self, patch: ClientDetailsPatch) {
        let ClientDetailsPatch {
            company_name,
            legal_name,
            person_name,
            tax_id,
            email,
            phone,
            website,
            sector,
            street,
            postal_code,
            city,
            province,
            country,
            employees,
            revenue,
            founded,
            parent_company,
            notes,
            external_reference,
        } = patch;
        company_name.apply(&mut self.company_name);
        legal_name.apply(&mut self.legal_name);
        person_name.apply(&mut self.person_name);
        tax_id.apply(&mut self.tax_id);
        email.apply(&mut self.email);
        phone.apply(&mut self.phone);
        website.apply(&mut self.website);
        sector.apply(&mut self.sector);
        street.apply(&mut self.street);
        postal_code.apply(&mut self.postal_code);
        city.apply(&mut self.city);
        province.apply(&mut self.province);
        country.apply(&mut self.country);
        employees.apply(&mut self.employees);
        revenue.apply(&mut self.revenue);
        founded.apply(&mut self.founded);
        parent_company.apply(&mut self.parent_company);
        notes.apply(&mut self.notes);
        external_reference.apply(&mut self.external_reference);
    }

    /// The part of a correction that changes something.
    #[must_use]
    pub fn changes(&self, patch: ClientDetailsPatch) -> ClientDetailsPatch {
        ClientDetailsPatch {
            company_name: patch.company_name.against(self.company_name.as_ref()),
            legal_name: patch.legal_name.against(self.legal_name.as_ref()),
            person_name: patch.person_name.against(self.person_name.as_ref()),
            tax_id: patch.tax_id.against(self.tax_id.as_ref()),
            email: patch.email.against(self.email.as_ref()),
            phone: patch.phone.against(self.phone.as_ref()),
            website: patch.website.against(self.website.as_ref()),
            sector: patch.sector.against(self.sector.as_ref()),
            street: patch.street.against(self.street.as_ref()),
            postal_code: patch.postal_code.against(self.postal_code.as_ref()),
            city: patch.city.against(self.city.as_ref()),
            province: patch.province.against(self.province.as_ref()),
            country: patch.country.against(self.country.as_ref()),
            employees: patch.employees.against(self.employees.as_ref()),
            revenue: patch.revenue.against(self.revenue.as_ref()),
            founded: patch.founded.against(self.founded.as_ref()),
            parent_company: patch.parent_company.against(self.parent_company.as_ref()),
            notes: patch.notes.against(self.notes.as_ref()),
            external_reference: patch
                .external_reference
                .against(self.external_reference.as_ref()),
        }
    }

    /// Whether somebody could find a client of this kind again by them: a name of its kind, a person's
    /// address or number, or an external reference.
    pub fn identify(&self, kind: ClientKind) -> bool {
        let named = match kind {
            ClientKind::Company => self.company_name.is_some() || self.legal_name.is_some(),
            ClientKind::Person => {
                self.person_name.is_some() || self.email.is_some() || self.phone.is_some()
            }
        };
        named || self.external_reference.is_some()
    }

    /// Whose personal values these are; `None` while there is none. A further value of the same person takes the same
    /// subject (DEFINITIONS 9).
    pub fn subject(&self) -> Option<SubjectId> {
        self.person_name
            .as_ref()
            .map(Personal::subject)
            .or_else(|| self.tax_id.as_ref().map(Personal::subject))
            .or_else(|| self.email.as_ref().map(Personal::subject))
            .or_else(|| self.phone.as_ref().map(Personal::subject))
            .or_else(|| self.street.as_ref().map(Personal::subject))
            .or_else(|| self.notes.as_ref().map(Personal::subject))
            .or_else(|| self.external_reference.as_ref().map(Personal::subject))
    }
}

#[cfg(test)]
mod tests;
