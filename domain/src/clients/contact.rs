//! The descriptive fields of a person of contact that carry no rule.

use crate::values::{EmailAddress, Line, Note, Patch, Personal, PhoneNumber, details};

details! {
    /// What is known of a person of contact.
    ContactDetails, corrected by ContactDetailsPatch {
        /// Name of the person.
        name: Personal<Line>,
        /// What the person does there.
        role: Line,
        /// E-mail address.
        email: Personal<EmailAddress>,
        /// Telephone number.
        phone: Personal<PhoneNumber>,
        /// What somebody wrote down.
        notes: Personal<Note>,
    }
}

#[cfg(test)]
mod tests;
