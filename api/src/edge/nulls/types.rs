//! Which fields may be null.

use std::collections::HashMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    OperationType, SchemaDefinition, Type, TypeKind, TypeSystemDefinition,
};

/// The types of all fields of a schema.
#[derive(Debug, Default)]
pub(in crate::edge) struct Types {
    fields: HashMap<String, HashMap<String, Type>>,
    roots: HashMap<&'static str, String>,
}

impl Types {
    /// Reads them out of a schema's own text.
    pub(in crate::edge) fn of(sdl: &str) -> Self {
        let mut types = Self::default();
        let document = match parse_schema(sdl) {
            Ok(document) => document,
            Err(error) => {
                tracing::error!(%error, "the schema's own text cannot be read: failed fields will be null");
                return types;
            }
        };
        for definition in document.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => types.add_roots(schema.node),
                TypeSystemDefinition::Type(of) => {
                    let fields = match of.node.kind {
                        TypeKind::Object(object) => object.fields,
                        TypeKind::Interface(interface) => interface.fields,
                        TypeKind::Scalar
                        | TypeKind::Union(_)
                        | TypeKind::Enum(_)
                        | TypeKind::InputObject(_) => continue,
                    };
                    let fields = fields
                        .into_iter()
                        .map(|field| (field.node.name.node.to_string(), field.node.ty.node));
                    types
                        .fields
                        .entry(of.node.name.node.to_string())
                        .or_default()
                        .extend(fields);
                }
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        types
    }

    fn add_roots(&mut self, schema: SchemaDefinition) {
        let SchemaDefinition {
            extend: _,
            directives: _,
            query,
            mutation,
            subscription,
        } = schema;
        let named = [
            ("query", query),
            ("mutation", mutation),
            ("subscription", subscription),
        ];
        for (kind, root) in named {
            if let Some(root) = root {
                self.roots.insert(kind, root.node.to_string());
            }
        }
    }

    /// The type that an operation starts at.
    pub(super) fn root(&self, kind: OperationType) -> Option<&str> {
        let kind = match kind {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        };
        self.roots.get(kind).map(String::as_str)
    }

    /// The type of a field.
    pub(super) fn field(&self, on: &str, name: &str) -> Option<&Type> {
        self.fields.get(on)?.get(name)
    }
}
