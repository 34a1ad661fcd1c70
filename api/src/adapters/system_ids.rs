//! Ids by the system's clock.

use cartera_commands::IdSource;
use uuid::Uuid;

/// Mints UUIDs of version 7, each later than those before it on this node.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl IdSource for SystemIds {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the port's own implementation"
    )]
    fn next_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}
