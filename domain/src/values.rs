//! Value objects that two contexts or more share. Private fields, one fallible constructor: parsed at the border, trusted inside.

pub mod amount;
pub mod currency;
mod details;
pub mod email_address;
pub mod fiscal_year;
pub mod occurred;
pub mod patch;
pub mod percentage;
pub mod personal;
pub mod phone_number;
pub mod text;

pub use amount::{Amount, InvalidAmount, Quantity};
pub use currency::{Currency, InvalidCurrency};
pub(crate) use details::{Descriptive, details};
pub use email_address::{EmailAddress, InvalidEmailAddress};
pub use fiscal_year::{FiscalStart, FiscalYear, InvalidFiscalStart, shift_years};
pub use occurred::{BusinessTime, Occurred};
pub use patch::Patch;
pub use percentage::{InvalidPercentage, Percentage};
pub use personal::Personal;
pub use phone_number::{InvalidPhoneNumber, PhoneNumber};
pub use text::{InvalidText, Line, Note, Text};

#[cfg(test)]
pub(crate) mod samples;
