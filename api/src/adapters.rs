//! What the outside gives to the parts: ids.

mod system_ids;

pub use system_ids::SystemIds;
