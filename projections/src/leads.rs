//! Leads as lists and pages show them.

pub mod lead_list;
