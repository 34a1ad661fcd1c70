//! Which operation of a document is meant, and whether its variables are there.

use async_graphql::Variables;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition};

use crate::error::{ApiError, Code};

/// The operation that `name` means, or the only one, with every variable that it needs.
///
/// # Errors
/// `GRAPHQL_VALIDATION_FAILED` when there is no such operation or several without a name; `BAD_USER_INPUT` when a
/// variable that must not be null is missing.
pub fn choose<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
    variables: &Variables,
) -> Result<&'a OperationDefinition, ApiError> {
    let operation = operation(document, name).ok_or_else(|| {
        ApiError::new(
            Code::GraphqlValidationFailed,
            "operationName does not choose one operation of the document",
        )
    })?;
    require_variables(operation, variables)?;
    Ok(operation)
}

/// The operation that `name` means, or the only one.
pub fn operation<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a OperationDefinition> {
    let mut operations = document.operations.iter();
    let found = match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(all), None) if all.len() > 1 => None,
        (DocumentOperations::Multiple(_), None) => {
            operations.next().map(|(_, operation)| operation)
        }
        (DocumentOperations::Multiple(all), Some(name)) => all.get(name),
    };
    found.map(|operation| &operation.node)
}

/// The specification coerces all variables before execution, used or not; async-graphql only those that are used.
fn require_variables(
    operation: &OperationDefinition,
    variables: &Variables,
) -> Result<(), ApiError> {
    for definition in &operation.variable_definitions {
        let definition = &definition.node;
        let given = variables.get(&definition.name.node);
        let null = matches!(given, Some(async_graphql::Value::Null));
        let missing = given.is_none() && definition.default_value.is_none();
        if !definition.var_type.node.nullable && (null || missing) {
            return Err(ApiError::bad_user_input(
                &format!("variables.{}", definition.name.node),
                format!("the variable `{}` must have a value", definition.name.node),
            ));
        }
    }
    Ok(())
}
