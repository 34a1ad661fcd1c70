//! How much a document asks for, each fragment measured once.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Field, Selection, SelectionSet};

use super::bounded;
use crate::error::{ApiError, Code};

/// Size of a selection, with every spread fragment counted in full wherever it is spread. Saturating.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// Fields.
    pub fields: u64,
    /// Fields with an alias.
    pub aliases: u64,
    /// Fields inside fields.
    pub depth: u64,
    /// Fields, spreads and inline fragments inside each other.
    pub nesting: u64,
}

impl Measure {
    /// Two selections side by side.
    fn beside(self, other: Self) -> Self {
        Self {
            fields: self.fields.saturating_add(other.fields),
            aliases: self.aliases.saturating_add(other.aliases),
            depth: self.depth.max(other.depth),
            nesting: self.nesting.max(other.nesting),
        }
    }

    /// This selection inside one more level.
    fn nested(self) -> Self {
        Self {
            nesting: self.nesting.saturating_add(1),
            ..self
        }
    }
}

/// A measured document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// All operations together.
    pub whole: Measure,
    /// Whether `__schema` or `__type` is asked for anywhere.
    pub introspects: bool,
    /// Selections looked at: never more than the document has, which is what makes it linear.
    pub work: u64,
}

/// Measures all operations, chosen or not: async-graphql visits them all.
///
/// # Errors
/// `GRAPHQL_VALIDATION_FAILED` when fragments run in a circle, one is not there or one is not used; `QUERY_TOO_COMPLEX` when fragments
/// are nested deeper than `nesting`, which also bounds the recursion here.
pub fn measure(document: &ExecutableDocument, nesting: u64) -> Result<Measured, ApiError> {
    let mut walk = Walk {
        document,
        known: HashMap::new(),
        nesting,
        measured: Measured::default(),
    };
    let mut whole = Measure::default();
    for (_, operation) in document.operations.iter() {
        whole = whole.beside(walk.set(&operation.node.selection_set.node, 0)?);
    }
    let unused = document
        .fragments
        .keys()
        .find(|name| !walk.known.contains_key(name.as_str()));
    match unused {
        // Not valid either way, and so nothing unmeasured is left for the schema's own visitors.
        Some(name) => Err(refused("is not used", name)),
        None => Ok(Measured {
            whole,
            ..walk.measured
        }),
    }
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    /// `None` while a fragment is being measured: to meet it then is a circle.
    known: HashMap<&'a str, Option<Measure>>,
    nesting: u64,
    measured: Measured,
}

impl<'a> Walk<'a> {
    fn set(&mut self, set: &'a SelectionSet, level: u64) -> Result<Measure, ApiError> {
        bounded("levels of selections", level, self.nesting)?;
        let mut sum = Measure::default();
        for selection in &set.items {
            self.measured.work = self.measured.work.saturating_add(1);
            sum = sum.beside(self.selection(&selection.node, level.saturating_add(1))?);
        }
        Ok(sum)
    }

    fn selection(&mut self, selection: &'a Selection, level: u64) -> Result<Measure, ApiError> {
        match selection {
            Selection::Field(field) => self.field(&field.node, level),
            Selection::InlineFragment(inline) => {
                Ok(self.set(&inline.node.selection_set.node, level)?.nested())
            }
            Selection::FragmentSpread(spread) => Ok(self
                .fragment(&spread.node.fragment_name.node, level)?
                .nested()),
        }
    }

    fn field(&mut self, field: &'a Field, level: u64) -> Result<Measure, ApiError> {
        if matches!(field.name.node.as_str(), "__schema" | "__type") {
            self.measured.introspects = true;
        }
        let inside = self.set(&field.selection_set.node, level)?;
        Ok(Measure {
            fields: inside.fields.saturating_add(1),
            aliases: inside
                .aliases
                .saturating_add(u64::from(field.alias.is_some())),
            depth: inside.depth.saturating_add(1),
            nesting: inside.nesting.saturating_add(1),
        })
    }

    fn fragment(&mut self, name: &'a str, level: u64) -> Result<Measure, ApiError> {
        match self.known.get(name) {
            Some(Some(measure)) => return Ok(*measure),
            Some(None) => return Err(refused("contains itself", name)),
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else {
            return Err(refused("is not in the document", name));
        };
        self.known.insert(name, None);
        let measure = self.set(&fragment.node.selection_set.node, level)?;
        self.known.insert(name, Some(measure));
        Ok(measure)
    }
}

fn refused(why: &str, name: &str) -> ApiError {
    let name: String = name.chars().take(64).collect();
    ApiError::new(
        Code::GraphqlValidationFailed,
        format!("the fragment `{name}` {why}"),
    )
}
