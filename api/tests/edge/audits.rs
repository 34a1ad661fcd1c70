//! The audits of the graphql-http project for servers (MUST, SHOULD and MAY), one row each.
//!
//! Source: `src/audits/server.ts` of graphql-http 1.22, written down from memory of its names, with the answers that the
//! specification GraphQL-over-HTTP asks for. All of them are held, the optional ones too, except that a missing
//! `Content-Type` and GET follow RELIABILITY requirement 10.

use serde_json::{Value, json};

use crate::world::World;

const RESPONSE: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

/// What a row sends.
struct Sent {
    accept: Option<&'static str>,
    content_type: Option<&'static str>,
    body: String,
}

/// What must come back.
#[derive(Debug)]
struct Wanted {
    status: u16,
    content_type: &'static str,
    /// Whether the answer has a `data` entry.
    executed: bool,
}

fn post(accept: &'static str, body: &Value) -> Sent {
    Sent {
        accept: Some(accept),
        content_type: Some(JSON),
        body: body.to_string(),
    }
}

fn fine(content_type: &'static str) -> Wanted {
    Wanted {
        status: 200,
        content_type,
        executed: true,
    }
}

fn refused(status: u16, content_type: &'static str) -> Wanted {
    Wanted {
        status,
        content_type,
        executed: false,
    }
}

async fn audit(world: &World, name: &str, sent: Sent, wanted: Wanted) {
    let request = world
        .http
        .post(world.url("/graphql"))
        .bearer_auth("reader")
        .body(sent.body);
    let request = match sent.content_type {
        Some(content_type) => request.header("content-type", content_type),
        None => request,
    };
    let mut request = request.build().unwrap();
    match sent.accept {
        Some(accept) => request
            .headers_mut()
            .insert("accept", accept.parse().unwrap()),
        None => request.headers_mut().remove("accept"),
    };
    let response = world.http.execute(request).await.unwrap();
    let status = response.status().as_u16();
    let content_type = response.headers()["content-type"]
        .to_str()
        .unwrap()
        .to_owned();
    let body: Value = response.json().await.unwrap();
    let found = (status, content_type, body.get("data").is_some());
    let expected = (
        wanted.status,
        format!("{}; charset=utf-8", wanted.content_type),
        wanted.executed,
    );
    assert_eq!(found, expected, "{name}: {body}");
    assert_eq!(
        body.get("errors").is_some(),
        !wanted.executed,
        "{name}: {body}"
    );
}

#[tokio::test]
async fn media_types() {
    let world = World::start().await;
    let query = json!({ "query": "{ __typename }" });
    let rows = [
        (
            "SHOULD accept application/graphql-response+json and match the content-type",
            post(RESPONSE, &query),
            fine(RESPONSE),
        ),
        (
            "MUST accept application/json and match the content-type",
            post(JSON, &query),
            fine(JSON),
        ),
        (
            "SHOULD accept */* and use application/json for the content-type",
            post("*/*", &query),
            fine(JSON),
        ),
        (
            "SHOULD assume application/json content-type when accept is missing",
            Sent {
                accept: None,
                ..post(JSON, &query)
            },
            fine(JSON),
        ),
        (
            "MUST use utf-8 encoding when responding",
            post(RESPONSE, &json!({ "query": "{ hello(name: \"ñ€🦀\") }" })),
            fine(RESPONSE),
        ),
        (
            "MUST accept utf-8 encoded request",
            Sent {
                content_type: Some("application/json; charset=utf-8"),
                ..post(JSON, &query)
            },
            fine(JSON),
        ),
        (
            "MUST assume utf-8 in request if encoding is unspecified",
            post(JSON, &query),
            fine(JSON),
        ),
        ("MUST accept POST requests", post(JSON, &query), fine(JSON)),
        (
            "MUST accept application/json POST requests",
            post(RESPONSE, &query),
            fine(RESPONSE),
        ),
        (
            "SHOULD respond with 4xx status code if content-type is not supplied on POST requests",
            Sent {
                content_type: None,
                ..post(RESPONSE, &query)
            },
            refused(415, RESPONSE),
        ),
    ];
    for (name, sent, wanted) in rows {
        audit(&world, name, sent, wanted).await;
    }
}

#[tokio::test]
async fn get_requests() {
    let world = World::start().await;
    let get = async |query: &str, variables: Option<&str>, accept: &str| {
        let mut parameters = vec![("query", query)];
        parameters.extend(variables.map(|variables| ("variables", variables)));
        let request = world
            .get(&parameters)
            .bearer_auth("reader")
            .header("accept", accept);
        request.send().await.unwrap().status().as_u16()
    };
    let all_types = "query T($name: String!) { __type(name: $name) { name } }";
    assert_eq!(
        get("{ __typename }", None, JSON).await,
        200,
        "MAY accept application/x-www-form-urlencoded formatted GET requests"
    );
    assert_eq!(
        get("mutation { __typename }", None, JSON).await,
        405,
        "MUST NOT allow executing mutations on GET requests"
    );
    for accept in [RESPONSE, JSON] {
        let hello = "query T($name: String!) { hello(name: $name) }";
        assert_eq!(
            get(hello, Some(r#"{"name":"x"}"#), accept).await,
            200,
            "MAY allow URL-encoded JSON string {{variables}} in GETs"
        );
        assert_eq!(
            get(all_types, Some(r#"{"name":"x"}"#), accept).await,
            403,
            "our own: the schema needs a permission"
        );
    }
}

#[tokio::test]
async fn parameters_of_the_wrong_kind() {
    let world = World::start().await;
    let kinds = [
        ("object", json!({ "obj": "ect" })),
        ("number", json!(0)),
        ("boolean", json!(false)),
        ("array", json!(["array"])),
        ("string", json!("string")),
    ];
    for (parameter, right) in [
        ("query", "string"),
        ("operationName", "string"),
        ("variables", "object"),
        ("extensions", "object"),
    ] {
        let wrong = kinds.iter().filter(|(kind, _)| *kind != right);
        for ((kind, value), accept) in wrong.flat_map(|kind| [(kind, RESPONSE), (kind, JSON)]) {
            let mut body = json!({ "query": "{ __typename }" });
            body[parameter] = value.clone();
            let name = format!("MAY use 400 status code on {kind} {{{parameter}}} parameter");
            audit(&world, &name, post(accept, &body), refused(400, accept)).await;
        }
    }
}

#[tokio::test]
async fn parameters_of_the_right_kind() {
    let world = World::start().await;
    for accept in [RESPONSE, JSON] {
        let rows = [
            (
                "SHOULD/MUST allow string {query} parameter",
                json!({ "query": "{ __typename }" }),
            ),
            (
                "SHOULD/MUST allow string {operationName} parameter",
                json!({ "operationName": "Query", "query": "query Query { __typename }" }),
            ),
            (
                "SHOULD/MUST allow null {variables} parameter",
                json!({ "query": "{ __typename }", "variables": null }),
            ),
            (
                "SHOULD/MUST allow null {operationName} parameter",
                json!({ "query": "{ __typename }", "operationName": null }),
            ),
            (
                "SHOULD/MUST allow null {extensions} parameter",
                json!({ "query": "{ __typename }", "extensions": null }),
            ),
            (
                "SHOULD/MUST allow map {variables} parameter",
                json!({ "query": "query T($name: String!) { hello(name: $name) }", "variables": { "name": "sometype" } }),
            ),
            (
                "SHOULD/MUST allow map {extensions} parameter",
                json!({ "query": "{ __typename }", "extensions": { "some": "value" } }),
            ),
        ];
        for (name, body) in rows {
            audit(&world, name, post(accept, &body), fine(accept)).await;
        }
    }
}

#[tokio::test]
async fn requests_that_are_none() {
    let world = World::start().await;
    let nothing = |body: &str| Sent {
        body: body.to_owned(),
        ..post(RESPONSE, &json!(null))
    };
    let rows = [
        (
            "SHOULD use 400 when the request body is missing on POST",
            nothing(""),
            refused(400, RESPONSE),
        ),
        (
            "MAY use 400 status code on missing {query} parameter",
            nothing(r#"{"notquery":"{ __typename }"}"#),
            refused(400, RESPONSE),
        ),
        (
            "MAY use 4xx or 5xx, MAY use 400 on JSON parsing failure",
            nothing(r#"{ "not a JSON"#),
            refused(400, RESPONSE),
        ),
        (
            "MAY use 4xx or 5xx, MAY use 400 if parameters are invalid",
            nothing(r#"{ "qeury": "{ __typename }" }"#),
            refused(400, RESPONSE),
        ),
    ];
    for (name, sent, wanted) in rows {
        audit(&world, name, sent, wanted).await;
    }
}

/// Each of these stands for three audits: the class of status, the status itself, and that there is no `data`.
#[tokio::test]
async fn documents_that_fail() {
    let world = World::start().await;
    let coercion = json!({ "query": "query CoerceFailure($id: ID!) { __typename }", "variables": { "id": null } });
    let rows = [
        ("document parsing failure", json!({ "query": "{" })),
        (
            "document validation failure",
            json!({ "query": "{ 8f31403dfe404bccbb0e835f2629c6a7 }" }),
        ),
        (
            "document validation failure of a name",
            json!({ "query": "{ f31403dfe404bccbb0e835f2629c6a7 }" }),
        ),
        ("variable coercion failure", coercion),
    ];
    for (name, body) in rows {
        audit(
            &world,
            &format!("SHOULD use 400 on {name}"),
            post(RESPONSE, &body),
            refused(400, RESPONSE),
        )
        .await;
        audit(
            &world,
            &format!("SHOULD use 200 on {name} for application/json"),
            post(JSON, &body),
            refused(200, JSON),
        )
        .await;
    }
}
