//! Ids from the system's clock and randomness.

use cartera_commands::IdSource;
use uuid::Uuid;

/// Mints UUIDs of version 7 (RFC 9562, 5.7), each later than those before it in this process.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl IdSource for SystemIds {
    #[expect(
        clippy::disallowed_methods,
        reason = "the port to which everybody else is sent"
    )]
    fn next_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_ordered_as_they_were_minted() {
        let minted: Vec<Uuid> = (0..1_000).map(|_| SystemIds.next_id()).collect();
        assert!(minted.is_sorted());
    }
}
