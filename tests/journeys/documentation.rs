//! The calls of `docs/api.md` do what the page says.

use std::time::{Duration, Instant};

use cartera_tests::TestWorld;
use reqwest::Method;
use serde_json::{Map, Value, json};

const PAGE: &str = include_str!("../../docs/api.md");

/// Longest time for a call to show what the page says.
const PATIENCE: Duration = Duration::from_mins(1);

/// A call of the page.
enum Call {
    /// A document, and its variables where a block of JSON follows at once.
    GraphQl(String, Value),
    /// A `POST` of this body to this path.
    Post(String, String),
}

fn calls() -> Vec<Call> {
    let mut calls = vec![];
    for block in PAGE.split("\n```").skip(1) {
        if let Some(post) = block.strip_prefix("http\nPOST ") {
            let (path, body) = post.split_once("\n\n").unwrap();
            calls.push(Call::Post(path.to_owned(), format!("{body}\n")));
        } else if let Some(document) = block.strip_prefix("graphql\n") {
            calls.push(Call::GraphQl(document.to_owned(), json!({})));
        } else if let (Some(text), Some(Call::GraphQl(_, variables))) =
            (block.strip_prefix("json\n"), calls.last_mut())
        {
            *variables = serde_json::from_str(text).unwrap();
        }
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

/// Whether a query is answered from before the position that it asked for.
fn is_behind(answer: &Value, variables: &Value) -> bool {
    let fields = answer.as_object().unwrap().values();
    let mut reached = fields.filter_map(|field| field["asOfPosition"].as_i64());
    let asked = variables["position"].as_i64();
    asked.is_some_and(|asked| reached.any(|reached| reached < asked))
}

#[tokio::test]
async fn every_call_of_the_page_is_answered() {
    let world = TestWorld::start().await;
    world.carry_imports_out();
    let calls = calls();
    assert!(calls.len() >= 10, "the page has its calls");
    let mut answers = Map::new();
    for call in calls {
        let (document, variables) = match call {
            Call::GraphQl(document, variables) => (document, filled(&variables, &answers)),
            Call::Post(path, body) => {
                let sent = world.anna.request(Method::POST, &path).body(body).send();
                let answer = sent.await.unwrap().error_for_status().unwrap();
                let name = path.trim_start_matches('/').split('?').next().unwrap();
                answers.insert(name.to_owned(), answer.json().await.unwrap());
                continue;
            }
        };
        let begun = Instant::now();
        let mut answer = world.anna.get(&document, variables.clone()).await;
        // On a busy machine the read models may take longer than the service waits: said again, it counts once. An import
        // takes its time.
        while [r#""upToDate":false"#, r#""QUEUED""#, r#""RUNNING""#]
            .iter()
            .any(|sign| answer.to_string().contains(sign))
            || is_behind(&answer, &variables)
        {
            assert!(begun.elapsed() < PATIENCE, "{document}: {answer}");
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
    assert_eq!(answers["files"]["bytes"], 82);
    assert_eq!(answers["importJob"]["accepted"], 2);
    let refused = &answers["importJob"]["refusedRows"]["edges"][0]["node"];
    assert_eq!(
        (&refused["line"], &refused["value"]),
        (&json!(4), &json!("many"))
    );
    assert_eq!(answers["leads"]["totalCount"], 1);
    assert_eq!(answers["report"]["totals"][0]["value"], "1200.50");
    assert_eq!(
        answers["winOpportunity"]["opportunity"]["closedOn"],
        "2026-03-31"
    );
}
