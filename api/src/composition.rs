//! How the parts that answer are put together: identity, schema and edge over commands and read models.

use std::sync::Arc;

use axum::Router;
use cartera_commands::CommandBus;
use cartera_journal::CancellationToken;
use cartera_projections::ReadPool;
use prometheus_client::metrics::gauge::Gauge;

use crate::adapters::SystemClock;
use crate::asking::Services;
use crate::auth::password::HashingFailed;
use crate::auth::{CookieStyle, Identity, Lifetimes, PUBLIC_DOCUMENTS};
use crate::config::Config;
use crate::edge::door::Door;
use crate::edge::{self, Edge, Introspection, Origins};
use crate::files::upload::Uploads;
use crate::files::{FileSettings, FileStore};
use crate::imports::{ImportStore, Imports};
use crate::loaders::Loaders;
use crate::{files, imports, schema};

/// What the part that answers has to be told.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// How people reach the service: decides the cookie and the origins that may use a session.
    pub public_url: String,
    /// Whether everybody may read the schema.
    pub development: bool,
    /// How long sessions and links last.
    pub lifetimes: Lifetimes,
    /// How much may be uploaded, and how long it is kept.
    pub files: FileSettings,
}

impl From<&Config> for WebSettings {
    fn from(config: &Config) -> Self {
        Self {
            public_url: config.public_url.clone(),
            development: config.development,
            lifetimes: Lifetimes::default(),
            files: config.files.clone(),
        }
    }
}

/// The part that answers.
#[derive(Clone)]
pub struct Web {
    router: Router,
    identity: Identity,
    open_sockets: Gauge,
    imports: Imports,
}

impl std::fmt::Debug for Web {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Web").finish_non_exhaustive()
    }
}

impl Web {
    /// Puts identity, schema and edge together. Open sockets close when `shutdown` is cancelled.
    ///
    /// # Errors
    /// Passwords cannot be hashed.
    pub fn compose(
        settings: &WebSettings,
        bus: CommandBus,
        reads: ReadPool,
        shutdown: CancellationToken,
    ) -> Result<Self, HashingFailed> {
        let cookies = CookieStyle::for_url(&settings.public_url);
        let pool = bus.journal().pool().clone();
        let lifetimes = settings.lifetimes;
        let identity = Identity::new(pool, bus.clone(), reads.clone(), cookies, lifetimes)?;
        let files = FileStore::new(bus.journal());
        let jobs = ImportStore::new(bus.journal(), files.clone());
        let uploads = Uploads::new(files, bus.clone(), settings.files.clone());
        let imports = Imports::new(bus.clone(), identity.clone(), jobs.clone());
        let services = Services {
            bus,
            loaders: Loaders::new(&reads),
            reads,
            identity: identity.clone(),
            imports: imports.clone(),
            clock: Arc::new(SystemClock),
        };
        let (schema, asker) = (schema::build(services), Arc::new(identity.clone()));
        let settings = edge_settings(settings);
        let door = Door::new(Arc::clone(&asker), settings.origins.clone());
        let edge = Edge::new(schema, asker, settings, shutdown);
        let open_sockets = edge.open_sockets().clone();
        let router = edge::router(edge)
            .merge(files::routes::routes(door.clone(), uploads))
            .merge(imports::download::routes(door, jobs));
        Ok(Self {
            router,
            identity,
            open_sockets,
            imports,
        })
    }

    /// The routes; [`crate::server::complete`] wraps them in what every answer needs.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// How many sockets of `/graphql` are open.
    pub fn open_sockets(&self) -> &Gauge {
        &self.open_sockets
    }

    /// What carries imports out needs.
    pub fn imports(&self) -> &Imports {
        &self.imports
    }

    /// Who may come in.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }
}

fn edge_settings(settings: &WebSettings) -> edge::Settings {
    edge::Settings {
        // In development, a page served under whatever name the machine has may talk to that very host.
        origins: if settings.development {
            Origins::default()
        } else {
            std::iter::once(settings.public_url.as_str()).collect()
        },
        public_documents: PUBLIC_DOCUMENTS.map(str::to_owned).into(),
        introspection: if settings.development {
            Introspection::Free
        } else {
            Introspection::ByPermission
        },
        ..edge::Settings::default()
    }
}
