//! A receiver of traces: OTLP over HTTP, in protobuf.

use std::fmt::Write;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

/// A running receiver.
pub struct Receiver {
    /// Its base URL, for `OTEL_EXPORTER_OTLP_ENDPOINT`.
    pub url: String,
    taken: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
}

/// A span with the attributes of the program that sent it.
#[derive(Debug, Clone)]
pub struct Sent {
    /// What the program says of itself.
    pub resource: Vec<KeyValue>,
    /// The span.
    pub span: Span,
}

impl Receiver {
    /// Starts one on a free port.
    ///
    /// # Panics
    /// When no port is free.
    pub fn start() -> Self {
        let taken = Arc::<Mutex<Vec<_>>>::default();
        let to = Arc::clone(&taken);
        let take = post(async move |body: Bytes| {
            let Ok(request) = ExportTraceServiceRequest::decode(body) else {
                return (StatusCode::BAD_REQUEST, Vec::new());
            };
            to.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(request);
            let answer = ExportTraceServiceResponse::default();
            (StatusCode::OK, answer.encode_to_vec())
        });
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("a port has an address");
        let routes = Router::new().route("/v1/traces", take);
        // It answers on while the test's own thread waits for the program to end.
        std::thread::spawn(move || serve(listener, routes));
        Self {
            url: format!("http://{address}"),
            taken,
        }
    }

    /// Everything that it has taken so far.
    pub fn sent(&self) -> Vec<Sent> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let of_programs = taken.iter().flat_map(|request| &request.resource_spans);
        of_programs
            .flat_map(|program| {
                let resource = program.resource.clone().unwrap_or_default().attributes;
                let spans = program.scope_spans.iter().flat_map(|scope| &scope.spans);
                spans
                    .map(|span| Sent {
                        resource: resource.clone(),
                        span: span.clone(),
                    })
                    .collect::<Vec<_>>()
            })
            .collect()
    }
}

fn serve(listener: TcpListener, routes: Router) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts");
    runtime.block_on(async {
        listener.set_nonblocking(true).expect("a socket can be set");
        let listener = tokio::net::TcpListener::from_std(listener).expect("a socket can be taken");
        axum::serve(listener, routes).await.expect("it serves");
    });
}

/// An attribute that is a text or a number, as text.
pub fn attribute(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.clone()?.value? {
        Value::StringValue(text) => Some(text),
        Value::IntValue(number) => Some(number.to_string()),
        Value::BoolValue(_)
        | Value::DoubleValue(_)
        | Value::ArrayValue(_)
        | Value::KvlistValue(_)
        | Value::BytesValue(_)
        | Value::StringValueStrindex(_) => None,
    }
}

/// An id as it is written in a `traceparent`.
///
/// # Panics
/// Never.
pub fn hex(id: &[u8]) -> String {
    id.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("text takes text");
        text
    })
}
