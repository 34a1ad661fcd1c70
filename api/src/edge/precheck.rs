//! What a document asks for, judged before anything runs, in time linear in its length.
//!
//! async-graphql expands fragments wherever they are spread: 801 bytes cost it seconds, 1.1 kB stop it for ever, and
//! none of its own limits helps. So the order here is: bytes, tokens and brackets by a scanner ([`tokens`]), then the
//! parser, then one walk that measures each fragment once ([`measure()`]), then the price of the chosen operation
//! ([`cost()`]). Only what passes all of it is handed to the schema.

mod chosen;
mod cost;
mod measure;
mod tokens;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    ExecutableDocument, OperationDefinition, OperationType, Selection,
};

use crate::error::{ApiError, Code};

pub use chosen::{choose, operation};
pub use cost::cost;
pub use measure::{Measure, measure};
pub use tokens::{Scan, scan};

/// What one document may ask for.
#[derive(Clone, Debug)]
pub struct DocumentLimits {
    /// Length of the document, in bytes. Values belong in variables, which only the body's limit bounds.
    pub bytes: usize,
    /// Lexical tokens: names, values, punctuators.
    pub tokens: usize,
    /// Brackets of any kind that are open at once, which bounds the parser's recursion.
    pub brackets: usize,
    /// Fields inside fields.
    pub depth: u64,
    /// Fields, fragments and inline fragments inside each other.
    pub nesting: u64,
    /// Aliased fields, counted each time their fragment is spread.
    pub aliases: u64,
    /// Fields, counted each time their fragment is spread, over all operations of the document.
    pub fields: u64,
    /// Fields times the page sizes around them: about how many values the answer may hold.
    pub cost: u64,
}

impl Default for DocumentLimits {
    fn default() -> Self {
        Self {
            bytes: 64 * 1024,
            tokens: 5_000,
            brackets: 64,
            depth: 15,
            nesting: 30,
            aliases: 30,
            fields: 1_000,
            cost: 50_000,
        }
    }
}

/// A document that may be run, as far as one can tell without its variables.
#[derive(Debug)]
pub struct Checked {
    /// The parsed document.
    pub document: ExecutableDocument,
    /// Whether it asks for `__schema` or `__type` anywhere.
    pub introspects: bool,
    /// Whether it plainly asks for nothing but the schema.
    pub only_introspects: bool,
}

/// Parses a document and refuses one that asks for too much.
///
/// # Errors
/// `QUERY_TOO_COMPLEX`, `GRAPHQL_PARSE_FAILED`, or `GRAPHQL_VALIDATION_FAILED` for fragments in a circle.
pub fn check(source: &str, limits: &DocumentLimits) -> Result<Checked, ApiError> {
    bounded("bytes", count(source.len()), count(limits.bytes))?;
    let scan = scan(source);
    bounded("tokens", count(scan.tokens), count(limits.tokens))?;
    bounded(
        "brackets inside each other",
        count(scan.brackets),
        count(limits.brackets),
    )?;
    let document = parse_query(source).map_err(|error| parse_failed(&error))?;
    let measured = measure(&document, limits.nesting)?;
    bounded("levels of fields", measured.whole.depth, limits.depth)?;
    bounded(
        "levels of selections",
        measured.whole.nesting,
        limits.nesting,
    )?;
    bounded("aliases", measured.whole.aliases, limits.aliases)?;
    bounded("fields", measured.whole.fields, limits.fields)?;
    Ok(Checked {
        introspects: measured.introspects,
        only_introspects: document
            .operations
            .iter()
            .all(|(_, operation)| asks_for_the_schema(&operation.node)),
        document,
    })
}

/// Whether every field of the operation's own selection is one of introspection; a fragment there means no.
fn asks_for_the_schema(operation: &OperationDefinition) -> bool {
    let mut selections = operation.selection_set.node.items.iter();
    operation.ty == OperationType::Query
        && selections.all(|selection| {
            matches!(&selection.node, Selection::Field(field) if field.node.name.node.starts_with("__"))
        })
}

/// Refuses more than `most` of something.
///
/// # Errors
/// `QUERY_TOO_COMPLEX`.
pub(super) fn bounded(what: &str, asked: u64, most: u64) -> Result<(), ApiError> {
    if asked <= most {
        return Ok(());
    }
    Err(
        ApiError::too_complex(format!("the document has more than {most} {what}"))
            .with("limit", most),
    )
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn parse_failed(error: &async_graphql::parser::Error) -> ApiError {
    let message = match error.positions().next() {
        Some(place) => format!(
            "the document is not GraphQL from line {}, column {} on",
            place.line, place.column
        ),
        None => "the document is not GraphQL".to_owned(),
    };
    ApiError::new(Code::GraphqlParseFailed, message)
}

#[cfg(test)]
mod tests;
