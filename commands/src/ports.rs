//! What the outside must give.

use cartera_domain::ids::TypedId;
use uuid::Uuid;

/// Mints ids (UUID version 7). Seeded where a run must be repeatable.
pub trait IdSource: Send + Sync {
    /// A new id, later than those before it.
    fn next_id(&self) -> Uuid;
}

impl dyn IdSource + '_ {
    /// A new id of this type.
    pub fn mint<I: TypedId>(&self) -> I {
        I::from_uuid(self.next_id())
    }
}
