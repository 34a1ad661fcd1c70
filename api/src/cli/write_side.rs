//! The log and what writes to it: all that a command such as `import` or `demo` needs.

use std::sync::Arc;

use cartera_commands::CommandBus;
use cartera_journal::{Journal, JournalConfig, JournalError, MasterKey, Observer, VaultError};

use super::CliError;
use super::serve::read_pool;
use crate::adapters::SystemIds;
use crate::auth::{CookieStyle, Identity, Lifetimes};
use crate::config::Config;
use crate::database::{Opened, Policy};
use crate::master_key::{self, KeyError};
use crate::telemetry::trace_context;

/// An open log, with the database that it lies in.
pub(super) struct WriteSide {
    /// The log.
    pub(super) journal: Journal,
    /// Carries commands out.
    pub(super) bus: CommandBus,
    database: Opened,
}

impl std::fmt::Debug for WriteSide {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WriteSide")
            .field("journal", &self.journal.id())
            .finish_non_exhaustive()
    }
}

impl WriteSide {
    /// Starts or reaches the database, and opens its log.
    ///
    /// # Errors
    /// No master key, no database, pending migrations, or a log that belongs to another key.
    pub(super) async fn open(config: &Config) -> Result<Self, CliError> {
        let key = master_key::load(config)?;
        let database = Opened::open(config, Policy::Refuse).await?;
        match open_journal(config, database.url(), key, None).await {
            Ok(journal) => Ok(Self {
                bus: CommandBus::new(journal.clone(), Arc::new(SystemIds)),
                journal,
                database,
            }),
            Err(error) => {
                database.close().await;
                Err(error)
            }
        }
    }

    /// Sessions, keys and links of this database.
    ///
    /// # Errors
    /// Passwords cannot be hashed, or the URL does not read.
    pub(super) fn identity(&self, config: &Config) -> Result<Identity, CliError> {
        let reads = read_pool(config, self.database.url())?;
        let cookies = CookieStyle::for_url(&config.public_url);
        let pool = self.journal.pool().clone();
        Ok(Identity::new(
            pool,
            self.bus.clone(),
            reads,
            cookies,
            Lifetimes::default(),
        )?)
    }

    /// Closes the log and leaves its database.
    pub(super) async fn close(self) {
        let Self {
            journal,
            bus,
            database,
        } = self;
        drop(bus);
        journal.pool().close().await;
        drop(journal);
        database.close().await;
    }
}

/// Opens the log of a migrated database, with whoever measures what it does.
///
/// # Errors
/// The database does not answer, or the log belongs to another master key.
pub(super) async fn open_journal(
    config: &Config,
    database_url: &str,
    key: MasterKey,
    observer: Option<Arc<dyn Observer>>,
) -> Result<Journal, CliError> {
    let opened = Journal::connect(JournalConfig {
        pool_size: config.database_connections,
        join_traces: Some(trace_context::join),
        observer,
        ..JournalConfig::new(database_url, key)
    });
    opened.await.map_err(|error| {
        if matches!(error, JournalError::Vault(VaultError::WrongMasterKey)) {
            KeyError::Foreign.into()
        } else {
            error.into()
        }
    })
}
