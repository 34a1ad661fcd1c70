//! Sends spans to an OTLP receiver.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, SpanExporter, WithExportConfig, WithHttpConfig,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tokio::runtime::Handle;

use super::SERVICE;

/// Longest time for a batch to be taken; what is not taken then is dropped.
const ANSWER_TIME: Duration = Duration::from_secs(5);
/// Longest time for a connection to the receiver.
const CONNECT_TIME: Duration = Duration::from_secs(2);

/// Sends by the service's own runtime: the SDK calls from a thread that has none.
#[derive(Debug)]
struct OnRuntime {
    client: reqwest::Client,
    runtime: Handle,
    /// Whether the last batch was not taken, so that a receiver that is down is told once and not every few seconds.
    failing: Arc<AtomicBool>,
}

#[async_trait::async_trait]
impl HttpClient for OnRuntime {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sent = self
            .runtime
            .spawn(async move { client.send_bytes(request).await })
            .await?;
        self.tell(&sent);
        sent
    }
}

impl OnRuntime {
    fn tell(&self, sent: &Result<Response<Bytes>, HttpError>) {
        let taken = matches!(sent, Ok(answer) if answer.status().is_success());
        match (self.failing.swap(!taken, Ordering::Relaxed), taken) {
            (false, false) => {
                tracing::warn!("the receiver of traces takes none: they are dropped until it does");
            }
            (true, true) => tracing::info!("the receiver of traces takes them again"),
            (false, true) | (true, false) => {}
        }
    }
}

/// A provider of tracers whose spans go to the receiver at this base URL, in batches. A trace that begins here is sampled
/// with this probability; one that a request or an event brings keeps the decision that was taken where it began.
pub(super) fn provider(
    endpoint: &str,
    share: f64,
) -> Result<SdkTracerProvider, ExporterBuildError> {
    let client = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIME)
        .timeout(ANSWER_TIME)
        .build()
        .map_err(|error| ExporterBuildError::InternalFailure(error.to_string()))?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(OnRuntime {
            client,
            runtime: Handle::current(),
            failing: Arc::default(),
        })
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()?;
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let resource = Resource::builder()
        .with_service_name(SERVICE)
        .with_attribute(version)
        .build();
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(share)));
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_sampler(sampler)
        .with_resource(resource)
        .build())
}
