//! A GraphQL client for tests: over HTTP, as a user with a session or a program with a key would.

use std::fmt;

use reqwest::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// Who asks, and where.
#[derive(Clone)]
pub struct GraphQl {
    http: reqwest::Client,
    url: String,
    credential: Credential,
}

#[derive(Clone)]
enum Credential {
    None,
    Session(String),
    Key(String),
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// The whole body.
    pub body: Value,
}

impl GraphQl {
    /// A client that nobody knows, of the service at this URL.
    pub fn anonymous(service: &str) -> Self {
        Self {
            http: reqwest::Client::new(),
            url: format!("{service}/graphql"),
            credential: Credential::None,
        }
    }

    /// The same client with the service at another URL.
    #[must_use]
    pub fn at(&self, service: &str) -> Self {
        Self {
            url: format!("{service}/graphql"),
            ..self.clone()
        }
    }

    /// The same client with a session's cookie, `name=value`.
    #[must_use]
    pub fn with_session(&self, cookie: impl Into<String>) -> Self {
        Self {
            credential: Credential::Session(cookie.into()),
            ..self.clone()
        }
    }

    /// The same client with an API key.
    #[must_use]
    pub fn with_key(&self, key: impl Into<String>) -> Self {
        Self {
            credential: Credential::Key(key.into()),
            ..self.clone()
        }
    }

    /// A request of another path of the service, with the same credential.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let service = self.url.trim_end_matches("/graphql");
        let request = self.http.request(method, format!("{service}{path}"));
        match self.credential_header() {
            Some((name, value)) => request.header(name, value),
            None => request,
        }
    }

    /// Where the socket for subscriptions is.
    pub fn socket_url(&self) -> String {
        self.url.replacen("http", "ws", 1)
    }

    /// The cookie or key, as a header of the socket's request.
    pub fn credential_header(&self) -> Option<(&'static str, String)> {
        match &self.credential {
            Credential::None => None,
            Credential::Session(cookie) => Some(("cookie", cookie.clone())),
            Credential::Key(key) => Some(("authorization", format!("Bearer {key}"))),
        }
    }

    /// Sends a document with its variables; gives the answer and the cookie that came with it.
    ///
    /// # Panics
    /// When the service does not answer, or not in JSON.
    pub async fn send(&self, document: &str, variables: Value) -> (Answer, Option<String>) {
        let request = self
            .http
            .post(&self.url)
            .json(&json!({ "query": document, "variables": variables }));
        let request = match &self.credential {
            Credential::None => request,
            Credential::Session(cookie) => request.header(COOKIE, cookie),
            Credential::Key(key) => request.header(AUTHORIZATION, format!("Bearer {key}")),
        };
        let response = request.send().await.expect("the service answers");
        let status = response.status();
        let cookie = response.headers().get(SET_COOKIE).map(|value| {
            let text = value.to_str().expect("a cookie is text");
            text.split(';').next().unwrap_or_default().to_owned()
        });
        let body = response.json().await.expect("an answer is JSON");
        (Answer { status, body }, cookie)
    }

    /// Sends a document with its variables.
    ///
    /// # Panics
    /// When the service does not answer.
    pub async fn ask(&self, document: &str, variables: Value) -> Answer {
        self.send(document, variables).await.0
    }

    /// The data of an answer without errors.
    ///
    /// # Panics
    /// When there are errors.
    #[track_caller]
    pub fn get(&self, document: &str, variables: Value) -> impl Future<Output = Value> {
        let (asked, document) = (self.clone(), document.to_owned());
        async move {
            let answer = asked.ask(&document, variables).await;
            let errors = &answer.body["errors"];
            assert!(
                errors.is_null(),
                "{document} is answered without errors: {errors:#}"
            );
            answer.body["data"].clone()
        }
    }

    /// Says a command: the payload of a mutation that nothing refused.
    ///
    /// `selection` is what is asked of the payload beside its errors; `input` gets a command id where it has none.
    ///
    /// # Panics
    /// When it was refused.
    pub async fn say(&self, mutation: &str, input: Value, selection: &str) -> Value {
        let (input, selection) = (commanded(input), format!("{selection} upToDate"));
        for _attempt in 0..5 {
            let payload = self.say_anyhow(mutation, input.clone(), &selection).await;
            assert_eq!(payload["userErrors"], json!([]), "{mutation} is refused");
            // On a busy machine the read models may take longer than the service waits: said again, it counts once.
            if payload["upToDate"] == true {
                return payload;
            }
        }
        panic!("{mutation} does not show its effects");
    }

    /// Says a command that brings something about, and gives the global id of what it brought.
    ///
    /// # Panics
    /// When it was refused.
    pub async fn make(&self, mutation: &str, object: &str, input: Value) -> String {
        let payload = self
            .say(mutation, input, &format!("{object} {{ id }}"))
            .await;
        let id = payload[object]["id"].as_str();
        id.unwrap_or_else(|| panic!("{mutation} shows nothing: {payload}"))
            .to_owned()
    }

    /// Says a command that is refused one way or the other: the code, and the path of the field to correct.
    ///
    /// # Panics
    /// When it was not refused.
    pub async fn refused(&self, mutation: &str, input: Value) -> (String, Vec<String>) {
        let document = mutation_document(mutation, "");
        let answer = self
            .ask(&document, json!({ "input": commanded(input) }))
            .await;
        let payload = &answer.body["data"][mutation];
        let code = answer
            .code()
            .or_else(|| payload["userErrors"][0]["code"].as_str().map(str::to_owned));
        let code = code.unwrap_or_else(|| panic!("{mutation} is not refused: {}", answer.body));
        let path = payload["userErrors"][0]["path"].as_array();
        let names = path.into_iter().flatten().filter_map(Value::as_str);
        (code, names.map(str::to_owned).collect())
    }

    /// The code by which a command was refused as correctable.
    ///
    /// # Panics
    /// When it was not refused, or otherwise.
    pub async fn refusal(&self, mutation: &str, input: Value) -> String {
        let payload = self.say_anyhow(mutation, input, "").await;
        let code = payload["userErrors"][0]["code"].as_str();
        code.unwrap_or_else(|| panic!("{mutation} is not refused: {payload}"))
            .to_owned()
    }

    /// The code of the GraphQL error that a command is answered with.
    ///
    /// # Panics
    /// When there is none.
    pub async fn error(&self, mutation: &str, input: Value) -> String {
        let answer = self
            .ask(
                &mutation_document(mutation, ""),
                json!({ "input": commanded(input) }),
            )
            .await;
        answer
            .code()
            .unwrap_or_else(|| panic!("{mutation} has no error: {}", answer.body))
    }

    async fn say_anyhow(&self, mutation: &str, input: Value, selection: &str) -> Value {
        let document = mutation_document(mutation, selection);
        let data = self
            .get(&document, json!({ "input": commanded(input) }))
            .await;
        data[mutation].clone()
    }
}

/// Never shows the credential.
impl fmt::Debug for GraphQl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphQl")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Answer {
    /// The code of the first error.
    pub fn code(&self) -> Option<String> {
        let code = self.body["errors"][0]["extensions"]["code"].as_str()?;
        Some(code.to_owned())
    }
}

/// A new command id.
pub fn command_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

fn commanded(mut input: Value) -> Value {
    if input["commandId"].is_null() {
        input["commandId"] = command_id().into();
    }
    input
}

/// The document of a mutation: its input's type is named after it, but for the few that share one.
fn mutation_document(mutation: &str, selection: &str) -> String {
    let input = input_type(mutation);
    format!(
        "mutation($input: {input}!) {{ {mutation}(input: $input) {{ {selection} userErrors {{ code message path }} }} }}"
    )
}

/// The type of a mutation's `input`.
pub fn input_type(mutation: &str) -> String {
    match mutation {
        "markLeadContacted" | "qualifyLead" | "reopenLead" => "LeadInput".to_owned(),
        "archiveClient" | "restoreClient" => "ClientInput".to_owned(),
        "retireProduct" | "reinstateProduct" => "ProductInput".to_owned(),
        "deactivateUser" | "reactivateUser" => "UserInput".to_owned(),
        "disbandTeam" => "TeamInput".to_owned(),
        "retirePipeline" => "PipelineInput".to_owned(),
        named => {
            let mut letters = named.chars();
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            format!("{}{}Input", first.unwrap_or_default(), letters.as_str())
        }
    }
}
