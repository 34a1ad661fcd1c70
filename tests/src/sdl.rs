//! The committed schema, read far enough to make a call of every field.

use std::collections::BTreeMap;

use cartera::scalars::AnyGlobalId;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::graphql::command_id;

/// A field or argument: its name and type as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Its type, such as `[ID!]!`.
    pub kind: String,
    /// What it takes.
    pub arguments: Vec<Named>,
}

/// The types of the schema with their fields; of enums, the values.
#[derive(Debug)]
pub struct Sdl(BTreeMap<String, Vec<Named>>);

impl Sdl {
    /// Reads the schema as the program prints it.
    pub fn of(text: &str) -> Self {
        let mut types: BTreeMap<String, Vec<Named>> = BTreeMap::new();
        let mut current = None;
        let mut in_text = false;
        for line in text.lines() {
            let trimmed = line.trim();
            if trimmed.starts_with("\"\"\"") {
                in_text = !in_text;
            } else if in_text || trimmed.starts_with('"') {
            } else if let Some(name) = opening(trimmed) {
                current = Some(name.to_owned());
                types.entry(name.to_owned()).or_default();
            } else if trimmed == "}" {
                current = None;
            } else if let Some(name) = &current {
                types.entry(name.clone()).or_default().push(field(trimmed));
            }
        }
        Self(types)
    }

    /// The fields of a type.
    ///
    /// # Panics
    /// When there is no such type.
    pub fn fields(&self, name: &str) -> &[Named] {
        self.0
            .get(name)
            .unwrap_or_else(|| panic!("the schema has a type {name}"))
    }

    /// The fields of an object, by its type as written; `None` for scalars and enums.
    pub fn object(&self, kind: &str) -> Option<&[Named]> {
        let fields = self.0.get(kind.trim_matches(['[', ']', '!']))?;
        let is_object = fields.first().is_some_and(|field| !field.kind.is_empty());
        is_object.then_some(fields.as_slice())
    }

    /// A document that asks for this field, with variables for what it needs; `known` ids are used where they fit.
    pub fn call(
        &self,
        operation: &str,
        field: &Named,
        known: &BTreeMap<&str, String>,
    ) -> (String, Value) {
        let needed: Vec<&Named> = field
            .arguments
            .iter()
            .filter(|one| one.kind.ends_with('!'))
            .collect();
        let mut variables = Map::new();
        for argument in &needed {
            let value = self.value(&argument.kind, &argument.name, &field.name, known);
            variables.insert(argument.name.clone(), value);
        }
        let join = |form: fn(&Named) -> String| {
            needed
                .iter()
                .map(|one| form(one))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let (declared, passed) = (
            join(|one| format!("${}: {}", one.name, one.kind)),
            join(|one| format!("{0}: ${0}", one.name)),
        );
        let parentheses = |inside: String| {
            if inside.is_empty() {
                inside
            } else {
                format!("({inside})")
            }
        };
        let user_errors = self
            .0
            .get(field.kind.trim_end_matches('!'))
            .is_some_and(|fields| fields.iter().any(|field| field.name == "userErrors"));
        let errors = if user_errors {
            "userErrors { code }"
        } else {
            ""
        };
        let document = format!(
            "{operation}{} {{ {}{} {{ __typename {errors} }} }}",
            parentheses(declared),
            field.name,
            parentheses(passed)
        );
        (document, Value::Object(variables))
    }

    fn value(&self, kind: &str, name: &str, field: &str, known: &BTreeMap<&str, String>) -> Value {
        let kind = kind.trim_end_matches('!');
        if let Some(inner) = kind.strip_prefix('[') {
            let inner = inner.trim_end_matches(']');
            return json!([self.value(inner, name, field, known)]);
        }
        match kind {
            "ID" => id(name, field, known).into(),
            "UUID" => command_id().into(),
            "String" => "some words that are long enough".into(),
            "Int" => 1.into(),
            "Boolean" => false.into(),
            "Decimal" => "1".into(),
            "Date" => "2026-01-31".into(),
            composed => self.composed(composed, field, known),
        }
    }

    fn composed(&self, kind: &str, field: &str, known: &BTreeMap<&str, String>) -> Value {
        let fields = self.fields(kind);
        match fields.first() {
            Some(first) if first.kind.is_empty() => first.name.clone().into(),
            _ => {
                let needed = fields.iter().filter(|one| one.kind.ends_with('!'));
                let pairs = needed.map(|one| {
                    (
                        one.name.clone(),
                        self.value(&one.kind, &one.name, field, known),
                    )
                });
                Value::Object(pairs.collect())
            }
        }
    }
}

fn opening(line: &str) -> Option<&str> {
    let rest = ["type ", "input ", "enum ", "interface "]
        .iter()
        .find_map(|word| line.strip_prefix(word))?;
    rest.split([' ', '{'])
        .next()
        .filter(|_| line.ends_with('{'))
}

/// `name(a: A!, b: B = 1): T!`, or the value of an enum.
fn field(line: &str) -> Named {
    let (head, arguments, kind) = match line.split_once('(') {
        Some((head, rest)) => {
            let (inside, after) = rest.rsplit_once(')').unwrap_or((rest, ""));
            (head, inside, after)
        }
        None => line
            .split_once(':')
            .map_or((line, "", ""), |(head, kind)| (head, "", kind)),
    };
    let argument = |text: &str| {
        let (name, kind) = text.split_once(':').unwrap_or((text, ""));
        named(name, kind, vec![])
    };
    let arguments = arguments
        .split(", ")
        .filter(|text| text.contains(':'))
        .map(argument)
        .collect();
    named(head, kind.trim_start_matches(':'), arguments)
}

fn named(name: &str, kind: &str, arguments: Vec<Named>) -> Named {
    let kind = kind.split(" @").next().unwrap_or_default();
    let (kind, default) = kind
        .split_once('=')
        .map_or((kind, None), |(kind, default)| (kind, Some(default)));
    // What has a default is not needed, whatever its type says.
    let kind = if default.is_some() {
        kind.trim().trim_end_matches('!')
    } else {
        kind.trim()
    };
    Named {
        name: name.trim().to_owned(),
        kind: kind.to_owned(),
        arguments,
    }
}

/// A global id of the type that an argument of this name takes.
fn id(name: &str, field: &str, known: &BTreeMap<&str, String>) -> String {
    let name = name.trim_end_matches("Ids").trim_end_matches("Id");
    let kind = match (name, field) {
        ("id", "node") | ("subject", _) => "Lead".to_owned(),
        ("id", "endSession") => "Session".to_owned(),
        ("id", "revokeApiKey") => "ApiKey".to_owned(),
        ("id", field) => capitalised(field),
        ("owner" | "manager", _) => "User".to_owned(),
        ("parent", _) => "Team".to_owned(),
        ("after", _) => "Stage".to_owned(),
        (other, _) => capitalised(other),
    };
    match known.get(kind.as_str()) {
        Some(id) => id.clone(),
        None => AnyGlobalId::render(&kind, Uuid::now_v7()),
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}
