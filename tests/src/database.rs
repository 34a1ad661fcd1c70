//! A database per test, copied from a template that is migrated once.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};

use cartera::database::migrations::MIGRATOR;
use reqwest::Url;
use sqlx::{Connection, Executor, PgConnection, PgPool};

/// Key of the lock under which the template is made.
const TEMPLATE_LOCK: &str = "SELECT pg_advisory_lock(42031972)";

/// Databases made by this process so far: a part of their names.
static MADE: AtomicU32 = AtomicU32::new(0);

/// A database with all migrations, for one test alone; dropped with this value.
#[derive(Debug)]
pub struct TestDatabase {
    /// A pool on it.
    pub pool: PgPool,
    url: Url,
    server: Url,
    name: String,
}

impl TestDatabase {
    /// Copies the template, which is made first where it is not there.
    ///
    /// # Panics
    /// Without a server in `CARTERA_TEST_DATABASE_URL`, or when it refuses.
    pub async fn create() -> Self {
        let server = server_url();
        let mut connection = connect(&server).await;
        let template = ensure_template(&mut connection, &server).await;
        Self::copy(connection, server, &template).await
    }

    /// Copies a template of this kind, which is one of migrated tables and of what `fill` put in where it is not there yet.
    ///
    /// # Panics
    /// Without a server in `CARTERA_TEST_DATABASE_URL`, or when it refuses.
    pub async fn create_filled(kind: &str, fill: impl AsyncFnOnce(&str)) -> Self {
        let server = server_url();
        let mut connection = connect(&server).await;
        let base = ensure_template(&mut connection, &server).await;
        let name = format!("{base}_{kind}");
        lock(&mut connection).await;
        if !is_template(&mut connection, &name).await {
            execute(
                &mut connection,
                &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            )
            .await;
            execute(
                &mut connection,
                &format!("CREATE DATABASE {name} TEMPLATE {base}"),
            )
            .await;
            fill(named(&server, &name).as_str()).await;
            execute(
                &mut connection,
                &format!("ALTER DATABASE {name} IS_TEMPLATE true"),
            )
            .await;
        }
        unlock(&mut connection).await;
        Self::copy(connection, server, &name).await
    }

    async fn copy(mut connection: PgConnection, server: Url, template: &str) -> Self {
        let name = format!(
            "cartera_test_{}_{}",
            std::process::id(),
            MADE.fetch_add(1, Ordering::Relaxed)
        );
        // A test that was killed under the same process id may have left one behind.
        execute(
            &mut connection,
            &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        )
        .await;
        execute(
            &mut connection,
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await;
        connection.close().await.expect("the server lets us go");
        let url = named(&server, &name);
        let pool = PgPool::connect(url.as_str())
            .await
            .expect("the new database answers");
        Self {
            pool,
            url,
            server,
            name,
        }
    }

    /// Its URL, for `DATABASE_URL` of a program.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), std::mem::take(&mut self.name));
        // The test's own runtime may be about to end: a thread with another one does the work.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime starts");
            runtime.block_on(async {
                let mut connection = PgConnection::connect(server.as_str()).await?;
                connection
                    .execute(&*format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                    .await
            })
        });
        // The server may be gone, by the test's own will: then there is nothing to drop.
        drop(dropped.join());
    }
}

/// The server for tests.
///
/// # Panics
/// When nobody said where it is.
#[expect(clippy::disallowed_methods, reason = "the tests' one setting")]
pub fn server_url() -> Url {
    let url = std::env::var("CARTERA_TEST_DATABASE_URL")
        .expect("this test needs a PostgreSQL: run `make test`, which starts one");
    Url::parse(&url).expect("CARTERA_TEST_DATABASE_URL is a URL")
}

fn named(server: &Url, database: &str) -> Url {
    let mut url = server.clone();
    url.set_path(database);
    url
}

/// Makes the template of these very migrations if no test before did.
async fn ensure_template(connection: &mut PgConnection, server: &Url) -> String {
    let mut hasher = DefaultHasher::new();
    MIGRATOR
        .iter()
        .for_each(|migration| migration.checksum.hash(&mut hasher));
    let name = format!("cartera_template_{:016x}", hasher.finish());
    lock(connection).await;
    if !is_template(connection, &name).await {
        make_template(connection, server, &name).await;
    }
    unlock(connection).await;
    name
}

async fn connect(server: &Url) -> PgConnection {
    let connected = PgConnection::connect(server.as_str()).await;
    connected.expect("the test server answers: run `make test`")
}

async fn execute(connection: &mut PgConnection, statement: &str) {
    let executed = connection.execute(statement).await;
    executed.expect("the test server does what it is told");
}

async fn lock(connection: &mut PgConnection) {
    execute(connection, TEMPLATE_LOCK).await;
}

async fn unlock(connection: &mut PgConnection) {
    execute(connection, "SELECT pg_advisory_unlock_all()").await;
}

async fn is_template(connection: &mut PgConnection, name: &str) -> bool {
    let known = format!("SELECT FROM pg_database WHERE datname = '{name}' AND datistemplate");
    let found = connection.fetch_optional(&*known).await;
    found.expect("the databases can be listed").is_some()
}

/// Marked as a template only when it is whole, so that a half-made one is made again.
async fn make_template(connection: &mut PgConnection, server: &Url, name: &str) {
    for statement in [
        format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        format!("CREATE DATABASE {name}"),
    ] {
        connection
            .execute(&*statement)
            .await
            .expect("the template can be made");
    }
    let mut inside = PgConnection::connect(named(server, name).as_str())
        .await
        .expect("the template answers");
    MIGRATOR
        .run_direct(&mut inside)
        .await
        .expect("the migrations run");
    inside.close().await.expect("the template lets us go");
    connection
        .execute(&*format!("ALTER DATABASE {name} IS_TEMPLATE true"))
        .await
        .expect("the template can be marked");
}
