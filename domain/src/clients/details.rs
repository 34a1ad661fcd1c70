//! The descriptive fields of a client that carry no rule.

use crate::values::{Amount, EmailAddress, Line, Note, Patch, Personal, PhoneNumber, details};

use super::ClientKind;

details! {
    /// What is known of a client.
    ClientDetails, corrected by ClientDetailsPatch {
        /// Name of the company, as people know it.
        company_name: Line,
        /// Name of the company in the register.
        legal_name: Line,
        /// Name of the person, for a client that is one.
        person_name: Personal<Line>,
        /// Tax id as written.
        tax_id: Personal<Line>,
        /// E-mail address.
        email: Personal<EmailAddress>,
        /// Telephone number.
        phone: Personal<PhoneNumber>,
        /// Web site.
        website: Line,
        /// Sector, as written.
        sector: Line,
        /// Street and number.
        street: Personal<Line>,
        /// Postal code.
        postal_code: Line,
        /// City.
        city: Line,
        /// Province or region.
        province: Line,
        /// Country, as written.
        country: Line,
        /// Number of employees.
        employees: u32,
        /// Its yearly revenue, in the company's currency.
        revenue: Amount,
        /// Year in which it was founded.
        founded: u16,
        /// Name of the company it belongs to.
        parent_company: Line,
        /// What somebody wrote down.
        notes: Personal<Note>,
        /// Its key in the system it came from.
        external_reference: Personal<Line>,
    }
}

impl ClientDetails {
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
}

#[cfg(test)]
mod tests;
