//! What the edge is told: limits, origins, and what is free for everybody.

use std::collections::HashSet;
use std::time::Duration;

use super::origin::Origins;
use super::precheck::DocumentLimits;

/// Everything about the edge that a deployment or a test may set.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Bounds of requests, documents and connections.
    pub limits: Limits,
    /// The web origins whose pages may use a person's session.
    pub origins: Origins,
    /// The exact documents that anonymous callers may run, such as the one that signs in.
    pub public_documents: HashSet<String>,
    /// Who may read the schema.
    pub introspection: Introspection,
}

/// Who may ask for `__schema` and `__type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Introspection {
    /// Callers with the permission: production.
    #[default]
    ByPermission,
    /// Everybody, signed in or not: development.
    Free,
}

/// Bounds; the defaults are those of RELIABILITY requirements 10, 11 and 13.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Longest body of a request, and longest message on a socket, in bytes.
    pub body_bytes: usize,
    /// Time in which a body must have arrived.
    pub body_time: Duration,
    /// Time in which a query or mutation must have been answered.
    pub execution_time: Duration,
    /// What a document may ask for.
    pub document: DocumentLimits,
    /// What one socket may do.
    pub socket: SocketLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 1024 * 1024,
            body_time: Duration::from_secs(10),
            execution_time: Duration::from_secs(5),
            document: DocumentLimits::default(),
            socket: SocketLimits::default(),
        }
    }
}

/// Bounds of one WebSocket connection.
#[derive(Clone, Debug)]
pub struct SocketLimits {
    /// Time until `connection_init` must have come.
    pub init_time: Duration,
    /// Operations that run at the same time.
    pub subscriptions: usize,
    /// Messages that wait for a slow client before its subscriptions have to wait themselves.
    pub queue: usize,
    /// Time one message may take to be written before the client counts as gone.
    pub write_time: Duration,
    /// Time between two pings.
    pub ping_every: Duration,
    /// Silence after which the client counts as gone.
    pub silence: Duration,
}

impl Default for SocketLimits {
    fn default() -> Self {
        Self {
            init_time: Duration::from_secs(10),
            subscriptions: 100,
            queue: 64,
            write_time: Duration::from_secs(10),
            ping_every: Duration::from_secs(25),
            silence: Duration::from_mins(1),
        }
    }
}
