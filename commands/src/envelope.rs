//! Who asks, once, and under which conditions.

use std::sync::Arc;

use cartera_domain::Viewer;
use cartera_domain::values::Occurred;
use cartera_journal::{Actor, Source};
use uuid::Uuid;

/// Everything around a command that is not the command.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// In whose name it is asked: decides what is allowed.
    pub caller: Caller,
    /// Who is written down as having done it.
    pub actor: Actor,
    /// The command, said once: the same id and content again gives the first result.
    pub command_id: Uuid,
    /// The conversation that the command belongs to.
    pub correlation_id: Uuid,
    /// The content as the caller sent it, before ids were minted for it; the command itself where the caller minted none.
    pub content: Option<Vec<u8>>,
    /// The version that the caller saw; without one, a conflict is decided anew.
    pub expected_version: Option<u64>,
    /// When it happened.
    pub occurred: Occurred,
    /// By which door it comes.
    pub source: Source,
    /// W3C trace context.
    pub trace_parent: Option<String>,
}

/// In whose name a command is asked.
#[derive(Debug, Clone)]
pub enum Caller {
    /// A signed-in user, or a program on a user's behalf.
    Viewer(Arc<Viewer>),
    /// The operator at the command line, a migration, the demo: everything is allowed.
    Operator,
}

impl Envelope {
    /// An envelope of the operator, for the command line and the demo.
    pub fn operator(command_id: Uuid, source: Source) -> Self {
        Self {
            caller: Caller::Operator,
            actor: Actor::System,
            command_id,
            correlation_id: command_id,
            content: None,
            expected_version: None,
            occurred: Occurred::Now,
            source,
            trace_parent: None,
        }
    }
}
