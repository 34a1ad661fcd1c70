//! The parameters of a GraphQL request, the same over POST, GET and the socket.

use async_graphql::{Value as GraphqlValue, Variables};
use serde_json::{Map, Value};

use crate::error::ApiError;

/// `query`, `operationName` and `variables`; `extensions` are checked for their kind and have no meaning here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Parameters {
    pub(crate) query: String,
    pub(crate) operation_name: Option<String>,
    pub(crate) variables: Variables,
}

impl Parameters {
    /// Parses a request's body.
    ///
    /// # Errors
    /// `BAD_REQUEST` when it is not JSON, not one object (batches are not taken), or a parameter is of the wrong kind.
    pub(crate) fn from_json(body: &[u8]) -> Result<Self, ApiError> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => Self::from_map(map),
            Ok(Value::Array(_)) => Err(ApiError::bad_request("send one operation per request")),
            Ok(_) => Err(ApiError::bad_request("the body must be a JSON object")),
            Err(error) => Err(ApiError::bad_request(format!(
                "the body is not JSON from line {}, column {} on",
                error.line(),
                error.column()
            ))),
        }
    }

    /// Reads the parameters out of a JSON object.
    ///
    /// # Errors
    /// `BAD_REQUEST` when one is of the wrong kind; `BAD_USER_INPUT` for the character U+0000, which no text may hold.
    pub(crate) fn from_map(mut map: Map<String, Value>) -> Result<Self, ApiError> {
        let Some(Value::String(query)) = map.remove("query") else {
            return Err(ApiError::bad_request("`query` must be a string"));
        };
        let operation_name = match map.remove("operationName") {
            Some(Value::String(name)) => Some(name),
            None | Some(Value::Null) => None,
            Some(_) => return Err(ApiError::bad_request("`operationName` must be a string")),
        };
        let variables = object(map.remove("variables"), "`variables` must be an object")?;
        object(map.remove("extensions"), "`extensions` must be an object")?;
        if has_nul(&Value::Object(variables.clone())) || says_nul(&query) {
            return Err(ApiError::bad_user_input(
                "variables",
                "the character U+0000 is not allowed",
            ));
        }
        Ok(Self {
            query,
            operation_name,
            variables: to_variables(variables)?,
        })
    }
}

fn object(value: Option<Value>, refusal: &'static str) -> Result<Map<String, Value>, ApiError> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(_) => Err(ApiError::bad_request(refusal)),
    }
}

fn to_variables(map: Map<String, Value>) -> Result<Variables, ApiError> {
    GraphqlValue::from_json(Value::Object(map))
        .map(Variables::from_value)
        .map_err(|_unsupported| ApiError::bad_request("`variables` cannot be read"))
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(has_nul),
        Value::Object(map) => map
            .iter()
            .any(|(name, value)| name.contains('\0') || has_nul(value)),
    }
}

/// A document can say U+0000 as itself or escaped in one of its strings.
fn says_nul(document: &str) -> bool {
    document.contains('\0') || document.contains("\\u0000")
}

#[cfg(test)]
mod tests {
    use crate::error::Code;

    use super::Parameters;

    #[test]
    fn all_parameters_are_read() {
        let body = br#"{"query":"{a}","operationName":"A","variables":{"x":[1,"y"]},"extensions":{"z":1},"more":2}"#;
        let read = Parameters::from_json(body).unwrap();
        assert_eq!(
            (read.query.as_str(), read.operation_name.as_deref()),
            ("{a}", Some("A"))
        );
        assert_eq!(
            read.variables.into_value().into_json().unwrap(),
            serde_json::json!({"x": [1, "y"]})
        );
    }

    #[test]
    fn null_means_not_given() {
        let body = br#"{"query":"{a}","operationName":null,"variables":null,"extensions":null}"#;
        assert_eq!(
            Parameters::from_json(body).unwrap(),
            Parameters::from_json(br#"{"query":"{a}"}"#).unwrap()
        );
    }

    #[test]
    fn the_character_zero_is_refused_wherever_it_hides() {
        for body in [
            r#"{"query":"{a}","variables":{"x":["\u0000"]}}"#,
            r#"{"query":"{a}","variables":{"x":{"a\u0000b":1}}}"#,
            r#"{"query":"{a(b:\"\\u0000\")}"}"#,
            r#"{"query":"{a}\u0000"}"#,
        ] {
            let refused = Parameters::from_json(body.as_bytes()).unwrap_err();
            assert_eq!(refused.code(), Code::BadUserInput, "{body}");
        }
    }
}
