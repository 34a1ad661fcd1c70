//! What a record means: the decisions that it asks for, over the streams that it touches.

use cartera_domain::Decider;
use cartera_domain::ids::TypedId;
use uuid::Uuid;

use crate::bus::{CommandBus, Freshness};
use crate::draft::{Draft, Stream};
use crate::envelope::Envelope;
use crate::error::CommandError;
use crate::files::RefusedCell;

use super::layout::Layout;
use super::profile::{Field, RecordKind};
use super::record::Record;
use super::references::References;

mod clients;
mod leads;
mod opportunities;
mod products;
mod users;

/// What planning a record needs.
pub(super) struct Planner<'a> {
    pub(super) bus: &'a CommandBus,
    pub(super) envelope: &'a Envelope,
    pub(super) layout: &'a Layout,
    pub(super) references: &'a References<'a>,
    pub(super) kind: RecordKind,
}

/// Why a record is left out, or why the import cannot go on.
pub(super) enum Refused {
    /// The record alone is to blame.
    Record(Vec<RefusedCell>),
    /// The journal does not answer.
    Journal(CommandError),
}

impl From<RefusedCell> for Refused {
    fn from(cell: RefusedCell) -> Self {
        Self::Record(vec![cell])
    }
}

impl From<CommandError> for Refused {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Rejected {
                code,
                message,
                field,
            } => Self::Record(vec![RefusedCell {
                column: field.unwrap_or_default().to_owned(),
                value: String::new(),
                code: code.to_owned(),
                reason: message,
            }]),
            CommandError::NotFound(kind) => Self::Record(vec![RefusedCell {
                column: String::new(),
                value: String::new(),
                code: "NOT_FOUND".to_owned(),
                reason: format!("the {kind} does not exist"),
            }]),
            taken @ CommandError::Taken { .. } => Self::Record(vec![RefusedCell {
                column: String::new(),
                value: String::new(),
                code: taken.code().to_owned(),
                reason: taken.to_string(),
            }]),
            other @ (CommandError::Forbidden
            | CommandError::Conflict { .. }
            | CommandError::CommandIdReused
            | CommandError::Busy
            | CommandError::Unavailable(_)
            | CommandError::Internal(_)) => Self::Journal(other),
        }
    }
}

impl Planner<'_> {
    /// The decisions of one record; `existing` is the stream that holds its key.
    pub(super) async fn plan(
        &self,
        record: &Record,
        existing: Option<Uuid>,
    ) -> Result<Draft, Refused> {
        match self.kind {
            RecordKind::User => self.user(record, existing).await,
            RecordKind::Product => self.product(record, existing).await,
            RecordKind::Client => self.client(record, existing).await,
            RecordKind::Lead => self.lead(record, existing).await,
            RecordKind::Conversion => self.conversion(record, existing).await,
            RecordKind::Opportunity => self.opportunity(record, existing).await,
            RecordKind::StageHistory => self.stage_history(record, existing).await,
        }
    }

    async fn stream<A: Decider>(&self, existing: Option<Uuid>) -> Result<Stream<A>, CommandError> {
        match existing {
            Some(id) => {
                self.bus
                    .load::<A>(A::Id::from_uuid(id), Freshness::Cached)
                    .await
            }
            None => Ok(Stream::new(self.bus.ids().mint())),
        }
    }

    /// The user named in the owner's field, with the team.
    fn owner(&self, row: &crate::files::Row) -> Result<crate::facts::Assignee, RefusedCell> {
        let Some(key) = self.layout.text(row, Field::Owner) else {
            return Ok((None, None));
        };
        let (user, team) = self
            .references
            .user(&key)
            .ok_or_else(|| self.unknown(Field::Owner, &key, "user"))?;
        Ok((Some(user), team))
    }

    fn channel(
        &self,
        row: &crate::files::Row,
    ) -> Result<Option<cartera_domain::ids::ChannelId>, RefusedCell> {
        let Some(name) = self.layout.text(row, Field::Channel) else {
            return Ok(None);
        };
        self.references
            .channel(&name)
            .map(Some)
            .ok_or_else(|| self.unknown(Field::Channel, &name, "channel"))
    }

    fn unknown(&self, field: Field, value: &str, kind: &str) -> RefusedCell {
        self.layout.refuse(
            field,
            value,
            "REFERENCE_UNKNOWN",
            &format!("there is no {kind} of this name or key"),
        )
    }
}

/// The first row of a record, which has its single-valued fields.
fn first(record: &Record) -> Result<&crate::files::Row, Refused> {
    record.rows.first().ok_or(Refused::Record(Vec::new()))
}
