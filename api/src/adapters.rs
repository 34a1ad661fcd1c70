//! What the system gives to the crates that do not ask it themselves: ids.

pub mod system_ids;

pub use system_ids::SystemIds;
