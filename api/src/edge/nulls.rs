//! Nulls where fields have failed.
//!
//! async-graphql since 7.1 leaves a failed field out of its object, whatever its type, and makes an object of which
//! all fields have failed null. The specification wants null in the field's place, and where the field's type forbids
//! that, in the nearest place around it that may be null. Clients with generated types rely on it; so the data of an
//! answer with errors is mended here, from the errors' paths and the schema's types.

mod types;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, Field, Selection, SelectionSet, Type,
};
use async_graphql::{Name, PathSegment, Response, Value};

use super::precheck;

pub(super) use types::Types;

/// Mends the data of an answer; one without errors of fields is left alone.
///
/// `document` has been executed, so it is parsed and chosen from without failing.
pub(super) fn mend(
    response: &mut Response,
    types: &Types,
    document: &str,
    operation_name: Option<&str>,
) {
    if response.errors.iter().all(|error| error.path.is_empty()) {
        return;
    }
    let Ok(document) = parse_query(document) else {
        return;
    };
    let Some(map) = Map::of(types, &document, operation_name) else {
        return;
    };
    let mut nulled: Vec<Vec<PathSegment>> = Vec::new();
    let failed = response.errors.iter().map(|error| &error.path);
    for path in failed.filter(|path| !path.is_empty()) {
        if nulled.iter().any(|place| path.starts_with(place)) {
            continue;
        }
        let lengths = map.nullable_places(path);
        let mut places = lengths
            .into_iter()
            .rev()
            .filter_map(|length| path.get(..length));
        let Some(place) = places.find(|place| set_null(&mut response.data, place)) else {
            response.data = Value::Null;
            return;
        };
        nulled.push(place.to_vec());
    }
}

/// An operation and the types of what it selects.
struct Map<'a> {
    types: &'a Types,
    document: &'a ExecutableDocument,
    root: Level<'a>,
}

/// Selections that stand for one object of the answer, with the type that each was written for.
type Level<'a> = Vec<(&'a str, &'a SelectionSet)>;

impl<'a> Map<'a> {
    fn of(types: &'a Types, document: &'a ExecutableDocument, name: Option<&str>) -> Option<Self> {
        let operation = precheck::operation(document, name)?;
        let root = vec![(types.root(operation.ty)?, &operation.selection_set.node)];
        Some(Self {
            types,
            document,
            root,
        })
    }

    /// The lengths of those beginnings of a path at which null may stand, shortest first.
    fn nullable_places(&self, path: &[PathSegment]) -> Vec<usize> {
        let mut places = Vec::new();
        let mut level = self.root.clone();
        let mut current: Option<&Type> = None;
        for (index, segment) in path.iter().enumerate() {
            current = match segment {
                PathSegment::Field(key) => {
                    let found = self.under(key, &level);
                    level = found.inside;
                    found.of
                }
                PathSegment::Index(_) => current.and_then(inner),
            };
            // A type that is not known cannot be broken by a null.
            if current.is_none_or(|of| of.nullable) {
                places.push(index.saturating_add(1));
            }
        }
        places
    }

    /// What answers under a key of one object.
    fn under(&self, key: &str, level: &Level<'a>) -> Found<'a> {
        let mut found = Found::default();
        for (on, set) in level {
            self.find(key, on, set, &mut found);
        }
        found
    }

    /// Finds what answers under a key, in a selection and the fragments it spreads.
    fn find(&self, key: &str, on: &'a str, set: &'a SelectionSet, found: &mut Found<'a>) {
        for selection in &set.items {
            if let Some((on, set)) = self.fragment(on, &selection.node) {
                self.find(key, on, set, found);
            }
            if let Selection::Field(field) = &selection.node
                && field.node.response_key().node == key
            {
                found.take(self.types.field(on, &field.node.name.node), &field.node);
            }
        }
    }

    /// The selections of a fragment, and the type they are written for.
    fn fragment(
        &self,
        on: &'a str,
        selection: &'a Selection,
    ) -> Option<(&'a str, &'a SelectionSet)> {
        match selection {
            Selection::Field(_) => None,
            Selection::InlineFragment(inline) => {
                let condition = inline.node.type_condition.as_ref();
                let on = condition.map_or(on, |condition| condition.node.on.node.as_str());
                Some((on, &inline.node.selection_set.node))
            }
            Selection::FragmentSpread(spread) => {
                let fragment = self
                    .document
                    .fragments
                    .get(&spread.node.fragment_name.node)?;
                let on = fragment.node.type_condition.node.on.node.as_str();
                Some((on, &fragment.node.selection_set.node))
            }
        }
    }
}

/// What answers under one key: its type, and all selections of what is inside.
#[derive(Default)]
struct Found<'a> {
    of: Option<&'a Type>,
    inside: Level<'a>,
}

impl<'a> Found<'a> {
    fn take(&mut self, of: Option<&'a Type>, field: &'a Field) {
        if let Some(of) = of {
            self.of = Some(of);
            self.inside.push((name(of), &field.selection_set.node));
        }
    }
}

/// The type inside all lists.
fn name(of: &Type) -> &str {
    match &of.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => name(inner),
    }
}

fn inner(of: &Type) -> Option<&Type> {
    match &of.base {
        BaseType::Named(_) => None,
        BaseType::List(inner) => Some(inner),
    }
}

/// Puts null at a place, making the objects on the way that became null only because all their fields failed; false
/// when a list on the way is not there.
fn set_null(whole: &mut Value, place: &[PathSegment]) -> bool {
    let mut at = whole;
    for segment in place {
        if matches!((&segment, &at), (PathSegment::Field(_), Value::Null)) {
            *at = Value::Object(IndexMap::default());
        }
        at = match (segment, at) {
            (PathSegment::Field(key), Value::Object(map)) => {
                map.entry(Name::new(key)).or_insert(Value::Null)
            }
            (PathSegment::Index(index), Value::List(list)) => match list.get_mut(*index) {
                Some(item) => item,
                None => return false,
            },
            _ => return false,
        };
    }
    *at = Value::Null;
    true
}

#[cfg(test)]
mod tests;
