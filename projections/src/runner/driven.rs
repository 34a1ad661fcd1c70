//! A projector as the journal's follower drives it.

use std::sync::Arc;

use async_trait::async_trait;
use cartera_journal::{EffectError, Effects, Recorded};
use sqlx::PgConnection;

use crate::projector::{ProjectionError, SharedProjector};

/// A projector as the journal's follower drives it.
pub struct Driven(SharedProjector);

impl Driven {
    /// The projector's effects.
    pub fn shared(projector: &SharedProjector) -> Arc<dyn Effects> {
        Arc::new(Self(Arc::clone(projector)))
    }
}

#[async_trait]
impl Effects for Driven {
    fn name(&self) -> &str {
        self.0.name()
    }

    async fn apply(&self, tx: &mut PgConnection, batch: &[Recorded]) -> Result<(), EffectError> {
        self.0
            .apply_batch(tx, batch)
            .await
            .map_err(|error| match error {
                ProjectionError::Database(source) => EffectError::Database(source),
                ProjectionError::Inconsistent { position, .. } => EffectError::Event {
                    position,
                    reason: error.to_string(),
                },
            })
    }
}
