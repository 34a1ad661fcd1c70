//! Who, why, when: what is stored beside each event, as a flat object of strings.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use cartera_domain::ids::UserId;
use cartera_domain::values::{BusinessTime, Occurred};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::error::JournalError;

/// Who caused an event. Printed and parsed as one string: `user:…`, `key:…:…`, `process:…`, `system`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A person, signed in.
    User(UserId),
    /// A program with this API key, on behalf of the user.
    ApiKey(Uuid, UserId),
    /// A process manager, with the rule and the rule's version that it followed.
    Process {
        /// The process manager's name, without a colon.
        name: String,
        /// Rule and version.
        rule: Option<(Uuid, u32)>,
    },
    /// The system itself: import, demo, command line.
    System,
}

/// A stored actor that does not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an actor: {0}")]
pub struct InvalidActor(String);

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => write!(f, "user:{user}"),
            Self::ApiKey(key, user) => write!(f, "key:{key}:{user}"),
            Self::Process { name, rule: None } => write!(f, "process:{name}"),
            Self::Process {
                name,
                rule: Some((rule, version)),
            } => write!(f, "process:{name}:{rule}:{version}"),
            Self::System => f.write_str("system"),
        }
    }
}

impl FromStr for Actor {
    type Err = InvalidActor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidActor(text.to_owned());
        let mut parts = text.split(':');
        let kind = parts.next();
        let actor = match (kind, parts.next(), parts.next(), parts.next()) {
            (Some("system"), None, None, None) => Self::System,
            (Some("user"), Some(user), None, None) => {
                Self::User(user.parse().map_err(|_not_an_id| invalid())?)
            }
            (Some("key"), Some(key), Some(user), None) => Self::ApiKey(
                key.parse().map_err(|_not_an_id| invalid())?,
                user.parse().map_err(|_not_an_id| invalid())?,
            ),
            (Some("process"), Some(name), None, None) => Self::Process {
                name: name.to_owned(),
                rule: None,
            },
            (Some("process"), Some(name), Some(rule), Some(version)) => Self::Process {
                name: name.to_owned(),
                rule: Some((
                    rule.parse().map_err(|_not_an_id| invalid())?,
                    version.parse().map_err(|_not_a_number| invalid())?,
                )),
            },
            (_, _, _, _) => return Err(invalid()),
        };
        if parts.next().is_some() {
            Err(invalid())
        } else {
            Ok(actor)
        }
    }
}

/// By which door an event came in.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, strum::Display, strum::EnumString, strum::IntoStaticStr,
)]
#[strum(serialize_all = "snake_case")]
pub enum Source {
    /// Our own web application.
    Web,
    /// A program with an API key.
    Api,
    /// A file of records.
    Import,
    /// A rule.
    Automation,
    /// The command line.
    Cli,
    /// The demo company.
    Demo,
}

/// What all events of one append have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// Who causes them.
    pub actor: Actor,
    /// The command, said once (RELIABILITY 1).
    pub command_id: Uuid,
    /// The conversation that the command belongs to.
    pub correlation_id: Uuid,
    /// Position of the event that caused the command.
    pub causation: Option<i64>,
    /// How many causes lie between a person's command and this one; 0 for a person's own.
    pub depth: u8,
    /// By which door it came.
    pub source: Source,
    /// W3C trace context (`traceparent`).
    pub trace_parent: Option<String>,
    /// The company's time zone, which fixes the business date.
    pub zone: Tz,
}

/// What is stored beside an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Metadata {
    /// Who caused it.
    pub actor: Actor,
    /// By which command.
    pub command_id: Uuid,
    /// In which conversation.
    pub correlation_id: Uuid,
    /// Position of the event that caused the command.
    pub causation: Option<i64>,
    /// How many causes lie between a person's command and this event.
    pub depth: u8,
    /// By which door it came.
    pub source: Source,
    /// W3C trace context of the command.
    pub trace_parent: Option<String>,
    /// When it happened; the recording instant when it happened as it was recorded, or nobody knows when.
    pub occurred: BusinessTime,
    /// The day on which it happened, in the company's zone of then.
    pub business_date: NaiveDate,
    /// Nobody knows when it happened: left out of period figures (DEFINITIONS 15).
    pub date_unknown: bool,
}

/// Stands where the database writes the day of recording, in the zone that goes with it.
const DAY_OF_RECORDING: &str = "";

/// The stored text of one event's metadata, and the zone in which the database fixes the business date, if it does.
pub(crate) struct Rendered {
    pub(crate) text: String,
    pub(crate) zone: Option<&'static str>,
}

impl Context {
    /// Renders the metadata of an event: canonical JSON, keys in order.
    pub(crate) fn render(&self, occurred: Occurred) -> Result<Rendered, serde_json::Error> {
        let mut fields = BTreeMap::from([
            ("actor", self.actor.to_string()),
            ("command_id", self.command_id.to_string()),
            ("correlation_id", self.correlation_id.to_string()),
            ("depth", self.depth.to_string()),
            ("source", self.source.to_string()),
        ]);
        if let Some(position) = self.causation {
            fields.insert("causation", position.to_string());
        }
        if let Some(trace) = &self.trace_parent {
            fields.insert("trace_parent", trace.clone());
        }
        let zone = match occurred {
            Occurred::At(time) => {
                fields.insert("occurred_at", time.to_string());
                fields.insert("business_date", time.business_date(self.zone).to_string());
                None
            }
            Occurred::Now => {
                fields.insert("business_date", DAY_OF_RECORDING.to_owned());
                Some(self.zone.name())
            }
            Occurred::Unknown => {
                fields.insert("business_date", DAY_OF_RECORDING.to_owned());
                fields.insert("date_unknown", "true".to_owned());
                Some(self.zone.name())
            }
        };
        Ok(Rendered {
            text: serde_json::to_string(&fields)?,
            zone,
        })
    }
}

impl Metadata {
    /// Reads stored metadata.
    pub(crate) fn read(
        stored: &serde_json::Value,
        recorded_at: DateTime<Utc>,
    ) -> Result<Self, JournalError> {
        Ok(Self {
            actor: required(stored, "actor")?,
            command_id: required(stored, "command_id")?,
            correlation_id: required(stored, "correlation_id")?,
            causation: optional(stored, "causation")?,
            depth: required(stored, "depth")?,
            source: required(stored, "source")?,
            trace_parent: optional(stored, "trace_parent")?,
            occurred: optional(stored, "occurred_at")?
                .unwrap_or(BusinessTime::Instant(recorded_at.fixed_offset())),
            business_date: required(stored, "business_date")?,
            date_unknown: optional(stored, "date_unknown")?.unwrap_or(false),
        })
    }
}

fn optional<T: FromStr>(
    stored: &serde_json::Value,
    key: &'static str,
) -> Result<Option<T>, JournalError> {
    match stored.get(key).map(|value| value.as_str().map(str::parse)) {
        None => Ok(None),
        Some(Some(Ok(value))) => Ok(Some(value)),
        Some(Some(Err(_)) | None) => Err(JournalError::Metadata { key }),
    }
}

fn required<T: FromStr>(stored: &serde_json::Value, key: &'static str) -> Result<T, JournalError> {
    optional(stored, key)?.ok_or(JournalError::Metadata { key })
}

impl Actor {
    /// The user in whose name it acts.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::User(user) | Self::ApiKey(_, user) => Some(*user),
            Self::Process { .. } | Self::System => None,
        }
    }
}

#[cfg(test)]
mod tests;
