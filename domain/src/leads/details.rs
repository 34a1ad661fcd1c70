//! The descriptive fields of a lead that carry no rule.

use crate::values::{Amount, EmailAddress, Line, Note, Patch, Personal, PhoneNumber, details};

details! {
    /// What is known of a lead.
    LeadDetails, corrected by LeadDetailsPatch {
        /// Name of the person.
        person_name: Personal<Line>,
        /// Name of the company.
        company_name: Line,
        /// What the person does there.
        job_title: Line,
        /// E-mail address.
        email: Personal<EmailAddress>,
        /// Telephone number.
        phone: Personal<PhoneNumber>,
        /// Tax id as written.
        tax_id: Personal<Line>,
        /// City.
        city: Line,
        /// Country, as written.
        country: Line,
        /// Sector, as written.
        sector: Line,
        /// Campaign that brought it.
        campaign: Line,
        /// What it is interested in.
        interest: Line,
        /// What a sale may be worth, in the company's currency.
        expected_value: Amount,
        /// What somebody wrote down.
        notes: Personal<Note>,
        /// Its key in the system it came from.
        external_reference: Personal<Line>,
    }
}

impl LeadDetails {
    /// Whether somebody could find the lead again: a person, by name, address or number, a company or an external reference
    /// (DEFINITIONS 17).
    pub fn is_identifiable(&self) -> bool {
        self.person_name.is_some()
            || self.email.is_some()
            || self.phone.is_some()
            || self.company_name.is_some()
            || self.external_reference.is_some()
    }
}

#[cfg(test)]
mod tests;
