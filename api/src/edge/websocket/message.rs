//! The messages of graphql-transport-ws.

use serde_json::{Map, Value};

use super::Close;
use crate::edge::parameters::Parameters;
use crate::error::{Answer, ApiError};

/// What a client says.
#[derive(Debug)]
pub(super) enum FromClient {
    ConnectionInit {
        payload: Map<String, Value>,
    },
    Ping {
        payload: Option<Value>,
    },
    Pong,
    Subscribe {
        id: String,
        payload: Result<Parameters, ApiError>,
    },
    Complete {
        id: String,
    },
}

impl FromClient {
    /// Reads a message.
    ///
    /// Parameters that could never be an operation's are a broken message; what a person may have typed, such as a
    /// character that is not allowed, is the operation's own error.
    ///
    /// # Errors
    /// The reason to close the socket with 4400.
    pub(super) fn parse(text: &str) -> Result<Self, Close> {
        let Ok(Value::Object(mut message)) = serde_json::from_str(text) else {
            return Err(Close::BadRequest("Invalid message received"));
        };
        let kind = message.remove("type");
        match kind.as_ref().and_then(Value::as_str) {
            Some("connection_init") => Ok(Self::ConnectionInit {
                payload: optional_object(message.remove("payload"))?.unwrap_or_default(),
            }),
            Some("ping") => Ok(Self::Ping {
                payload: optional_object(message.remove("payload"))?.map(Value::Object),
            }),
            Some("pong") => Ok(Self::Pong),
            Some("subscribe") => Ok(Self::Subscribe {
                id: id(&mut message)?,
                payload: parameters(message.remove("payload"))?,
            }),
            Some("complete") => Ok(Self::Complete {
                id: id(&mut message)?,
            }),
            _ => Err(Close::BadRequest("Invalid message type")),
        }
    }
}

fn id(message: &mut Map<String, Value>) -> Result<String, Close> {
    match message.remove("id") {
        Some(Value::String(id)) if !id.is_empty() => Ok(id),
        _ => Err(Close::BadRequest("Message needs an id")),
    }
}

fn optional_object(value: Option<Value>) -> Result<Option<Map<String, Value>>, Close> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(map)) => Ok(Some(map)),
        Some(_) => Err(Close::BadRequest("Payload must be an object")),
    }
}

fn parameters(payload: Option<Value>) -> Result<Result<Parameters, ApiError>, Close> {
    let Some(Value::Object(map)) = payload else {
        return Err(Close::BadRequest("Message needs a payload"));
    };
    match Parameters::from_map(map) {
        Err(error) if error.code() == crate::error::Code::BadRequest => {
            Err(Close::BadRequest("Payload is not a GraphQL request"))
        }
        read => Ok(read),
    }
}

pub(super) fn connection_ack() -> String {
    r#"{"type":"connection_ack"}"#.to_owned()
}

pub(super) fn pong(payload: Option<&Value>) -> String {
    match payload {
        Some(payload) => format!(r#"{{"type":"pong","payload":{payload}}}"#),
        None => r#"{"type":"pong"}"#.to_owned(),
    }
}

pub(super) fn next(id: &str, answer: &Answer) -> String {
    with_payload("next", id, &answer.to_json())
}

pub(super) fn error(id: &str, answer: &Answer) -> String {
    with_payload("error", id, &answer.errors_json())
}

pub(super) fn complete(id: &str) -> String {
    format!(r#"{{"id":{},"type":"complete"}}"#, Value::from(id))
}

fn with_payload(kind: &str, id: &str, payload: &str) -> String {
    format!(
        r#"{{"id":{},"type":"{kind}","payload":{payload}}}"#,
        Value::from(id)
    )
}

#[cfg(test)]
mod tests {
    use super::{FromClient, complete};

    #[test]
    fn what_is_no_message_is_refused() {
        for text in [
            "",
            "hello",
            "[]",
            "null",
            "{}",
            r#"{"type":1}"#,
            r#"{"type":"start","id":"1"}"#,
            r#"{"type":"connection_init","payload":[]}"#,
            r#"{"type":"ping","payload":"x"}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":1,"payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":1}}"#,
            r#"{"type":"subscribe","id":"1","payload":["{a}"]}"#,
            r#"{"type":"subscribe","id":"1","payload":{"query":"{a}","variables":[]}}"#,
            r#"{"type":"complete"}"#,
        ] {
            assert!(FromClient::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_id_is_written_as_json() {
        assert_eq!(complete("a\"b"), r#"{"id":"a\"b","type":"complete"}"#);
    }
}
