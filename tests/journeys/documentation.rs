//! The calls of `docs/api.md` do what the page says.

use cartera_tests::TestWorld;
use serde_json::{Map, Value, json};

const PAGE: &str = include_str!("../../docs/api.md");

/// A call of the page: the document, and its variables where a block of JSON follows at once.
fn calls() -> Vec<(String, Value)> {
    let mut calls = vec![];
    let mut blocks = PAGE.split("```graphql\n").skip(1).peekable();
    for block in blocks.by_ref() {
        let (document, rest) = block.split_once("```").unwrap();
        let variables = rest
            .trim_start()
            .strip_prefix("```json\n")
            .map_or(json!({}), |json| {
                serde_json::from_str(json.split_once("```").unwrap().0).unwrap()
            });
        calls.push((document.to_owned(), variables));
    }
    calls
}

/// Puts parts of earlier answers where the variables name them.
fn filled(value: &Value, answers: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => match text
            .strip_prefix('<')
            .and_then(|text| text.strip_suffix('>'))
        {
            Some(path) => {
                let answers = Value::Object(answers.clone());
                let pointer = format!("/{}", path.replace('.', "/"));
                answers
                    .pointer(&pointer)
                    .unwrap_or_else(|| panic!("no answer has {path}"))
                    .clone()
            }
            None => value.clone(),
        },
        Value::Array(items) => items.iter().map(|item| filled(item, answers)).collect(),
        Value::Object(fields) => {
            let pairs = fields
                .iter()
                .map(|(name, value)| (name.clone(), filled(value, answers)));
            Value::Object(pairs.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

#[tokio::test]
async fn every_call_of_the_page_is_answered() {
    let world = TestWorld::start().await;
    let calls = calls();
    assert!(calls.len() >= 7, "the page has its calls");
    let mut answers = Map::new();
    for (document, variables) in calls {
        let variables = filled(&variables, &answers);
        let mut answer = world.anna.get(&document, variables.clone()).await;
        // On a busy machine the read models may take longer than the service waits: said again, it counts once.
        while answer.to_string().contains(r#""upToDate":false"#) {
            answer = world.anna.get(&document, variables.clone()).await;
        }
        for (field, value) in answer.as_object().unwrap() {
            let errors = &value["userErrors"];
            assert!(
                errors.is_null() || *errors == json!([]),
                "{document}: {errors}"
            );
            answers.insert(field.clone(), value.clone());
        }
    }
    assert_eq!(answers["leads"]["totalCount"], 1);
    assert_eq!(answers["report"]["totals"][0]["value"], "1200.50");
    assert_eq!(
        answers["winOpportunity"]["opportunity"]["closedOn"],
        "2026-03-31"
    );
}
