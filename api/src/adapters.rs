//! What the outside gives to the parts: ids, time.

mod clock;
mod system_ids;

pub use clock::{Clock, SystemClock};
pub use system_ids::SystemIds;
