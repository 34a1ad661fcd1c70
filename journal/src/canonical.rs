//! Which payloads may be stored, and their one text (RFC 8785).

use serde_json::Value;

use crate::append::Refusal;

/// Greatest integer that every reader of JSON keeps exactly: 2^53 − 1.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Checks a payload as it comes from the domain: integers within ±(2^53−1), no U+0000, no names of the journal's own
/// other than the marks of personal values.
pub(crate) fn check(payload: &Value) -> Result<(), Refusal> {
    check_at(payload, &mut String::new())
}

fn check_at(value: &Value, pointer: &mut String) -> Result<(), Refusal> {
    match value {
        Value::Null | Value::Bool(_) => Ok(()),
        Value::Number(number) => {
            let safe = number
                .as_i64()
                .is_some_and(|number| number.unsigned_abs() <= MAX_SAFE_INTEGER);
            if safe {
                Ok(())
            } else {
                Err(Refusal::Number {
                    pointer: pointer.clone(),
                })
            }
        }
        Value::String(text) => check_text(text, pointer),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                descend(pointer, &index.to_string(), |pointer| {
                    check_at(item, pointer)
                })?;
            }
            Ok(())
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                descend(pointer, name, |pointer| {
                    check_name(name, fields.len(), pointer)?;
                    check_at(field, pointer)
                })?;
            }
            Ok(())
        }
    }
}

fn check_name(name: &str, beside: usize, pointer: &str) -> Result<(), Refusal> {
    let mark = matches!(name, "$personal" | "$erased") && beside == 1;
    if name.starts_with('$') && !mark {
        return Err(Refusal::ReservedName {
            pointer: pointer.to_owned(),
        });
    }
    check_text(name, pointer)
}

fn check_text(text: &str, pointer: &str) -> Result<(), Refusal> {
    if text.contains('\0') {
        Err(Refusal::Nul {
            pointer: pointer.to_owned(),
        })
    } else {
        Ok(())
    }
}

/// Does something one step further down, with the JSON pointer (RFC 6901) of that step.
pub(crate) fn descend<T>(
    pointer: &mut String,
    step: &str,
    act: impl FnOnce(&mut String) -> T,
) -> T {
    let length = pointer.len();
    pointer.push('/');
    // Done for every value of every event: copied only where there is something to escape.
    if step.contains(['~', '/']) {
        pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    } else {
        pointer.push_str(step);
    }
    let result = act(pointer);
    pointer.truncate(length);
    result
}

/// The one text of a JSON value that has passed [`check`].
pub(crate) fn text(value: &Value) -> Result<String, Refusal> {
    serde_json_canonicalizer::to_string(value).map_err(|error| Refusal::Form(error.to_string()))
}

#[cfg(test)]
mod tests;
