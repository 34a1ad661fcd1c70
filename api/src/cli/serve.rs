//! `cartera serve`

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use cartera_commands::CommandBus;
use cartera_journal::{Journal, MasterKey};
use cartera_projections::ReadPool;
use cartera_projections::registry;
use cartera_projections::runner::Runner;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::welcome::Welcome;
use super::write_side::open_journal;
use super::{CliError, tell};
use crate::adapters::{Clock, SystemClock, SystemIds};
use crate::composition::{Web, WebSettings};
use crate::config::Config;
use crate::database::{Opened, Policy};
use crate::imports;
use crate::master_key;
use crate::server::{self, Readiness, graphiql, health, open_files};
use crate::telemetry::metrics::Metrics;
use crate::telemetry::metrics::standing::Standing;

/// How often the log's chain is signed while something is appended.
const SIGNED_EVERY: Duration = Duration::from_mins(10);

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
        open_files::raise_limit();
        // First of all, so that a second start fails before it has touched anything.
        let listener = server::listen(config.listen).await?;
        let key = master_key::load(config)?;
        let policy = if self.migrate {
            Policy::Apply
        } else {
            Policy::Refuse
        };
        let opened = Opened::open(config, policy).await?;
        let served = serve(config, opened.url(), key, listener, shutdown).await;
        opened.close().await;
        served?;
        tracing::info!("stopped");
        Ok(ExitCode::SUCCESS)
    }
}

async fn serve(
    config: &Config,
    database_url: &str,
    key: MasterKey,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<(), CliError> {
    let metrics = Metrics::new();
    let observer = Arc::clone(&metrics.work);
    let journal = open_journal(config, database_url, key, Some(observer)).await?;
    let runner = Runner::start(journal.clone(), registry::all()).await?;
    let signer = tokio::spawn(sign_the_log(journal.clone(), shutdown.clone()));
    let reads = read_pool(config, database_url)?;
    let bus = CommandBus::new(journal.clone(), Arc::new(SystemIds)).storing_keys_ahead();
    let web = Web::compose(
        &WebSettings::from(config),
        bus,
        reads.clone(),
        shutdown.clone(),
    )?;
    let imports = imports::Runner::start(web.imports(), runner_settings(config), &shutdown);
    metrics.show_sockets(web.open_sockets().clone());
    metrics.show_standing(Standing::of(journal.clone(), reads.pool().clone()));
    let readiness = Readiness::new(journal.clone(), runner.unready());
    let answers = health::once_built(web.router(), readiness.clone());
    let mut routes = health::routes(readiness.clone()).merge(answers);
    if config.development {
        let tabs = graphiql::usual(SystemClock.now().date_naive());
        routes = routes.merge(graphiql::routes(tabs));
    }
    let service = server::complete(routes, config.transport(), &metrics);
    let serving = server::serve(listener, service, &metrics, shutdown.clone());
    let (announced, ()) = tokio::join!(announce(config, &web, &readiness, shutdown), serving);
    imports.stop().await;
    runner.stop().await;
    // It only ends early when it panicked, which the log tells.
    drop(signer.await);
    reads.close().await;
    journal.pool().close().await;
    announced
}

/// Says where the service is, as soon as it is ready; ends it when it cannot let anybody in.
async fn announce(
    config: &Config,
    web: &Web,
    readiness: &Readiness,
    shutdown: CancellationToken,
) -> Result<(), CliError> {
    if shutdown
        .run_until_cancelled(readiness.reached())
        .await
        .is_none()
    {
        return Ok(());
    }
    if let Err(error) = invite_first_administrator(config, web).await {
        shutdown.cancel();
        return Err(error);
    }
    tracing::info!(address = %config.listen, url = config.public_url, "ready");
    if config.development {
        Welcome::new(config, web).say().await;
    }
    Ok(())
}

fn runner_settings(config: &Config) -> imports::RunnerSettings {
    imports::RunnerSettings {
        at_once: config.imports,
        kept_for: config.files.kept_for,
        ..imports::RunnerSettings::default()
    }
}

/// Anchors the log's chain now and then: whoever rewrites the log later is found by what was signed before.
async fn sign_the_log(journal: Journal, shutdown: CancellationToken) {
    journal.sign_periodically(SIGNED_EVERY, shutdown).await;
}

pub(super) fn read_pool(config: &Config, database_url: &str) -> Result<ReadPool, CliError> {
    let reads = ReadPool::connect_lazy(database_url, config.database_connections);
    reads.map_err(|error| CliError::System {
        act: "the database URL is unusable",
        source: std::io::Error::other(error),
    })
}

/// Without an administrator nobody could come in: whoever started the service gets a link that works once.
async fn invite_first_administrator(config: &Config, web: &Web) -> Result<(), CliError> {
    let made = web.identity().first_administrator_link().await;
    let link = made.map_err(|error| CliError::System {
        act: "the database does not answer",
        source: std::io::Error::other(error.message().to_owned()),
    })?;
    match link {
        Some(link) => tell(&format!(
            "Nobody administers this company yet. Become its first administrator, once, within three days:\n{}/welcome#{}",
            config.public_url,
            link.reveal()
        )),
        None => Ok(()),
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
