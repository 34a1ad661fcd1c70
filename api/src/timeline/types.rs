//! What happened to a lead, a client, an opportunity, in GraphQL.

use async_graphql::connection::PageInfo;
use async_graphql::{Context, ID, Json, Object, SimpleObject};
use cartera_projections::projector::version_of;
use cartera_projections::timeline::{HappenedEntry, SubjectKind};
use serde_json::Value;
use uuid::Uuid;

use crate::asking::Asking;
use crate::error::ApiError;
use crate::scalars::{AnyGlobalId, BusinessTime, Date, DateTime, Position};
use crate::users::types::User;

/// Something that happened.
#[derive(Debug)]
pub struct TimelineEntry(pub(super) HappenedEntry);

#[Object]
impl TimelineEntry {
    /// Where it lies in the journal.
    async fn position(&self) -> Position {
        Position(self.0.recorded.position)
    }

    /// What happened, as the journal names it, such as `lead_converted`.
    async fn event_type(&self) -> &str {
        &self.0.recorded.event_type
    }

    /// To what it happened.
    async fn kind(&self) -> SubjectKind {
        self.0.kind
    }

    /// Global id of what it happened to; none for the catalogue of channels and reasons and for the tree of teams.
    async fn subject_id(&self) -> Option<ID> {
        global_id(self.0.kind, self.0.recorded.aggregate_id)
    }

    /// Version of the subject's stream with it.
    async fn version(&self) -> i64 {
        version_of(&self.0.recorded)
    }

    /// What was said of it: the event's own fields, as they read today. What was erased is null.
    async fn details(&self) -> Option<Json<Value>> {
        let encoded = self.0.recorded.event.encode();
        encoded.ok().map(|encoded| Json(opened(encoded.payload)))
    }

    /// Who caused it; none for a rule, an import or the command line.
    async fn user(&self, context: &Context<'_>) -> Result<Option<User>, ApiError> {
        let user = self.0.recorded.metadata.actor.user();
        context.related(user).await
    }

    /// Who caused it, as the journal writes it: `user:…`, `key:…`, `process:…`, `system`.
    async fn actor(&self) -> String {
        self.0.recorded.metadata.actor.to_string()
    }

    /// By which door it came in: `web`, `api`, `import`, `automation`, `cli`, `demo`.
    async fn source(&self) -> String {
        self.0.recorded.metadata.source.to_string()
    }

    /// When it happened.
    async fn occurred_at(&self) -> Option<BusinessTime> {
        Some(BusinessTime(self.0.recorded.metadata.occurred))
    }

    /// The day on which it happened, in the company's zone of then.
    async fn business_date(&self) -> Date {
        Date(self.0.recorded.metadata.business_date)
    }

    /// Nobody knows when; the day is that of recording, and period figures leave it out.
    async fn date_unknown(&self) -> bool {
        self.0.recorded.metadata.date_unknown
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime {
        DateTime(self.0.recorded.recorded_at)
    }
}

/// An entry in a page.
#[derive(SimpleObject)]
pub struct TimelineEdge {
    /// Where to go on from this entry.
    pub(super) cursor: String,
    /// The entry.
    pub(super) node: TimelineEntry,
}

/// A part of a timeline, the newest first.
#[derive(SimpleObject)]
pub struct TimelineConnection {
    /// The entries.
    pub(super) edges: Vec<TimelineEdge>,
    /// Whether there are older ones, and where to go on.
    pub(super) page_info: PageInfo,
    /// How far into the journal the entries go, in the same snapshot.
    pub(super) as_of_position: Position,
}

/// The global id of a stream's thing.
pub(super) fn global_id(kind: SubjectKind, id: Uuid) -> Option<ID> {
    let name = match kind {
        SubjectKind::Lead => "Lead",
        SubjectKind::Client => "Client",
        SubjectKind::Opportunity => "Opportunity",
        SubjectKind::Product => "Product",
        SubjectKind::User => "User",
        SubjectKind::Pipeline => "Pipeline",
        SubjectKind::Company => "Company",
        SubjectKind::TeamTree | SubjectKind::Catalogue => return None,
    };
    Some(AnyGlobalId::render(name, id).into())
}

/// The payload with personal values in their places, as plain ones; null where they were erased.
fn opened(payload: Value) -> Value {
    match payload {
        Value::Object(mut fields) if fields.len() == 1 && fields.contains_key("$personal") => {
            let marked = fields.remove("$personal").unwrap_or_default();
            marked.get("value").cloned().unwrap_or_default()
        }
        Value::Object(fields) if fields.len() == 1 && fields.contains_key("$erased") => Value::Null,
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .map(|(name, value)| (name, opened(value)))
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(opened).collect()),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::opened;
    use serde_json::json;

    #[test]
    fn personal_values_are_shown_plainly_and_erased_ones_as_nothing() {
        let payload = json!({
            "details": { "email": { "$personal": { "subject": "x", "value": "a@b.c" } }, "city": "Vic" },
            "note": { "$erased": { "subject": "x" } },
            "lines": [{ "quantity": "1" }],
        });
        let shown = json!({
            "details": { "email": "a@b.c", "city": "Vic" }, "note": null, "lines": [{ "quantity": "1" }],
        });
        assert_eq!(opened(payload), shown);
    }
}
