//! What async-graphql says when it refuses, recognised without passing its words on.

use async_graphql::{ServerError, Value};

use super::{ApiError, Code};

/// The error behind a [`ServerError`]: ours as it was returned, the library's in our words.
///
/// The edge has parsed the document and chosen the operation before async-graphql sees it, so an error without a path
/// is of its validation; one with a path comes from a resolver or from the coercion of its arguments.
pub(super) fn recognise(error: &ServerError, document: &str) -> ApiError {
    if let Some(ours) = error.source::<ApiError>() {
        return ours.clone();
    }
    match (error.path.is_empty(), is_about_a_value(&error.message)) {
        (true, false) => not_in_the_schema(error, document),
        (_, true) => ApiError::new(Code::BadUserInput, reason(error)),
        (false, false) => {
            // Its text is a library's, and may repeat a value.
            let place = error.locations.first();
            tracing::error!(
                line = place.map(|place| place.line),
                column = place.map(|place| place.column),
                "a resolver failed in a library's words"
            );
            ApiError::defect()
        }
    }
}

/// The beginnings of the texts of async-graphql 7.2.1 about values; a test fails when an upgrade changes them.
fn is_about_a_value(text: &str) -> bool {
    const BEGINNINGS: [&str; 4] = [
        "Expected input type \"",
        "Failed to parse \"",
        "Invalid value for argument \"",
        "Invalid default value for argument",
    ];
    BEGINNINGS
        .iter()
        .any(|beginning| text.starts_with(beginning))
}

fn reason(error: &ServerError) -> String {
    let own = error
        .extensions
        .as_ref()
        .and_then(|values| values.get("reason"));
    match own {
        Some(Value::String(reason)) => reason.clone(),
        _ => "a value does not fit the type of its argument".to_owned(),
    }
}

fn not_in_the_schema(error: &ServerError, document: &str) -> ApiError {
    let near = error
        .locations
        .first()
        .and_then(|place| name_at(document, place.line, place.column));
    ApiError::new(
        Code::GraphqlValidationFailed,
        match near {
            Some(name) => format!("the document does not fit the schema near `{name}`"),
            None => "the document does not fit the schema".to_owned(),
        },
    )
}

/// The name that starts at a place of the caller's own document, so that a developer finds it.
fn name_at(document: &str, line: usize, column: usize) -> Option<&str> {
    let line = document.lines().nth(line.checked_sub(1)?)?;
    let (start, _) = line.char_indices().nth(column.checked_sub(1)?)?;
    let rest = line.get(start..)?.trim_start_matches(['$', '@', '.']);
    let end = rest
        .find(|character: char| !(character.is_ascii_alphanumeric() || character == '_'))
        .unwrap_or(rest.len());
    rest.get(..end.min(64)).filter(|name| !name.is_empty())
}

pub(super) fn first_characters(text: &str, count: usize) -> &str {
    text.char_indices()
        .nth(count)
        .and_then(|(end, _)| text.get(..end))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::name_at;

    #[test]
    fn the_name_at_a_place_is_read_from_the_callers_document() {
        assert_eq!(name_at("{\n  naem(x: 1)\n}", 2, 3), Some("naem"));
        assert_eq!(name_at("{ ...F }", 1, 3), Some("F"));
        assert_eq!(name_at("{ é }", 1, 3), None);
        assert_eq!(name_at("{ a }", 9, 9), None);
        assert_eq!(name_at("{ a }", 0, 0), None);
    }
}
