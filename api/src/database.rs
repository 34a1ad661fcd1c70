//! The database as the service opens it: its own or a given one, of the right version, with its migrations applied.

mod check;
pub mod migrations;

use cartera_embedded::{Binaries, Embedded, EmbeddedError};

use crate::config::{Config, Database};

pub use check::Unusable;
pub use migrations::{MigrationError, Policy};

/// The database cannot be used; each text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The private PostgreSQL does not run.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
    /// The given server does not let us in.
    #[error(transparent)]
    Unusable(#[from] Unusable),
    /// The tables are not those of this version.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}

/// A database that answers.
#[derive(Debug)]
pub struct Opened {
    url: String,
    embedded: Option<Embedded>,
}

impl Opened {
    /// Starts or reaches the database, and applies or checks its migrations.
    ///
    /// # Errors
    /// What hinders it, with what to do: [`DatabaseError`].
    pub async fn open(config: &Config, policy: Policy) -> Result<Self, DatabaseError> {
        let opened = Self::reach(config).await?;
        match opened.bring_up(policy).await {
            Ok(()) => Ok(opened),
            Err(error) => {
                opened.close().await;
                Err(error)
            }
        }
    }

    /// Starts or reaches the database and leaves its tables alone.
    ///
    /// # Errors
    /// What hinders it, with what to do: [`DatabaseError`].
    pub async fn reach(config: &Config) -> Result<Self, DatabaseError> {
        match &config.database {
            Database::Embedded(settings) => {
                let embedded = Embedded::start(settings).await?;
                Ok(Self {
                    url: embedded.url(),
                    embedded: Some(embedded),
                })
            }
            Database::Server(url) => Ok(Self {
                url: url.0.clone(),
                embedded: None,
            }),
        }
    }

    async fn bring_up(&self, policy: Policy) -> Result<(), DatabaseError> {
        let connection = check::connect(&self.url).await?;
        // Its tables are ours alone: there is nobody to ask.
        let policy = if self.embedded.is_some() {
            Policy::Apply
        } else {
            policy
        };
        Ok(migrations::bring_up(connection, policy).await?)
    }

    /// URL of the database, as the application's role.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The programs that belong to the private PostgreSQL.
    pub fn binaries(&self) -> Option<&Binaries> {
        self.embedded.as_ref().map(Embedded::binaries)
    }

    /// Stops the private PostgreSQL unless another process uses it.
    pub async fn close(self) {
        if let Some(embedded) = self.embedded {
            embedded.stop().await;
        }
    }
}
