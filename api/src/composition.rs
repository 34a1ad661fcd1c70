//! Puts the service together: journal, commands, read models. The only place that knows them all.

pub mod master_key;

use std::sync::Arc;

use cartera_commands::CommandBus;
use cartera_journal::{Journal, JournalConfig, JournalError, MasterKey};
use cartera_projections::generations::GenerationError;
use cartera_projections::runner::Runner;
use cartera_projections::{ReadPool, registry};

use crate::adapters::SystemIds;
use crate::config::Config;

pub use master_key::KeyError;

/// The service cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum CompositionError {
    /// The journal does not open.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The read models do not start.
    #[error("the read models do not start: {0}")]
    ReadModels(#[from] GenerationError),
    /// The connections for reading cannot be configured.
    #[error("the database URL is unusable: {0}")]
    Database(#[from] sqlx::Error),
}

/// The log and what writes to it: all that a command such as `import` or `demo` needs.
#[derive(Clone)]
pub struct WriteSide {
    /// The log.
    pub journal: Journal,
    /// Carries commands out.
    pub bus: CommandBus,
}

impl std::fmt::Debug for WriteSide {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WriteSide")
            .field("journal", &self.journal.id())
            .finish_non_exhaustive()
    }
}

impl WriteSide {
    /// Opens the log of this database.
    ///
    /// # Errors
    /// The database does not answer, or the log belongs to another master key.
    pub async fn open(
        config: &Config,
        database_url: &str,
        master_key: MasterKey,
    ) -> Result<Self, CompositionError> {
        let settings = JournalConfig {
            pool_size: config.database_connections,
            ..JournalConfig::new(database_url, master_key)
        };
        let journal = Journal::connect(settings).await?;
        let bus = CommandBus::new(journal.clone(), Arc::new(SystemIds));
        Ok(Self { journal, bus })
    }
}

/// The read models, kept up to date by this node, and the connections by which they are read.
#[derive(Debug)]
pub struct ReadSide {
    /// Connections for finders.
    pub reads: ReadPool,
    /// Who keeps the read models going.
    pub runner: Runner,
}

impl ReadSide {
    /// Starts to keep all read models.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn start(
        config: &Config,
        database_url: &str,
        journal: &Journal,
    ) -> Result<Self, CompositionError> {
        let reads = ReadPool::connect_lazy(database_url, config.database_connections)?;
        let runner = Runner::start(journal.clone(), registry::all()).await?;
        Ok(Self { reads, runner })
    }

    /// Stops after the batches in hand.
    pub async fn stop(self) {
        self.runner.stop().await;
        self.reads.close().await;
    }
}
