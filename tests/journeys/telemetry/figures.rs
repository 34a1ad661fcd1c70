//! `/metrics`, after some work.

use std::collections::BTreeSet;

use cartera_tests::Founded;
use cartera_tests::founded::until;
use cartera_tests::program::run;
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

/// Both name figures, which have to be there.
const ALERTS: &str = include_str!("../../../deploy/prometheus-alerts.yaml");
const OPERATIONS: &str = include_str!("../../../docs/operations.md");

/// The value of a series; none where there is no such series.
fn value<'a>(figures: &'a str, series: &str) -> Option<&'a str> {
    figures
        .lines()
        .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))
}

#[track_caller]
fn assert_is(figures: &str, series: &str, expected: &str) {
    assert_eq!(
        value(figures, series),
        Some(expected),
        "{series} in\n{figures}"
    );
}

#[track_caller]
fn assert_at_least(figures: &str, series: &str, least: f64) {
    let found = value(figures, series).and_then(|text| text.parse::<f64>().ok());
    assert!(
        found.is_some_and(|found| found >= least),
        "{series} is {found:?}\n{figures}"
    );
}

#[tokio::test]
async fn the_figures_tell_what_was_done_and_how_things_stand() {
    let world = Founded::start(|_| {}).await;
    for number in 0..3 {
        let details = json!({ "companyName": format!("Client {number}") });
        world
            .anna
            .say("registerLead", json!({ "details": details }), "lead { id }")
            .await;
    }
    world.anna.ask("{ nothing }", json!({})).await;
    world.caught_up().await;
    let figures = world.figures().await;
    let head = sqlx::query_scalar::<_, i64>("SELECT max(position) FROM events")
        .fetch_one(&world.database.pool)
        .await
        .unwrap();
    the_journal_shows(&figures, &head.to_string());
    the_edge_shows(&figures);
    keeps_the_conventions(&figures);
    what_is_signed_shows(&world).await;
    a_paused_follower_shows(&world).await;
    open_sockets_are_counted(&world).await;
}

fn the_journal_shows(figures: &str, head: &str) {
    assert_is(figures, "cartera_journal_position", head);
    assert_is(figures, "cartera_database_up", "1");
    assert_at_least(figures, "cartera_journal_appends_total", 4.0);
    assert_at_least(
        figures,
        "cartera_journal_append_duration_seconds_count",
        4.0,
    );
    assert_at_least(figures, "cartera_journal_commit_appends_count", 4.0);
    let lead_list = "{follower=\"lead_list\",generation=\"live\"}";
    assert_is(
        figures,
        &format!("cartera_follower_position{lead_list}"),
        head,
    );
    assert_is(
        figures,
        &format!("cartera_follower_lag_events{lead_list}"),
        "0",
    );
    assert_is(
        figures,
        &format!("cartera_follower_lag_seconds{lead_list}"),
        "0.0",
    );
    assert_is(figures, &paused("refused"), "0");
    assert_at_least(
        figures,
        "cartera_follower_batch_duration_seconds_count{follower=\"lead_list\"}",
        1.0,
    );
    assert_at_least(
        figures,
        "cartera_follower_events_total{follower=\"lead_list\"}",
        3.0,
    );
}

fn the_edge_shows(figures: &str) {
    assert_at_least(
        figures,
        "cartera_http_requests_total{method=\"POST\",route=\"/graphql\",status=\"200\"}",
        4.0,
    );
    assert_at_least(
        figures,
        "cartera_graphql_operations_total{code=\"OK\"}",
        4.0,
    );
    assert_is(
        figures,
        "cartera_graphql_operations_total{code=\"GRAPHQL_VALIDATION_FAILED\"}",
        "1",
    );
    assert_at_least(
        figures,
        "cartera_database_connections_limit{pool=\"reads\"}",
        1.0,
    );
}

fn paused(reason: &str) -> String {
    format!(
        "cartera_follower_paused{{follower=\"lead_list\",generation=\"live\",reason=\"{reason}\"}}"
    )
}

/// Every series has its help and type, a name of our own, and a unit in the plural; the text has its end.
fn keeps_the_conventions(figures: &str) {
    assert!(figures.ends_with("# EOF\n"));
    let of = |kind: &str| -> BTreeSet<String> {
        let lines = figures.lines().filter_map(|line| line.strip_prefix(kind));
        lines
            .map(|rest| rest.split(' ').next().unwrap_or_default().to_owned())
            .collect()
    };
    let (helped, typed) = (of("# HELP "), of("# TYPE "));
    assert!(helped.len() > 20 && helped == typed);
    for series in figures.lines().filter(|line| !line.starts_with('#')) {
        let name = series.split(['{', ' ']).next().unwrap_or_default();
        let family = ["_total", "_bucket", "_count", "_sum", "_info"]
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix))
            .filter(|family| helped.contains(*family))
            .unwrap_or(name);
        assert!(helped.contains(family), "{series} has its help");
        assert!(
            name.starts_with("cartera_")
                && name
                    .chars()
                    .all(|letter| letter.is_ascii_lowercase() || letter == '_'),
            "{name}"
        );
    }
}

async fn what_is_signed_shows(world: &Founded) {
    let mut sign = world.cartera();
    sign.args(["audit", "sign"]);
    let signed = run(sign).await;
    assert!(
        signed.status.success(),
        "{}",
        String::from_utf8_lossy(&signed.stderr)
    );
    let figures = world.figures().await;
    let head = value(&figures, "cartera_journal_position").unwrap();
    assert_is(&figures, "cartera_journal_checkpoint_position", head);
    assert_at_least(
        &figures,
        "cartera_journal_checkpoint_timestamp_seconds",
        1.7e9,
    );
    for page in [ALERTS, OPERATIONS] {
        let names = page.split(|letter: char| !(letter.is_ascii_lowercase() || letter == '_'));
        for name in names.filter(|name| name.starts_with("cartera_")) {
            let there = figures.lines().any(|line| line.starts_with(name));
            assert!(there, "{name} is named and not there");
        }
    }
}

async fn a_paused_follower_shows(world: &Founded) {
    let pause = "UPDATE followers SET paused_position = position + 1, paused_reason = 'a test', paused_kind = 'refused'
                 WHERE name = 'lead_list' AND live";
    sqlx::raw_sql(pause)
        .execute(&world.database.pool)
        .await
        .unwrap();
    let details = json!({ "companyName": "Ferros Puig" });
    world
        .anna
        .say("registerLead", json!({ "details": details }), "position")
        .await;
    let lag = "cartera_follower_lag_seconds{follower=\"lead_list\",generation=\"live\"}";
    until(
        async || value(&world.figures().await, lag).is_some_and(|lag| lag != "0.0"),
        "it falls behind",
    )
    .await;
    let figures = world.figures().await;
    assert_is(&figures, &paused("refused"), "1");
    assert_is(&figures, &paused("unreadable"), "0");
    assert_is(
        &figures,
        "cartera_follower_lag_events{follower=\"lead_list\",generation=\"live\"}",
        "1",
    );
}

async fn open_sockets_are_counted(world: &Founded) {
    let mut request = world.anna.socket_url().into_client_request().unwrap();
    let (name, credential) = world.anna.credential_header().unwrap();
    request
        .headers_mut()
        .insert(name, credential.parse().unwrap());
    let protocol = HeaderValue::from_static("graphql-transport-ws");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = connect_async(request).await.unwrap();
    socket
        .send(r#"{"type":"connection_init"}"#.into())
        .await
        .unwrap();
    socket.next().await.unwrap().unwrap();
    assert_is(&world.figures().await, "cartera_websocket_connections", "1");
    socket.close(None).await.unwrap();
    while socket.next().await.is_some() {}
    until(
        async || value(&world.figures().await, "cartera_websocket_connections") == Some("0"),
        "the closed one is counted no more",
    )
    .await;
}
