//! The price of an operation: fields times the page sizes around them.

use std::collections::HashMap;

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Value, Variables};

/// Rows of a connection whose `first` and `last` are not given.
const DEFAULT_PAGE: u64 = 50;

/// About how many values the answer may hold, each fragment priced once. Saturating.
///
/// A field costs 1; what is inside a field with `first` or `last`, or inside a connection without them, counts once
/// per row. The document must have passed [`super::measure()`]: its fragments are there and run in no circle.
pub fn cost(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> u64 {
    let mut till = Till {
        document,
        operation,
        variables,
        known: HashMap::new(),
    };
    till.set(&operation.selection_set.node)
}

struct Till<'a> {
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    known: HashMap<&'a str, u64>,
}

impl<'a> Till<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> u64 {
        set.items
            .iter()
            .map(|selection| match &selection.node {
                Selection::Field(field) => self.field(&field.node),
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
            })
            .fold(0, u64::saturating_add)
    }

    fn field(&mut self, field: &'a Field) -> u64 {
        let inside = self.set(&field.selection_set.node);
        inside.saturating_mul(self.rows(field)).saturating_add(1)
    }

    fn fragment(&mut self, name: &'a str) -> u64 {
        if let Some(cost) = self.known.get(name) {
            return *cost;
        }
        let fragment = self.document.fragments.get(name);
        let cost = fragment.map_or(0, |fragment| self.set(&fragment.node.selection_set.node));
        self.known.insert(name, cost);
        cost
    }

    /// How often what is inside a field may come.
    fn rows(&self, field: &Field) -> u64 {
        let asked = ["first", "last"]
            .into_iter()
            .filter_map(|name| self.number(field, name))
            .max();
        let unpaged = if is_connection(&field.selection_set.node) {
            DEFAULT_PAGE
        } else {
            1
        };
        asked.unwrap_or(unpaged).max(1)
    }

    /// A field's argument as a number, written in the document or in a variable.
    fn number(&self, field: &Field, argument: &str) -> Option<u64> {
        let value = field.get_argument(argument)?.node.clone();
        let value = value.into_const_with(|name| self.variable(&name).cloned().ok_or(()));
        match value {
            Ok(Value::Number(number)) => number.as_u64(),
            _ => None,
        }
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        self.variables.get(name).or_else(|| {
            let definitions = &self.operation.variable_definitions;
            let definition = definitions
                .iter()
                .find(|definition| definition.node.name.node == name)?;
            definition
                .node
                .default_value
                .as_ref()
                .map(|value| &value.node)
        })
    }
}

fn is_connection(set: &SelectionSet) -> bool {
    set.items.iter().any(|selection| {
        matches!(&selection.node, Selection::Field(field) if matches!(field.node.name.node.as_str(), "edges" | "nodes"))
    })
}
