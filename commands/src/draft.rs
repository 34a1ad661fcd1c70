//! Several decisions that are one append: all or nothing.

use cartera_domain::ids::TypedId;
use cartera_domain::permission::NeedsPermission;
use cartera_domain::values::Occurred;
use cartera_domain::viewer::Ownership;
use cartera_domain::{Decider, Permission};
use cartera_journal::{Claim, Loaded, NewEvent, StreamAppend};
use uuid::Uuid;

use crate::envelope::{Caller, Envelope};
use crate::error::CommandError;

/// A stream with what was decided about it and is not in the log yet.
#[derive(Debug, Clone)]
pub struct Stream<A: Decider> {
    id: A::Id,
    version: u64,
    state: A,
    events: Vec<NewEvent>,
}

impl<A: Decider> Stream<A> {
    /// A stream that does not exist yet.
    pub fn new(id: A::Id) -> Self {
        Self {
            id,
            version: 0,
            state: A::default(),
            events: Vec::new(),
        }
    }

    /// A stream as it was loaded.
    pub fn loaded(id: A::Id, loaded: Loaded<A>) -> Self {
        Self {
            id,
            version: loaded.version,
            state: loaded.state,
            events: Vec::new(),
        }
    }

    /// What is known of it, with what was decided.
    pub fn state(&self) -> &A {
        &self.state
    }

    /// Its identity.
    pub fn id(&self) -> A::Id {
        self.id
    }

    /// Its version in the log, before what was decided.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Decides a command, if the caller may ask it of this stream. Nobody decides without this check.
    ///
    /// # Errors
    /// Forbidden, not found for whoever does not see the row, or the domain's refusal.
    pub fn decide(
        &mut self,
        envelope: &Envelope,
        command: A::Command,
        occurred: Occurred,
    ) -> Result<(), CommandError> {
        authorise(
            &envelope.caller,
            command.permission(),
            A::TYPE,
            self.state.ownership(),
        )?;
        let events = self
            .state
            .decide(command)
            .map_err(|rejection| CommandError::rejected(&rejection))?;
        for event in events {
            self.state.evolve(event.clone());
            self.events.push(NewEvent {
                event: event.into(),
                occurred,
            });
        }
        Ok(())
    }
}

/// The one place where a command is allowed or not.
fn authorise(
    caller: &Caller,
    permission: Permission,
    kind: &'static str,
    ownership: Ownership,
) -> Result<(), CommandError> {
    match caller {
        Caller::Viewer(viewer) if !viewer.may(permission) => Err(CommandError::Forbidden),
        Caller::Viewer(viewer) if !viewer.sees(ownership) => Err(CommandError::NotFound(kind)),
        Caller::Viewer(_) | Caller::Operator => Ok(()),
    }
}

/// What goes into the log together.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub(crate) streams: Vec<StreamAppend>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) releases: Vec<Claim>,
}

impl Draft {
    /// Adds a stream with what was decided; with nothing decided, its version is asserted.
    #[must_use]
    pub fn with<A: Decider>(mut self, stream: Stream<A>) -> Self {
        self.add(stream);
        self
    }

    /// Adds a stream with what was decided; with nothing decided, its version is asserted.
    pub fn add<A: Decider>(&mut self, stream: Stream<A>) {
        self.streams.push(StreamAppend {
            aggregate_type: <A as Decider>::TYPE,
            aggregate_id: stream.id.as_uuid(),
            expected_version: stream.version,
            events: stream.events,
        });
    }

    /// Adds what its holder alone may hold from now on.
    #[must_use]
    pub fn claiming(mut self, claim: Claim) -> Self {
        self.claims.push(claim);
        self
    }

    /// Adds what its holder holds no longer.
    #[must_use]
    pub fn releasing(mut self, claim: Claim) -> Self {
        self.releases.push(claim);
        self
    }

    /// Whether nothing would be written but the receipt.
    pub fn is_empty(&self) -> bool {
        self.streams.iter().all(|stream| stream.events.is_empty())
            && self.claims.is_empty()
            && self.releases.is_empty()
    }

    /// Number of events that would be written.
    pub fn events(&self) -> u64 {
        self.streams
            .iter()
            .map(|stream| u64::try_from(stream.events.len()).unwrap_or(u64::MAX))
            .sum()
    }

    /// The stream that the command was about: the first.
    pub(crate) fn subject(&self) -> Option<Uuid> {
        self.streams.first().map(|stream| stream.aggregate_id)
    }
}
