//! A service on a database of its own, with the demo company, and the clients that ask it.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cartera_commands::CommandBus;
use cartera_commands::demo::Demo;
use cartera_domain::permission::Role;
use chrono::NaiveDate;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use super::connection::Connection;
use super::load::{Loaded, load};
use super::processes::{cpu_below, cpu_of};
use super::{BenchError, MASTER_KEY, Plan, Server, pgbench};
use crate::adapters::SystemIds;

/// Its database.
pub(super) const DATABASE: &str = "bench_service";
/// A key of a database that is thrown away.
const API_KEY: &str = "ctk_bench-not-a-secret-bench-not-a-secret-bench00";
/// A list of fifty, with what belongs to each.
pub(super) const FIFTY: &str = "{ opportunities(first: 50) { totalCount edges { node { id title amount outcome \
    client { id name } owner { id name } stage { id name } } } } }";

/// A running service on a database with the demo company.
pub(super) struct Service {
    child: Child,
    http: Client,
    address: String,
}

/// CPU time of all that takes part, so far.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Spent {
    /// PostgreSQL, all its processes.
    pub(super) database: Duration,
    /// The service.
    pub(super) service: Duration,
    /// This process and the programs it has run: the clients.
    pub(super) clients: Duration,
}

impl Spent {
    /// What was spent since.
    pub(super) fn since(self, before: Self) -> Self {
        Self {
            database: self.database.saturating_sub(before.database),
            service: self.service.saturating_sub(before.service),
            clients: self.clients.saturating_sub(before.clients),
        }
    }

    /// All of it.
    pub(super) fn total(self) -> Duration {
        self.database + self.service + self.clients
    }
}

impl std::ops::AddAssign for Spent {
    fn add_assign(&mut self, more: Self) {
        self.database += more.database;
        self.service += more.service;
        self.clients += more.clients;
    }
}

/// A database with the demo company, an API key and pgbench's table.
pub(super) async fn prepare(server: &Server) -> Result<String, BenchError> {
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

impl Service {
    /// Starts it and waits for its first answer.
    pub(super) async fn start(database_url: &str) -> Result<Self, BenchError> {
        let port =
            std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = port.map_err(BenchError::system("no free port"))?.port();
        let address = format!("127.0.0.1:{port}");
        let program =
            std::env::current_exe().map_err(BenchError::system("cannot find this program"))?;
        let child = Command::new(program)
            .arg("serve")
            .env("DATABASE_URL", database_url)
            .env("CARTERA_LISTEN", &address)
            .env("CARTERA_MASTER_KEY", MASTER_KEY)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(BenchError::system("the service does not start"))?;
        let http = Client::new();
        let service = Self {
            child,
            http,
            address,
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
    pub(super) async fn settled(&self) -> Result<(), BenchError> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_mins(2) {
            let ready = self
                .http
                .get(format!("http://{}/readyz", self.address))
                .send()
                .await;
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

    /// Its process.
    pub(super) fn pid(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// CPU time of database, service and clients so far.
    pub(super) fn spent(&self, server: &Server) -> Spent {
        Spent {
            database: cpu_below(server.running.embedded().server_pid()),
            service: cpu_of(self.pid()),
            clients: cpu_of(std::process::id()),
        }
    }

    /// Asks once, over a connection of its own.
    pub(super) async fn ask(&self, query: &str, variables: &Value) -> Result<Value, BenchError> {
        let asked = async {
            let mut connection = Connection::open(&self.address, API_KEY).await.ok()?;
            ask(&mut connection, query, variables).await
        };
        asked
            .await
            .ok_or_else(|| BenchError::Refused(format!("no answer to {query}")))
    }

    /// Lets so many clients ask, each over one connection that it keeps.
    pub(super) async fn load(
        &self,
        plan: &Plan,
        clients: usize,
        query: &'static str,
        variables: impl Fn(u64) -> Value,
    ) -> Result<Loaded, BenchError> {
        let mut connections = Vec::with_capacity(clients);
        for _client in 0..clients {
            let connection = Connection::open(&self.address, API_KEY).await;
            connections
                .push(connection.map_err(BenchError::system("the service takes no client"))?);
        }
        let variables = &variables;
        let asks = async |connection: &mut Connection, turn| {
            ask(connection, query, &variables(turn)).await.is_some()
        };
        let loaded = load(connections, plan.duration, asks).await;
        if loaded.failed > 0 {
            return Err(BenchError::Refused(format!(
                "{} of {} requests failed: {query}",
                loaded.failed,
                loaded.done()
            )));
        }
        Ok(loaded)
    }

    /// Stops it.
    pub(super) async fn stop(mut self) -> Result<(), BenchError> {
        self.child
            .kill()
            .await
            .map_err(BenchError::system("the service does not stop"))
    }
}

/// Asks; nothing for an answer with errors.
async fn ask(connection: &mut Connection, query: &str, variables: &Value) -> Option<Value> {
    let body = json!({"query": query, "variables": variables}).to_string();
    let answer: Value = serde_json::from_slice(connection.post(&body).await.ok()?).ok()?;
    let fields = answer.get("data")?.as_object()?;
    let refused = fields.values().any(|field| {
        let errors = field.get("userErrors").and_then(Value::as_array);
        errors.is_some_and(|errors| !errors.is_empty())
    });
    (answer.get("errors").is_none() && !refused).then_some(answer)
}
