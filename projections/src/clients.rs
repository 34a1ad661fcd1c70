//! Clients and their persons of contact, as lists and pages show them.

pub mod client_list;
pub mod contact_list;
