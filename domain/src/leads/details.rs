//! The descriptive fields of a lead that carry no rule.

use serde::{Deserialize, Serialize};

use crate::ids::SubjectId;
use crate::values::{Amount, EmailAddress, Line, Note, Patch, Personal, PhoneNumber};

/// What is known of a lead. Old events read with new fields empty.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LeadDetails {
    /// Name of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_name: Option<Personal<Line>>,
    /// Name of the company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company_name: Option<Line>,
    /// What the person does there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_title: Option<Line>,
    /// E-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<Personal<EmailAddress>>,
    /// Telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<Personal<PhoneNumber>>,
    /// Tax id as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_id: Option<Personal<Line>>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<Line>,
    /// Country, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Line>,
    /// Sector, as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sector: Option<Line>,
    /// Campaign that brought it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<Line>,
    /// What it is interested in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interest: Option<Line>,
    /// What a sale may be worth, in the company's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_value: Option<Amount>,
    /// What somebody wrote down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<Personal<Note>>,
    /// Its key in the system it came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_reference: Option<Personal<Line>>,
}

/// A correction of some of [`LeadDetails`]: only the changed fields, with their new values.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LeadDetailsPatch {
    /// See [`LeadDetails::person_name`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub person_name: Patch<Personal<Line>>,
    /// See [`LeadDetails::company_name`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub company_name: Patch<Line>,
    /// See [`LeadDetails::job_title`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub job_title: Patch<Line>,
    /// See [`LeadDetails::email`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub email: Patch<Personal<EmailAddress>>,
    /// See [`LeadDetails::phone`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub phone: Patch<Personal<PhoneNumber>>,
    /// See [`LeadDetails::tax_id`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub tax_id: Patch<Personal<Line>>,
    /// See [`LeadDetails::city`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub city: Patch<Line>,
    /// See [`LeadDetails::country`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub country: Patch<Line>,
    /// See [`LeadDetails::sector`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub sector: Patch<Line>,
    /// See [`LeadDetails::campaign`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub campaign: Patch<Line>,
    /// See [`LeadDetails::interest`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub interest: Patch<Line>,
    /// See [`LeadDetails::expected_value`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub expected_value: Patch<Amount>,
    /// See [`LeadDetails::notes`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub notes: Patch<Personal<Note>>,
    /// See [`LeadDetails::external_reference`].
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub external_reference: Patch<Personal<Line>>,
}

impl LeadDetails {
    /// Takes a correction in.
    pub fn correct(&mut self, patch: LeadDetailsPatch) {
        let LeadDetailsPatch {
            person_name,
            company_name,
            job_title,
            email,
            phone,
            tax_id,
            city,
            country,
            sector,
            campaign,
            interest,
            expected_value,
            notes,
            external_reference,
        } = patch;
        person_name.apply(&mut self.person_name);
        company_name.apply(&mut self.company_name);
        job_title.apply(&mut self.job_title);
        email.apply(&mut self.email);
        phone.apply(&mut self.phone);
        tax_id.apply(&mut self.tax_id);
        city.apply(&mut self.city);
        country.apply(&mut self.country);
        sector.apply(&mut self.sector);
        campaign.apply(&mut self.campaign);
        interest.apply(&mut self.interest);
        expected_value.apply(&mut self.expected_value);
        notes.apply(&mut self.notes);
        external_reference.apply(&mut self.external_reference);
    }

    /// The part of a correction that changes something.
    #[must_use]
    pub fn changes(&self, patch: LeadDetailsPatch) -> LeadDetailsPatch {
        LeadDetailsPatch {
            person_name: patch.person_name.against(self.person_name.as_ref()),
            company_name: patch.company_name.against(self.company_name.as_ref()),
            job_title: patch.job_title.against(self.job_title.as_ref()),
            email: patch.email.against(self.email.as_ref()),
            phone: patch.phone.against(self.phone.as_ref()),
            tax_id: patch.tax_id.against(self.tax_id.as_ref()),
            city: patch.city.against(self.city.as_ref()),
            country: patch.country.against(self.country.as_ref()),
            sector: patch.sector.against(self.sector.as_ref()),
            campaign: patch.campaign.against(self.campaign.as_ref()),
            interest: patch.interest.against(self.interest.as_ref()),
            expected_value: patch.expected_value.against(self.expected_value.as_ref()),
            notes: patch.notes.against(self.notes.as_ref()),
            external_reference: patch
                .external_reference
                .against(self.external_reference.as_ref()),
        }
    }

    /// Whether somebody could find the lead again: a person, by name, address or number, a company or an external reference
    /// (DEFINITIONS 17).
    pub fn is_identifiable(&self) -> bool {
        self.person_name.is_some()
            || self.email.is_some()
            || self.phone.is_some()
            || self.company_name.is_some()
            || self.external_reference.is_some()
    }

    /// Whose personal values these are; `None` while there is none. A further value of the same person takes the same
    /// subject (DEFINITIONS 9).
    pub fn subject(&self) -> Option<SubjectId> {
        self.person_name
            .as_ref()
            .map(Personal::subject)
            .or_else(|| self.email.as_ref().map(Personal::subject))
            .or_else(|| self.phone.as_ref().map(Personal::subject))
            .or_else(|| self.tax_id.as_ref().map(Personal::subject))
            .or_else(|| self.notes.as_ref().map(Personal::subject))
            .or_else(|| self.external_reference.as_ref().map(Personal::subject))
    }
}

#[cfg(test)]
mod tests;
