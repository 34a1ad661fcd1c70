//! Every event of the system, in the order of a sale's life, and how it lies in the journal.
//!
//! Stored form (frozen): the type is the variant's snake-case name, in a column of its own; the payload is the variant's
//! fields and repeats neither type nor id. Numbers are integers within ±(2^53−1); decimals and money are strings.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use strum::VariantNames;

use crate::clients::{Client, ClientEvent};
use crate::decider::Decider;
use crate::leads::{Lead, LeadEvent};
use crate::opportunities::{Opportunity, OpportunityEvent};
use crate::products::{Product, ProductEvent};
use crate::settings::{Catalogue, CatalogueEvent, Company, CompanyEvent, Pipeline, PipelineEvent};
use crate::users::{TeamTree, TeamTreeEvent, User, UserEvent};

/// Anything that can have happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The company was set up or its settings changed.
    Company(CompanyEvent),
    /// Channels and reasons were added, renamed, retired.
    Catalogue(CatalogueEvent),
    /// A pipeline and its stages changed.
    Pipeline(PipelineEvent),
    /// Teams were formed, moved, disbanded.
    TeamTree(TeamTreeEvent),
    /// A user joined, changed role or team, left.
    User(UserEvent),
    /// A product entered or left the catalogue, or changed its price.
    Product(ProductEvent),
    /// Somebody showed interest.
    Lead(LeadEvent),
    /// A company or person became a client.
    Client(ClientEvent),
    /// A sale was in sight, moved, closed.
    Opportunity(OpportunityEvent),
}

/// An event enum of one aggregate.
pub trait StoredEvent:
    cqrs_es::DomainEvent + Into<Event> + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// Stored event type: stable for ever.
    fn name(&self) -> &'static str;

    /// Stored version, `major.minor`. Additive fields raise nothing.
    fn version(&self) -> &'static str {
        "1.0"
    }
}

/// An event as it lies in the journal, before sealing.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoded {
    /// Stored event type.
    pub event_type: &'static str,
    /// Stored version.
    pub event_version: &'static str,
    /// The variant's fields; personal values still in clear, marked (see `values::personal`).
    pub payload: Value,
}

/// The stored form does not read back: a type that nobody wrote, or a payload of another shape.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// No aggregate of this type exists.
    #[error("unknown aggregate type {0}")]
    UnknownAggregate(String),
    /// The payload is not that of the event type.
    #[error(
        "event {event_type} of {aggregate_type} does not read: {}",
        shape(source)
    )]
    Unreadable {
        /// Stored aggregate type.
        aggregate_type: String,
        /// Stored event type.
        event_type: String,
        /// What serde says.
        source: serde_json::Error,
    },
}

/// What serde says, without the value that it says it of: an opened payload holds personal data, and this goes into logs.
fn shape(error: &serde_json::Error) -> String {
    let said = error.to_string();
    if said.starts_with("missing field") {
        said
    } else {
        "a value has another form".to_owned()
    }
}

/// Splits an event into type, version and payload.
///
/// # Errors
/// When the event's fields do not serialise, which only a map with keys other than text could cause.
pub fn encode<E: StoredEvent>(event: &E) -> Result<Encoded, serde_json::Error> {
    let tagged = serde_json::to_value(event)?;
    let payload = match tagged {
        Value::Object(fields) => fields
            .into_iter()
            .next()
            .map_or(Value::Null, |(_, payload)| payload),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Value::Null
        }
    };
    Ok(Encoded {
        event_type: event.name(),
        event_version: event.version(),
        payload,
    })
}

/// Puts type and payload together again, as `cqrs-es` expects to read them.
pub fn tag(event_type: &str, payload: Value) -> Value {
    Value::Object(Map::from_iter([(event_type.to_owned(), payload)]))
}

/// Every stored event type of the current version by its aggregate type: what the journal may have to read.
pub const VOCABULARY: [(&str, &[&str]); 9] = [
    (Company::TYPE, CompanyEvent::VARIANTS),
    (Catalogue::TYPE, CatalogueEvent::VARIANTS),
    (Pipeline::TYPE, PipelineEvent::VARIANTS),
    (TeamTree::TYPE, TeamTreeEvent::VARIANTS),
    (User::TYPE, UserEvent::VARIANTS),
    (Product::TYPE, ProductEvent::VARIANTS),
    (Lead::TYPE, LeadEvent::VARIANTS),
    (Client::TYPE, ClientEvent::VARIANTS),
    (Opportunity::TYPE, OpportunityEvent::VARIANTS),
];

impl Event {
    /// Stored type of the aggregate to which it happened.
    pub fn aggregate_type(&self) -> &'static str {
        match self {
            Self::Company(_) => Company::TYPE,
            Self::Catalogue(_) => Catalogue::TYPE,
            Self::Pipeline(_) => Pipeline::TYPE,
            Self::TeamTree(_) => TeamTree::TYPE,
            Self::User(_) => User::TYPE,
            Self::Product(_) => Product::TYPE,
            Self::Lead(_) => Lead::TYPE,
            Self::Client(_) => Client::TYPE,
            Self::Opportunity(_) => Opportunity::TYPE,
        }
    }

    /// Splits the event into type, version and payload.
    ///
    /// # Errors
    /// See [`encode`].
    pub fn encode(&self) -> Result<Encoded, serde_json::Error> {
        match self {
            Self::Company(event) => encode(event),
            Self::Catalogue(event) => encode(event),
            Self::Pipeline(event) => encode(event),
            Self::TeamTree(event) => encode(event),
            Self::User(event) => encode(event),
            Self::Product(event) => encode(event),
            Self::Lead(event) => encode(event),
            Self::Client(event) => encode(event),
            Self::Opportunity(event) => encode(event),
        }
    }

    /// Reads an event back from its opened and upcast stored form.
    ///
    /// # Errors
    /// When aggregate type or event type are unknown or the payload has another shape.
    pub fn decode(
        aggregate_type: &str,
        event_type: &str,
        payload: Value,
    ) -> Result<Self, DecodeError> {
        fn read<E: StoredEvent>(
            event_type: &str,
            payload: Value,
        ) -> Result<Event, serde_json::Error> {
            serde_json::from_value::<E>(tag(event_type, payload)).map(Into::into)
        }
        let decoded = match aggregate_type {
            Company::TYPE => read::<CompanyEvent>(event_type, payload),
            Catalogue::TYPE => read::<CatalogueEvent>(event_type, payload),
            Pipeline::TYPE => read::<PipelineEvent>(event_type, payload),
            TeamTree::TYPE => read::<TeamTreeEvent>(event_type, payload),
            User::TYPE => read::<UserEvent>(event_type, payload),
            Product::TYPE => read::<ProductEvent>(event_type, payload),
            Lead::TYPE => read::<LeadEvent>(event_type, payload),
            Client::TYPE => read::<ClientEvent>(event_type, payload),
            Opportunity::TYPE => read::<OpportunityEvent>(event_type, payload),
            other => return Err(DecodeError::UnknownAggregate(other.to_owned())),
        };
        decoded.map_err(|source| DecodeError::Unreadable {
            aggregate_type: aggregate_type.to_owned(),
            event_type: event_type.to_owned(),
            source,
        })
    }
}

#[cfg(test)]
mod tests;
