//! `cartera serve`

use std::process::ExitCode;

use axum::Router;
use clap::Args;
use sqlx::postgres::PgPoolOptions;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::CliError;
use crate::config::Config;
use crate::database::{Opened, Policy};
use crate::server::{self, Readiness};
use crate::telemetry::metrics::Metrics;

/// Serves the API and the web pages until it is told to stop (SIGTERM or Ctrl-C).
#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Run pending migrations first; a PostgreSQL of its own is always migrated
    #[arg(long)]
    migrate: bool,
}

impl Serve {
    pub(super) async fn run(self, config: &Config) -> Result<ExitCode, CliError> {
        let shutdown = on_signal()?;
        // First of all, so that a second start fails before it has touched anything.
        let listener = server::listen(config.listen).await?;
        let policy = if self.migrate {
            Policy::Apply
        } else {
            Policy::Refuse
        };
        let opened = Opened::open(config, policy).await?;
        let metrics = Metrics::new();
        let pool = PgPoolOptions::new()
            .max_connections(2)
            .connect_lazy(opened.url());
        let pool = pool.map_err(|error| CliError::System {
            act: "the database URL is unusable",
            source: std::io::Error::other(error),
        })?;
        let router = server::complete(
            Router::new(),
            Readiness::new(pool.clone(), Vec::new),
            &metrics,
        );
        tracing::info!(address = %config.listen, url = config.public_url, "serving");
        server::serve(listener, router, &metrics, shutdown).await;
        pool.close().await;
        opened.close().await;
        tracing::info!("stopped");
        Ok(ExitCode::SUCCESS)
    }
}

/// A token that is cancelled by SIGTERM or Ctrl-C.
fn on_signal() -> Result<CancellationToken, CliError> {
    let handler = |kind| {
        signal(kind).map_err(|source| CliError::System {
            act: "cannot wait for signals",
            source,
        })
    };
    let (mut terminate, mut interrupt) = (
        handler(SignalKind::terminate())?,
        handler(SignalKind::interrupt())?,
    );
    let token = CancellationToken::new();
    let cancelled = token.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        cancelled.cancel();
    });
    Ok(token)
}
