//! The company's own settings, as forms and lists show them and as figures of the past need them.

pub mod catalogue_entries;
pub mod company_profile;
pub mod pipeline_stages;
