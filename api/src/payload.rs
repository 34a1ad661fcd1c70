//! What a mutation answers: the changed object, where the journal stands, and what a person can correct.

use async_graphql::{Context, SimpleObject};
use cartera_commands::{CommandError, Sent};
use cartera_journal::Reached;
use cartera_projections::page::List;
use uuid::Uuid;

use crate::asking::Asking;
use crate::connection::Listed;
use crate::error::ApiError;
use crate::loaders::{ById, Source, Sourced};
use crate::read_models;
use crate::scalars::Position;

/// Something in the input that a person can correct.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct UserError {
    /// Stable code; programs and translations go by it.
    pub code: String,
    /// The reason in English, for developers.
    pub message: String,
    /// The field to correct, from the mutation's argument on; empty where no single field is to blame.
    pub path: Vec<String>,
}

/// Why a mutation did nothing.
#[derive(Debug)]
pub enum Refused {
    /// A person can correct it: `userErrors`.
    Correctable(Vec<UserError>),
    /// Nobody can by correcting the input: a GraphQL error.
    Failed(ApiError),
}

impl Refused {
    /// One thing to correct; `field` lies in the mutation's `input`.
    pub fn correct(code: &str, message: impl Into<String>, field: Option<&str>) -> Self {
        let path = field.map_or_else(Vec::new, |field| {
            std::iter::once("input")
                .chain(field.split('.'))
                .map(str::to_owned)
                .collect()
        });
        Self::Correctable(vec![UserError {
            code: code.to_owned(),
            message: message.into(),
            path,
        }])
    }
}

impl From<ApiError> for Refused {
    fn from(error: ApiError) -> Self {
        Self::Failed(error)
    }
}

impl From<CommandError> for Refused {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Rejected {
                code,
                message,
                field,
            } => match missing_stream(code) {
                Some(kind) => Self::Failed(ApiError::not_found(kind)),
                None => Self::correct(code, message, field),
            },
            CommandError::Taken { scope, .. } => {
                let (code, field) = taken(&scope);
                Self::correct(code, "it is already in use", field)
            }
            CommandError::Forbidden => Self::Failed(ApiError::forbidden("unknown")),
            CommandError::NotFound(kind) => Self::Failed(ApiError::not_found(kind)),
            CommandError::Conflict { actual, .. } => Self::Failed(ApiError::conflict(actual)),
            CommandError::CommandIdReused => Self::Failed(ApiError::command_id_reused()),
            error @ (CommandError::Busy | CommandError::Unavailable(_)) => {
                Self::Failed(ApiError::unavailable(error))
            }
            error @ CommandError::Internal(_) => Self::Failed(ApiError::internal(error)),
        }
    }
}

/// What was never registered is answered like what the caller may not see: nobody learns which of the two it is.
fn missing_stream(code: &str) -> Option<&'static str> {
    match code {
        "LEAD_NOT_FOUND" => Some("lead"),
        "CLIENT_NOT_FOUND" => Some("client"),
        "OPPORTUNITY_NOT_FOUND" => Some("opportunity"),
        "PRODUCT_NOT_FOUND" => Some("product"),
        "USER_NOT_FOUND" => Some("user"),
        "PIPELINE_NOT_FOUND" => Some("pipeline"),
        _ => None,
    }
}

fn taken(scope: &str) -> (&'static str, Option<&'static str>) {
    match scope {
        "user_email" => ("USER_EMAIL_TAKEN", Some("email")),
        "product_code" => ("PRODUCT_CODE_TAKEN", Some("code")),
        _ => ("ALREADY_TAKEN", None),
    }
}

/// Says the field that a command refused, a word of the domain, as the mutation's input does.
fn name_as_asked(mutation: &str, path: &mut Vec<String>) {
    let [_, word] = path.as_slice() else { return };
    let (inside_opportunity, named) = match word.as_str() {
        "details" if mutation.starts_with("correct") => (false, "changes"),
        "reason" => (false, "reasonId"),
        "channel" => (false, "channelId"),
        "client" => (false, "clientId"),
        "manager" => (false, "managerId"),
        "owner" => (true, "ownerId"),
        "pipeline" => (true, "pipelineId"),
        "product" => (true, "lines"),
        _ => return,
    };
    path.truncate(1);
    // A conversion opens its opportunity by an object of its own.
    if inside_opportunity && mutation == "convertLead" {
        path.push("opportunity".to_owned());
    }
    path.push(named.to_owned());
}

/// An object of the API that can be found by its id.
pub trait Shown: Sized + Send {
    /// The object, if the caller may see it.
    ///
    /// # Errors
    /// `FORBIDDEN`, or `UNAVAILABLE` when the read model does not answer.
    fn find(
        context: &Context<'_>,
        id: Uuid,
    ) -> impl Future<Output = Result<Option<Self>, ApiError>> + Send;
}

impl<N: Listed> Shown for N
where
    ById<N::List>: Sourced + Source<Value = <N::List as List>::Row>,
{
    async fn find(context: &Context<'_>, id: Uuid) -> Result<Option<Self>, ApiError> {
        let row = context
            .belonging::<ById<N::List>>(N::PERMISSION, id)
            .await?;
        Ok(row.map(N::from))
    }
}

/// What a mutation answers, before it gets the name of its object's field.
pub struct Answered<T> {
    /// The object as it is now; none when the command was refused or the caller sees it no longer.
    pub object: Option<T>,
    /// Its version and the journal's position after the command.
    pub sent: Option<Sent>,
    /// How far the read models in the selection came.
    pub reached: Option<Reached>,
    /// What a person can correct.
    pub user_errors: Vec<UserError>,
}

/// Answers a command: waits for the read models in the selection, at most 2 s, and finds the object in them.
///
/// # Errors
/// What nobody can correct.
pub async fn answer<T: Shown>(
    context: &Context<'_>,
    outcome: Result<Sent, Refused>,
) -> Result<Answered<T>, ApiError> {
    let sent = match outcome {
        Ok(sent) => sent,
        Err(Refused::Failed(error)) => return Err(error),
        Err(Refused::Correctable(mut user_errors)) => {
            for error in &mut user_errors {
                name_as_asked(context.field().name(), &mut error.path);
            }
            return Ok(Answered {
                object: None,
                sent: None,
                reached: None,
                user_errors,
            });
        }
    };
    let models = read_models::selected(context);
    let reached = context
        .await_position(&models, Some(Position(sent.position)))
        .await?;
    let object = if models.is_empty() {
        None
    } else {
        T::find(context, sent.id).await?
    };
    Ok(Answered {
        object,
        sent: Some(sent),
        reached,
        user_errors: vec![],
    })
}

/// Declares the payload of a mutation: its object under its own name, and what all payloads have.
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident, $(#[$field_doc:meta])* $field:ident: $object:ty) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$field_doc])*
            $field: Option<$object>,
            /// The object's version after the command.
            version: Option<i32>,
            /// The journal's position after the command.
            position: Option<$crate::scalars::Position>,
            /// Whether the answer shows the command's effects already. False after two seconds of waiting.
            up_to_date: bool,
            /// How far into the journal the answer goes at least.
            as_of_position: Option<$crate::scalars::Position>,
            /// What a person can correct; nothing was changed where there is any.
            user_errors: Vec<$crate::payload::UserError>,
        }

        impl $name {
            pub(crate) async fn answer(
                context: &async_graphql::Context<'_>,
                outcome: Result<cartera_commands::Sent, $crate::payload::Refused>,
            ) -> Result<Self, $crate::error::ApiError> {
                let answered = $crate::payload::answer::<$object>(context, outcome).await?;
                let $crate::payload::Answered { object, sent, reached, user_errors } = answered;
                Ok(Self {
                    $field: object,
                    version: sent.as_ref().and_then(|sent| i32::try_from(sent.version).ok()),
                    position: sent.as_ref().map(|sent| $crate::scalars::Position(sent.position)),
                    up_to_date: reached.is_none_or(|reached| reached.up_to_date),
                    as_of_position: reached.map(|reached| $crate::scalars::Position(reached.position)),
                    user_errors,
                })
            }
        }
    };
}
pub(crate) use payload;
