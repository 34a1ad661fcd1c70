//! A projector as the journal's follower drives it.

use std::sync::Arc;

use async_trait::async_trait;
use cartera_journal::{EffectError, Effects, Recorded};
use sqlx::PgConnection;

use crate::generations::Generation;
use crate::projector::{ProjectionError, SharedProjector, Tables};

/// A projector as the journal's follower drives it, for one generation.
pub struct Driven {
    projector: SharedProjector,
    generation: Generation,
}

impl Driven {
    /// The projector's effects on a generation.
    pub fn new(projector: &SharedProjector, generation: &Generation) -> Self {
        Self {
            projector: Arc::clone(projector),
            generation: generation.clone(),
        }
    }

    async fn take_in(
        &self,
        tx: &mut PgConnection,
        batch: &[Recorded],
    ) -> Result<(), ProjectionError> {
        let tables = if self.generation.live {
            Tables::Filled
        } else {
            // Another node may have completed it meanwhile.
            self.generation.tables(tx).await?
        };
        self.projector.take_in(tx, batch, tables).await
    }
}

#[async_trait]
impl Effects for Driven {
    fn name(&self) -> &str {
        self.projector.name()
    }

    async fn apply(&self, tx: &mut PgConnection, batch: &[Recorded]) -> Result<(), EffectError> {
        self.take_in(tx, batch).await.map_err(|error| match error {
            ProjectionError::Database(source) => EffectError::Database(source),
            ProjectionError::Inconsistent { position, .. } => EffectError::Event {
                position,
                reason: error.to_string(),
            },
        })
    }
}
