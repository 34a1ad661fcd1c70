//! The connections by which finders read: always through the schema `live`.

use std::str::FromStr;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// Schema of the views that finders read; each shows a table of the generation in use.
pub const LIVE: &str = "live";

/// Connections to the read models, on the main server or a replica.
#[derive(Debug, Clone)]
pub struct ReadPool(PgPool);

impl ReadPool {
    /// Connects to the server, which need not be up yet.
    ///
    /// # Errors
    /// When the URL does not read.
    pub fn connect_lazy(database_url: &str, size: u32) -> Result<Self, sqlx::Error> {
        let options = PgConnectOptions::from_str(database_url)?
            .application_name("cartera-read")
            // Compiling a plan costs more than any of these queries, the largest reports included.
            .options([("search_path", "live,public"), ("jit", "off")]);
        let pool = PgPoolOptions::new()
            .max_connections(size)
            .acquire_timeout(Duration::from_secs(5))
            .connect_lazy_with(options);
        Ok(Self(pool))
    }

    /// The connections, for the finders of this crate.
    pub fn pool(&self) -> &PgPool {
        &self.0
    }

    /// Waits for the running queries and closes.
    pub async fn close(&self) {
        self.0.close().await;
    }
}

/// Whether an answer was refused because a generation was swapped under it: the cached plan shows another result (0A000),
/// two views were locked crosswise (40P01), or a view was just then replaced (42P01). Asking once more helps.
pub fn swapped_meanwhile(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(|error| error.code().map(std::borrow::Cow::into_owned))
        .is_some_and(|code| matches!(code.as_str(), "0A000" | "40P01" | "42P01"))
}
