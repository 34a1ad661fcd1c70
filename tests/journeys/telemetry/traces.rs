//! One trace leads from the request to every read model.

use std::net::TcpListener;
use std::time::Duration;

use cartera_projections::registry;
use cartera_tests::Founded;
use cartera_tests::founded::until;
use cartera_tests::otlp::{Receiver, Sent, attribute, hex};
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use sqlx::Connection;

use super::register_in;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const CALLER: &str = "b7ad6b7169203331";
const OTHER_TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
/// The end that is promised.
const END_TIME: Duration = Duration::from_secs(5);

fn in_trace(trace: &str, sampled: &str) -> String {
    format!("00-{trace}-{CALLER}-{sampled}")
}

/// The one span of a trace with this name.
#[track_caller]
fn only<'a>(sent: &'a [Sent], trace: &str, name: &str) -> &'a Sent {
    let found: Vec<_> = sent
        .iter()
        .filter(|one| hex(&one.span.trace_id) == trace && one.span.name == name)
        .collect();
    assert_eq!(found.len(), 1, "{name} in {trace}: {:#?}", names(sent));
    found[0]
}

fn names(sent: &[Sent]) -> Vec<String> {
    sent.iter()
        .map(|one| format!("{} {}", hex(&one.span.trace_id), one.span.name))
        .collect()
}

#[tokio::test]
async fn one_trace_leads_from_the_request_to_every_read_model() {
    let receiver = Receiver::start();
    // What is logged does not decide what is traced.
    let mut world = Founded::start(|command| {
        command
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.url)
            .env("CARTERA_LOG", "off");
    })
    .await;
    world.caught_up().await;
    // While somebody holds this read model's row, two commands of two traces gather for it.
    let mut holder = sqlx::PgConnection::connect(world.database.url())
        .await
        .unwrap();
    let mut held = holder.begin().await.unwrap();
    let lock = "SELECT position FROM followers WHERE name = 'lead_list' AND live FOR UPDATE";
    sqlx::query_scalar::<_, i64>(lock)
        .fetch_one(&mut *held)
        .await
        .unwrap();
    register_in(&world, &in_trace(TRACE, "01"), "Ferros Puig").await;
    register_in(&world, &in_trace(OTHER_TRACE, "01"), "Fustes Mas").await;
    held.rollback().await.unwrap();
    world.caught_up().await;
    // What has not gone out yet goes out at the end.
    world.end();
    let sent = receiver.sent();

    let mutation = the_request_and_its_command(&sent);
    every_read_model_is_part_of_both(&sent);
    let both = only(&sent, TRACE, "follow lead_list");
    assert_eq!(both.span.kind(), SpanKind::Consumer);
    assert_eq!(both.span.parent_span_id, mutation.span.span_id);
    is(&both.span.attributes, "events", "2");
    let links = both.span.links.iter().map(|link| hex(&link.trace_id));
    assert_eq!(links.collect::<Vec<_>>(), [OTHER_TRACE]);
}

#[track_caller]
fn is(attributes: &[KeyValue], key: &str, expected: &str) {
    assert_eq!(
        attribute(attributes, key).as_deref(),
        Some(expected),
        "{key}"
    );
}

/// From the caller's span to the append, each the parent of the next; gives the mutation's.
fn the_request_and_its_command(sent: &[Sent]) -> &Sent {
    let request = only(sent, TRACE, "POST /graphql");
    assert_eq!(hex(&request.span.parent_span_id), CALLER);
    assert_eq!(request.span.kind(), SpanKind::Server);
    for (key, expected) in [
        ("http.request.method", "POST"),
        ("http.route", "/graphql"),
        ("http.response.status_code", "200"),
        ("url.path", "/graphql"),
        ("url.scheme", "http"),
        ("network.protocol.version", "1.1"),
    ] {
        is(&request.span.attributes, key, expected);
    }
    is(&request.resource, "service.name", "cartera");
    is(
        &request.resource,
        "service.version",
        env!("CARGO_PKG_VERSION"),
    );
    let mutation = only(sent, TRACE, "mutation");
    assert_eq!(mutation.span.parent_span_id, request.span.span_id);
    is(
        &mutation.span.attributes,
        "graphql.operation.name",
        "Register",
    );
    let command = only(sent, TRACE, "command");
    assert_eq!(command.span.parent_span_id, mutation.span.span_id);
    let append = only(sent, TRACE, "append");
    assert_eq!(append.span.parent_span_id, command.span.span_id);
    is(&append.span.attributes, "events", "1");
    mutation
}

fn every_read_model_is_part_of_both(sent: &[Sent]) {
    for model in registry::all() {
        let name = format!("follow {}", model.name());
        let taken = sent.iter().filter(|one| one.span.name == name);
        let traces = taken.flat_map(|one| {
            let linked = one.span.links.iter().map(|link| hex(&link.trace_id));
            linked.chain([hex(&one.span.trace_id)])
        });
        let traces: Vec<_> = traces.collect();
        for trace in [TRACE, OTHER_TRACE] {
            assert!(
                traces.iter().any(|known| known == trace),
                "{name} in {trace}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_not_sampled_leaves_no_trace_neither_outside_nor_in_the_log() {
    let receiver = Receiver::start();
    let mut world = Founded::start(|command| {
        command
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", &receiver.url)
            .env("OTEL_TRACES_SAMPLER_ARG", "0");
    })
    .await;
    let unsampled = register_in(&world, &in_trace(OTHER_TRACE, "00"), "Ferros Puig").await;
    let sampled = register_in(&world, &in_trace(TRACE, "01"), "Fustes Mas").await;
    world.caught_up().await;
    world.end();
    let sent = receiver.sent();
    assert!(!sent.is_empty(), "whoever calls decides for its own trace");
    assert!(
        sent.iter().all(|one| hex(&one.span.trace_id) == TRACE),
        "{:?}",
        names(&sent)
    );
    let stored = async |position: i64| {
        let sql = "SELECT metadata->>'trace_parent' FROM events WHERE position = $1";
        let query = sqlx::query_scalar::<_, Option<String>>(sql).bind(position);
        query.fetch_one(&world.database.pool).await.unwrap()
    };
    assert_eq!(stored(unsampled).await, None);
    assert!(stored(sampled).await.unwrap().contains(TRACE));
}

#[tokio::test]
async fn a_receiver_that_never_answers_hinders_neither_work_nor_the_end() {
    // The kernel completes the connection; nobody reads it.
    let deaf = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", deaf.local_addr().unwrap());
    let mut world = Founded::start(|command| {
        command
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", &url)
            .env("OTEL_BSP_SCHEDULE_DELAY", "50");
    })
    .await;
    for number in 0..20 {
        register_in(&world, &in_trace(TRACE, "01"), &format!("Client {number}")).await;
    }
    let time = world.end();
    assert!(time < END_TIME, "it took {time:?}");
}

#[tokio::test]
async fn a_receiver_that_is_down_is_told_once() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let mut world = Founded::start(|command| {
        command
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", &url)
            .env("OTEL_BSP_SCHEDULE_DELAY", "50")
            .env("CARTERA_LOG_FORMAT", "text")
            .env_remove("CARTERA_LOG");
    })
    .await;
    let said = "the receiver of traces takes none";
    until(async || world.log().contains(said), "the log tells").await;
    for number in 0..5 {
        register_in(&world, &in_trace(TRACE, "01"), &format!("Client {number}")).await;
    }
    world.end();
    assert_eq!(world.log().matches(said).count(), 1, "{}", world.log());
}
