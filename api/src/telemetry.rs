//! Logs, traces and figures.
//!
//! Logs are text on a terminal and JSON elsewhere. Traces go out over OTLP where a receiver is configured; their context
//! comes in with the request and travels on in the metadata of events ([`trace_context`]). Figures are served at `/metrics`
//! ([`metrics`]). None of them ever carries personal data: spans and messages name ids, codes and counts, and a panic says
//! where it was and nothing else ([`panics`]).

mod export;
pub mod metrics;
pub mod panics;
pub mod requests;
pub mod trace_context;

use std::io::IsTerminal;
use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{ParseError, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};
use tracing_subscriber::{EnvFilter, Layer};

use crate::config::{LogFormat, Telemetry};

/// Name of the service in traces.
const SERVICE: &str = "cartera";
/// Time for the last traces to go out at the end: 5 s are promised for the whole end.
const LAST_TRACES: Duration = Duration::from_millis(1_500);

/// Logs or traces cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not one.
    #[error("CARTERA_LOG is not a filter: {0}")]
    Filter(#[from] ParseError),
    /// The exporter refuses its settings.
    #[error("traces cannot be sent to OTEL_EXPORTER_OTLP_ENDPOINT: {0}")]
    Export(#[from] opentelemetry_otlp::ExporterBuildError),
    /// Somebody else writes the log of this process already.
    #[error("the log of this process is taken: {0}")]
    Taken(#[from] TryInitError),
}

/// Running telemetry; what waits is sent by [`Running::finish`].
#[derive(Debug)]
#[must_use]
pub struct Running {
    traces: Option<SdkTracerProvider>,
}

/// Starts logging, and tracing where a receiver is configured. Needs a Tokio runtime for the latter.
///
/// # Errors
/// A filter or address that cannot be used, or a second start.
pub fn start(settings: &Telemetry) -> Result<Running, TelemetryError> {
    let traces = settings
        .otlp_endpoint
        .as_deref()
        .map(|endpoint| export::provider(endpoint, settings.trace_share))
        .transpose()?;
    let to_traces = traces.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer(SERVICE))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false)
            .with_context_activation(false)
            // Whatever the log shows: our own spans, and none of the libraries' that send them.
            .with_filter(Targets::new().with_target(SERVICE, LevelFilter::INFO))
    });
    // What the libraries of tracing say while they make a span would come back to them, and no span would go out.
    let filter = EnvFilter::try_new(&settings.filter)?.add_directive("opentelemetry=off".parse()?);
    let to_log = log_lines(settings.format).with_filter(filter);
    tracing_subscriber::registry()
        .with(to_log)
        .with(to_traces)
        .try_init()?;
    Ok(Running { traces })
}

fn log_lines<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let text = match format {
        LogFormat::Automatic => std::io::stderr().is_terminal(),
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    if text {
        lines
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .boxed()
    } else {
        lines
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .boxed()
    }
}

impl Running {
    /// Sends the traces that wait. Within the runtime in which it was started.
    pub async fn finish(self) {
        let Some(traces) = self.traces else { return };
        // It blocks until the exporter, which needs this runtime, has answered.
        let last = move || traces.shutdown_with_timeout(LAST_TRACES);
        let sent = tokio::task::spawn_blocking(last).await;
        if let Ok(Err(error)) = sent {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}
