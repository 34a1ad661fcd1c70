//! The whole service over HTTP: durable commands beside pgbench, and reads; with the CPU time that each costs.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cartera_commands::demo::Demo;
use cartera_commands::{CommandBus, IdSource};
use cartera_domain::permission::Role;
use chrono::NaiveDate;
use reqwest::Client;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use super::load::{Loaded, load};
use super::processes::{cpu_below, cpu_of, peak_kib, resident_kib};
use super::table::{Figure, each, milliseconds, rate};
use super::{BenchError, MASTER_KEY, Plan, Server, pgbench};
use crate::adapters::SystemIds;

const DATABASE: &str = "bench_service";
/// A key of a database that is thrown away.
const API_KEY: &str = "ctk_bench-not-a-secret-bench-not-a-secret-bench00";
/// Budgets of DESIGN 8 by number of clients.
const COMMANDS: [(usize, &str, &str); 4] = [
    (1, "", "≤ 1.5"),
    (8, "", ""),
    (16, "≥ 1.0, aim 1.5", ""),
    (32, "≥ 1.0, aim 1.5", ""),
];

const OPEN: &str = "mutation Open($commandId: UUID!) { openOpportunity(input: {commandId: $commandId, \
    details: {title: \"Reforma de locales\"}, amount: \"12500\"}) { version position userErrors { code } } }";
const REGISTER: &str = "mutation Register($commandId: UUID!) { registerLead(input: {commandId: $commandId, \
    details: {personName: \"Núria Camps\", email: \"nuria@clients.example\", phone: \"931234567\"}}) \
    { version position userErrors { code } } }";
const ONE: &str =
    "query One($id: ID!) { opportunity(id: $id) { id title amount outcome version } }";
const FIFTY: &str = "{ opportunities(first: 50) { totalCount edges { node { id title amount outcome \
    client { id name } owner { id name } stage { id name } } } } }";

/// A running service on a database with the demo company.
struct Service {
    child: Child,
    http: Client,
    url: String,
}

/// Commands beside pgbench, then reads, then memory.
pub(super) async fn measure(
    server: &Server,
    plan: &Plan,
    folder: &Path,
) -> Result<Vec<Figure>, BenchError> {
    let url = prepare(server).await?;
    let begun = Instant::now();
    let service = Service::start(&url).await?;
    let mut figures = vec![Figure::new(
        "cold start to the first answer, with a database",
        milliseconds(begun.elapsed()),
        "ms",
        "≤ 300",
    )];
    service.settled().await?;
    figures.push(mebibytes(
        "memory, idle",
        resident_kib(service.pid()),
        "≤ 32",
    ));
    for (clients, budget, median_budget) in COMMANDS {
        figures.extend(
            commands(
                server,
                &service,
                plan,
                folder,
                (clients, budget, median_budget),
            )
            .await?,
        );
    }
    let sealed = service
        .load(
            plan,
            16,
            REGISTER,
            |_| json!({"commandId": SystemIds.next_id()}),
        )
        .await?;
    figures.push(Figure::new(
        "leads with sealed personal data, 16 clients",
        rate(sealed.done(), sealed.elapsed),
        "1/s",
        "",
    ));
    figures.extend(reads(server, &service, plan).await?);
    figures.push(mebibytes(
        "memory, most under load",
        peak_kib(service.pid()),
        "≤ 64",
    ));
    service.stop().await?;
    Ok(figures)
}

/// A database with the demo company, an API key and pgbench's table.
async fn prepare(server: &Server) -> Result<String, BenchError> {
    let url = server.new_database(DATABASE).await?;
    pgbench::prepare(server, DATABASE).await?;
    let journal = server.journal(&url).await?;
    let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap_or_default();
    let made = Demo { today, seed: 1 }
        .load(&journal)
        .await
        .map_err(|error| BenchError::Refused(error.to_string()))?;
    let director = made.users.iter().find(|user| user.role == Role::Director);
    let director = director
        .ok_or_else(|| BenchError::Refused("the demo has no director".to_owned()))?
        .id;
    let key = CommandBus::new(journal, Arc::new(SystemIds))
        .ids()
        .next_id();
    server
        .psql(
            DATABASE,
            &format!(
                "INSERT INTO api_keys (id, token_hash, user_id, name, created_by)
                 VALUES ('{key}', sha256('{API_KEY}'), '{director}', 'bench', '{director}')"
            ),
        )
        .await?;
    Ok(url)
}

async fn commands(
    server: &Server,
    service: &Service,
    plan: &Plan,
    folder: &Path,
    (clients, budget, median_budget): (usize, &'static str, &'static str),
) -> Result<[Figure; 3], BenchError> {
    let (mut sent, mut inserted) = (Decimal::ZERO, Decimal::ZERO);
    let (mut median, mut yardstick) = (Decimal::ZERO, Decimal::ZERO);
    let mut cost = Decimal::ZERO;
    for _round in 0..plan.rounds {
        let one = pgbench::insert(server, DATABASE, clients, plan.duration, folder).await?;
        let before = spent(server, service);
        let other = service
            .load(
                plan,
                clients,
                OPEN,
                |_| json!({"commandId": SystemIds.next_id()}),
            )
            .await?;
        cost += each(spent(server, service).saturating_sub(before), other.done());
        inserted += rate(one.rows, one.elapsed);
        yardstick += milliseconds(one.median);
        sent += rate(other.done(), other.elapsed);
        median += milliseconds(other.per_mille(500));
    }
    let rounds = Decimal::from(plan.rounds.max(1));
    Ok([
        Figure::new(
            format!("GraphQL commands, {clients} clients"),
            sent / rounds,
            "1/s",
            budget,
        )
        .beside(inserted / rounds),
        Figure::new(
            format!("GraphQL commands, {clients} clients, p50"),
            median / rounds,
            "ms",
            median_budget,
        )
        .beside(yardstick / rounds),
        Figure::new(
            format!("GraphQL commands, {clients} clients, CPU each"),
            cost / rounds,
            "ms",
            "",
        ),
    ])
}

async fn reads(server: &Server, service: &Service, plan: &Plan) -> Result<Vec<Figure>, BenchError> {
    let list = service.ask(FIFTY, &json!({})).await?;
    let ids: Vec<Value> = (0..50)
        .filter_map(|row| {
            list.pointer(&format!("/data/opportunities/edges/{row}/node/id"))
                .cloned()
        })
        .collect();
    if ids.len() < 50 {
        return Err(BenchError::Refused(format!(
            "the list of 50 has {} rows: {list}",
            ids.len()
        )));
    }
    let mut figures = Vec::new();
    let of_one = move |turn: u64| json!({"id": usize::try_from(turn).ok().and_then(|turn| ids.get(turn % 50))});
    let before = spent(server, service);
    let one = service.load(plan, 16, ONE, of_one).await?;
    let cost = each(spent(server, service).saturating_sub(before), one.done());
    figures.push(Figure::new(
        "one object, 16 clients",
        rate(one.done(), one.elapsed),
        "1/s",
        "",
    ));
    figures.push(Figure::new("one object, CPU each", cost, "ms", "≤ 0.20"));
    let before = spent(server, service);
    let fifty = service.load(plan, 16, FIFTY, |_| json!({})).await?;
    let cost = each(spent(server, service).saturating_sub(before), fifty.done());
    figures.push(Figure::new(
        "list of 50 with relations, 16 clients",
        rate(fifty.done(), fifty.elapsed),
        "1/s",
        "",
    ));
    figures.push(Figure::new(
        "list of 50 with relations, CPU each",
        cost,
        "ms",
        "≤ 0.5",
    ));
    Ok(figures)
}

/// CPU time of database, service and load generator so far.
fn spent(server: &Server, service: &Service) -> Duration {
    cpu_below(server.running.embedded().server_pid())
        + cpu_of(service.pid())
        + cpu_of(std::process::id())
}

fn mebibytes(what: &str, kib: u64, budget: &'static str) -> Figure {
    Figure::new(
        what,
        Decimal::from(kib) / Decimal::from(1024),
        "MiB",
        budget,
    )
}

impl Service {
    async fn start(database_url: &str) -> Result<Self, BenchError> {
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = port.map_err(BenchError::system("no free port"))?.port();
        let program =
            std::env::current_exe().map_err(BenchError::system("cannot find this program"))?;
        let child = Command::new(program)
            .arg("serve")
            .env("DATABASE_URL", database_url)
            .env("CARTERA_LISTEN", format!("127.0.0.1:{port}"))
            .env("CARTERA_MASTER_KEY", MASTER_KEY)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(BenchError::system("the service does not start"))?;
        let service = Self {
            child,
            http: Client::new(),
            url: format!("http://127.0.0.1:{port}"),
        };
        service.wait_for_answer().await?;
        Ok(service)
    }

    async fn wait_for_answer(&self) -> Result<(), BenchError> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(30) {
            if self.ask("{ __typename }", &json!({})).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Err(BenchError::Refused(
            "the service does not answer".to_owned(),
        ))
    }

    /// Waits until the read models have read everything.
    async fn settled(&self) -> Result<(), BenchError> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_mins(2) {
            let ready = self.http.get(format!("{}/readyz", self.url)).send().await;
            if ready.is_ok_and(|answer| answer.status().is_success())
                && self
                    .ask(FIFTY, &json!({}))
                    .await
                    .is_ok_and(|list| list.pointer("/data/opportunities/edges/49").is_some())
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(BenchError::Refused(
            "the read models do not catch up".to_owned(),
        ))
    }

    fn pid(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    async fn ask(&self, query: &str, variables: &Value) -> Result<Value, BenchError> {
        ask(&self.http, &self.url, query, variables)
            .await
            .ok_or_else(|| BenchError::Refused(format!("no answer to {query}")))
    }

    async fn load(
        &self,
        plan: &Plan,
        clients: usize,
        query: &'static str,
        variables: impl Fn(u64) -> Value + Clone + Send + Sync + 'static,
    ) -> Result<Loaded, BenchError> {
        let (http, url) = (self.http.clone(), self.url.clone());
        let loaded = load(clients, plan.duration, move |_client, turn| {
            let (http, url, variables) = (http.clone(), url.clone(), variables(turn));
            async move { ask(&http, &url, query, &variables).await.is_some() }
        })
        .await;
        if loaded.failed > 0 {
            return Err(BenchError::Refused(format!(
                "{} of {} requests failed: {query}",
                loaded.failed,
                loaded.done()
            )));
        }
        Ok(loaded)
    }

    async fn stop(mut self) -> Result<(), BenchError> {
        self.child
            .kill()
            .await
            .map_err(BenchError::system("the service does not stop"))
    }
}

/// Asks; nothing for an answer with errors.
async fn ask(http: &Client, url: &str, query: &str, variables: &Value) -> Option<Value> {
    let body = json!({"query": query, "variables": variables});
    let answer = http
        .post(format!("{url}/graphql"))
        .bearer_auth(API_KEY)
        .json(&body)
        .send()
        .await
        .ok()?;
    let answer: Value = answer.json().await.ok()?;
    let refused = |pointer: &str| {
        answer
            .pointer(pointer)
            .and_then(Value::as_array)
            .is_some_and(|list| !list.is_empty())
    };
    let corrected =
        refused("/data/openOpportunity/userErrors") || refused("/data/registerLead/userErrors");
    (answer.get("errors").is_none() && !corrected).then_some(answer)
}
