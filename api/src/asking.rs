//! What resolvers take from their context: the services, the caller, the envelope of a command.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Context, InputObject};
use cartera_commands::envelope::{Caller as CommandCaller, Envelope};
use cartera_commands::{CommandBus, Sent};
use cartera_domain::ids::{TypedId, UserId};
use cartera_domain::permission::{NeedsPermission, Permission};
use cartera_domain::values::Occurred;
use cartera_domain::{Decider, Viewer};
use cartera_journal::Reached;
use cartera_projections::ReadPool;
use cartera_projections::page::List;

use crate::adapters::Clock;
use crate::auth::{Caller, Identity};
use crate::connection::Listed;
use crate::edge::{self, RequestId};
use crate::error::ApiError;
use crate::imports::Imports;
use crate::loaders::{ById, Loaders, Source, Sourced};
use crate::payload::Refused;
use crate::scalars::{BusinessTime, Position, Uuid};
use crate::telemetry::trace_context;

/// How long a mutation or query waits for read models.
const PATIENCE: Duration = Duration::from_secs(2);
/// Namespace of [`Said::entry`].
const ENTRIES: uuid::Uuid = uuid::Uuid::from_u128(0x6b1d_7c02_93f5_4a4e_8f3b_2b71_0a5c_e9d4);

/// Everything that resolvers call; one per service.
pub struct Services {
    /// Carries commands out.
    pub bus: CommandBus,
    /// Answers from read models.
    pub reads: ReadPool,
    /// Relations, read together.
    pub loaders: Loaders,
    /// Sessions, keys, passwords.
    pub identity: Identity,
    /// Uploaded files and the imports of them.
    pub imports: Imports,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// What every command carries beside its own fields.
#[derive(Debug, Clone, InputObject)]
pub struct Said {
    /// Minted by the caller, once per command: the same id with the same content answers the first result again and
    /// changes nothing.
    pub command_id: Uuid,
    /// The object's version that the caller saw. Where it has moved on, the answer is `CONFLICT`; without it, the command is
    /// decided on whatever is there.
    #[graphql(validator(minimum = 0))]
    pub expected_version: Option<i32>,
    /// When it happened, if that is not now.
    pub occurred_at: Option<BusinessTime>,
}

/// What every command carries that brings something new about.
#[derive(Debug, Clone, InputObject)]
pub struct Beginning {
    /// Minted by the caller, once per command: the same id with the same content answers the first result again and
    /// changes nothing.
    pub command_id: Uuid,
    /// When it happened, if that is not now.
    pub occurred_at: Option<BusinessTime>,
}

impl Said {
    /// The id of an entry that this command adds to a stream of many: the same whenever the command is said again, so that
    /// the first result is answered.
    pub fn entry<I: TypedId>(&self, by: UserId) -> I {
        let name = [by.as_uuid().into_bytes(), self.command_id.0.into_bytes()].concat();
        I::from_uuid(uuid::Uuid::new_v5(&ENTRIES, &name))
    }
}

impl From<Beginning> for Said {
    fn from(beginning: Beginning) -> Self {
        let Beginning {
            command_id,
            occurred_at,
        } = beginning;
        Self {
            command_id,
            expected_version: None,
            occurred_at,
        }
    }
}

/// What resolvers take from their context.
pub trait Asking {
    /// Everything that resolvers call.
    ///
    /// # Errors
    /// `INTERNAL` when the schema was built without.
    fn services(&self) -> Result<&Services, ApiError>;

    /// Who asks.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`.
    fn caller(&self) -> Result<&Caller, ApiError>;

    /// Who asks, if that is allowed.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, `FORBIDDEN`.
    fn viewer(&self, permission: Permission) -> Result<&Arc<Viewer>, ApiError>;

    /// The request's name.
    ///
    /// # Errors
    /// `INTERNAL` outside the edge.
    fn request(&self) -> Result<RequestId, ApiError>;

    /// The envelope of the command that this mutation is, if the caller may say it.
    ///
    /// # Errors
    /// `UNAUTHENTICATED`, `FORBIDDEN`.
    fn envelope(&self, permission: Permission, said: &Said) -> Result<Envelope, ApiError>;

    /// Carries a command to one aggregate out.
    ///
    /// # Errors
    /// Why it was refused.
    fn send<A: Decider>(
        &self,
        said: &Said,
        id: A::Id,
        command: A::Command,
    ) -> impl Future<Output = Result<Sent, Refused>> + Send;

    /// The object that an id stands for, if the caller sees it; read together with those that its siblings ask for.
    ///
    /// # Errors
    /// `FORBIDDEN`; `UNAVAILABLE` when the read model does not answer.
    fn related<N: Listed>(
        &self,
        id: Option<impl TypedId>,
    ) -> impl Future<Output = Result<Option<N>, ApiError>> + Send
    where
        ById<N::List>: Sourced + Source<Value = <N::List as List>::Row>;

    /// What belongs to a thing, read together with what its siblings ask for.
    ///
    /// # Errors
    /// `FORBIDDEN`; `UNAVAILABLE` when the read model does not answer.
    fn belonging<S: Sourced>(
        &self,
        permission: Permission,
        id: uuid::Uuid,
    ) -> impl Future<Output = Result<Option<S::Value>, ApiError>> + Send;

    /// Waits until these read models have passed a position.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the journal does not answer.
    fn await_position(
        &self,
        models: &[&str],
        position: Option<Position>,
    ) -> impl Future<Output = Result<Option<Reached>, ApiError>> + Send;
}

impl Asking for Context<'_> {
    fn services(&self) -> Result<&Services, ApiError> {
        self.data_opt::<Services>()
            .ok_or_else(|| missing("services"))
    }

    fn caller(&self) -> Result<&Caller, ApiError> {
        edge::caller::<Caller>(self)
    }

    fn viewer(&self, permission: Permission) -> Result<&Arc<Viewer>, ApiError> {
        Asking::caller(self)?.viewer(permission)
    }

    fn request(&self) -> Result<RequestId, ApiError> {
        self.data_opt::<RequestId>()
            .copied()
            .ok_or_else(|| missing("request id"))
    }

    fn envelope(&self, permission: Permission, said: &Said) -> Result<Envelope, ApiError> {
        let caller = Asking::caller(self)?;
        let viewer = Arc::clone(caller.viewer(permission)?);
        Ok(Envelope {
            caller: CommandCaller::Viewer(viewer),
            actor: caller.actor(),
            command_id: said.command_id.0,
            correlation_id: correlation(self.request()?, said),
            content: Some(content(self)?),
            expected_version: said
                .expected_version
                .and_then(|version| u64::try_from(version).ok()),
            occurred: said
                .occurred_at
                .map_or(Occurred::Now, |time| Occurred::At(time.0)),
            source: caller.source(),
            trace_parent: trace_context::current(),
        })
    }

    async fn send<A: Decider>(
        &self,
        said: &Said,
        id: A::Id,
        command: A::Command,
    ) -> Result<Sent, Refused> {
        let envelope = self.envelope(command.permission(), said)?;
        Ok(self
            .services()?
            .bus
            .send::<A>(&envelope, id, command)
            .await?)
    }

    async fn related<N: Listed>(&self, id: Option<impl TypedId>) -> Result<Option<N>, ApiError>
    where
        ById<N::List>: Sourced + Source<Value = <N::List as List>::Row>,
    {
        let Some(id) = id else { return Ok(None) };
        let row = self
            .belonging::<ById<N::List>>(N::PERMISSION, id.as_uuid())
            .await?;
        Ok(row.map(N::from))
    }

    async fn belonging<S: Sourced>(
        &self,
        permission: Permission,
        id: uuid::Uuid,
    ) -> Result<Option<S::Value>, ApiError> {
        let viewer = self.viewer(permission)?;
        let loader = S::loader(&self.services()?.loaders);
        loader.load(self.request()?, viewer, id).await
    }

    async fn await_position(
        &self,
        models: &[&str],
        position: Option<Position>,
    ) -> Result<Option<Reached>, ApiError> {
        let Some(Position(position)) = position else {
            return Ok(None);
        };
        let journal = self.services()?.bus.journal();
        let reached = journal.wait_for(models, position, PATIENCE).await;
        reached.map(Some).map_err(ApiError::unavailable)
    }
}

fn missing(what: &'static str) -> ApiError {
    ApiError::internal(std::io::Error::other(what))
}

/// The request's name is the conversation's: log lines and events of one request are found together.
fn correlation(request: RequestId, said: &Said) -> uuid::Uuid {
    request.to_string().parse().unwrap_or(said.command_id.0)
}

/// The mutation and its arguments as the caller sent them, variables filled in.
fn content(context: &Context<'_>) -> Result<Vec<u8>, ApiError> {
    let field = context.field();
    let arguments = field
        .arguments()
        .map_err(|_unreadable| missing("arguments"))?;
    let arguments: std::collections::BTreeMap<String, async_graphql::Value> = arguments
        .into_iter()
        .map(|(name, value)| (name.to_string(), value))
        .collect();
    serde_json::to_vec(&(field.name(), arguments)).map_err(ApiError::internal)
}
