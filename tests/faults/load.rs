//! Clients that sell without a pause over HTTP; each says a command again, with its id, until it is acknowledged.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

/// Longest time for one try; a client that waits for ever would not notice a cut network.
const TRY_TIME: Duration = Duration::from_secs(10);
/// How long a command is said again before the test gives up.
const PATIENCE: Duration = Duration::from_mins(1);
/// A client's pause before it says a command again.
const PAUSE: Duration = Duration::from_millis(10);

/// A command that was acknowledged.
#[derive(Debug, Clone)]
pub(crate) struct Acknowledged {
    /// Its id.
    pub(crate) command: Uuid,
    /// What it was.
    pub(crate) mutation: &'static str,
    /// The position that the answer gave.
    pub(crate) position: i64,
    /// When the answer was there.
    pub(crate) at: Instant,
    /// How often it was said.
    pub(crate) tries: u32,
}

/// The clients at work.
pub(crate) struct Load {
    clients: JoinSet<()>,
    stop: watch::Sender<bool>,
    book: Book,
}

/// What has been acknowledged so far.
type Book = Arc<Mutex<Vec<Acknowledged>>>;

/// Who sells, and where.
#[derive(Clone)]
pub(crate) struct Seller {
    http: reqwest::Client,
    urls: Vec<String>,
    key: String,
    book: Book,
    put_off: Arc<AtomicUsize>,
}

impl Seller {
    /// A seller that spreads its commands over these services.
    pub(crate) fn new(urls: Vec<String>, key: impl Into<String>) -> Self {
        let http = reqwest::Client::builder().timeout(TRY_TIME);
        Self {
            http: http.build().unwrap(),
            urls,
            key: key.into(),
            book: Book::default(),
            put_off: Arc::default(),
        }
    }

    /// How often it was told to try again later.
    pub(crate) fn put_off(&self) -> usize {
        self.put_off.load(Ordering::SeqCst)
    }

    /// One try at a document: the whole answer, or nothing when none came.
    async fn send(&self, url: &str, document: &str, variables: &Value) -> Option<Value> {
        let request = self
            .http
            .post(format!("{url}/graphql"))
            .bearer_auth(&self.key)
            .json(&json!({ "query": document, "variables": variables }));
        request.send().await.ok()?.json().await.ok()
    }

    /// The data of a query, asked until it is answered.
    pub(crate) async fn ask(&self, document: &str) -> Value {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            match self.send(&self.urls[0], document, &json!({})).await {
                Some(answer) if answer["errors"].is_null() => return answer["data"].clone(),
                Some(answer) => must_be_retryable(&answer, document),
                None => {}
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("{document} is not answered within {PATIENCE:?}");
    }

    /// Says a command until it is acknowledged and `found` is in the answer.
    pub(crate) async fn say(
        &self,
        mutation: &'static str,
        mut input: Value,
        selection: &str,
        found: &str,
    ) -> Value {
        let command = Uuid::from_u128(random_bits());
        input["commandId"] = command.to_string().into();
        let document = document(mutation, selection);
        let variables = json!({ "input": input });
        let (begun, mut tries, mut noted) = (Instant::now(), 0_u32, false);
        while begun.elapsed() < PATIENCE {
            let url = &self.urls[usize::try_from(tries).unwrap() % self.urls.len()];
            tries += 1;
            let answer = self.send(url, &document, &variables).await;
            let payload = answer.and_then(|answer| self.payload_of(&answer, mutation));
            if let Some(payload) = payload.as_ref().filter(|_| !noted) {
                self.note(command, mutation, payload, tries);
                noted = true;
            }
            // The read models may be behind after a crash: the same command again shows the same effects.
            let shows =
                |payload: &Value| payload.pointer(found).is_some_and(|value| !value.is_null());
            if let Some(payload) = payload.filter(shows) {
                return payload;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("{mutation} {command} is not acknowledged within {PATIENCE:?}");
    }

    /// The payload of an acknowledgement; nothing where the answer says to try again.
    fn payload_of(&self, answer: &Value, mutation: &str) -> Option<Value> {
        if !answer["errors"].is_null() {
            must_be_retryable(answer, mutation);
            self.put_off.fetch_add(1, Ordering::SeqCst);
            return None;
        }
        let payload = answer["data"][mutation].clone();
        assert_eq!(payload["userErrors"], json!([]), "{mutation}: {answer}");
        Some(payload)
    }

    fn note(&self, command: Uuid, mutation: &'static str, payload: &Value, tries: u32) {
        self.book.lock().unwrap().push(Acknowledged {
            command,
            mutation,
            position: payload["position"]
                .as_i64()
                .unwrap_or_else(|| panic!("{mutation} has a position: {payload}")),
            at: Instant::now(),
            tries,
        });
    }

    /// One life after the other, until it is told to stop.
    async fn live_until(self, stopped: watch::Receiver<bool>, client: usize, stage: Value) {
        let mut life = 0;
        while !*stopped.borrow() {
            self.live(&stage, &format!("c{client}-{life}")).await;
            life += 1;
        }
    }

    /// From a stranger's first call to a won sale, and a sale that is lost: every kind of append there is.
    async fn live(&self, stage: &Value, name: &str) {
        let details = json!({ "companyName": name, "personName": name, "email": format!("{name}@load.example") });
        let lead = self
            .say(
                "registerLead",
                json!({ "details": details }),
                "lead { id }",
                "/lead/id",
            )
            .await;
        let opportunity =
            json!({ "details": { "title": "A sale of the load" }, "amount": "1200.50" });
        let converting = json!({ "leadId": lead["lead"]["id"], "opportunity": opportunity });
        let selection = "lead { opportunity { id } }";
        let sale = self
            .say("convertLead", converting, selection, "/lead/opportunity/id")
            .await;
        let sale = &sale["lead"]["opportunity"]["id"];
        // With the version that was seen: said again, it must not be a conflict with itself.
        let moving = json!({ "opportunityId": sale, "stageId": stage, "expectedVersion": 1 });
        self.say("moveOpportunity", moving, "", "/position").await;
        let winning = json!({ "opportunityId": sale, "expectedVersion": 2 });
        let won = self.say("winOpportunity", winning, "", "/position").await;
        assert_eq!(won["version"], 3, "opened, moved, won");
        let opening = json!({ "details": { "title": "Another sale" }, "amount": "10" });
        let other = self
            .say(
                "openOpportunity",
                opening,
                "opportunity { id }",
                "/opportunity/id",
            )
            .await;
        let losing = json!({ "opportunityId": other["opportunity"]["id"] });
        self.say("loseOpportunity", losing, "", "/position").await;
    }

    /// A later open stage of the company's first pipeline.
    async fn stage(&self) -> Value {
        let query = "{ pipelines { stages { id category rank } } }";
        loop {
            let data = self.ask(query).await;
            let stages = data
                .pointer("/pipelines/0/stages")
                .and_then(Value::as_array);
            let mut open = stages
                .into_iter()
                .flatten()
                .filter(|stage| stage["category"] == "OPEN");
            if let Some(stage) = open.nth(1) {
                return stage["id"].clone();
            }
            // The service has just begun to read the log.
            tokio::time::sleep(PAUSE).await;
        }
    }
}

impl Load {
    /// Lets so many clients begin, once the service answers.
    pub(crate) async fn begin(seller: &Seller, clients: usize) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (stage, mut at_work) = (seller.stage().await, JoinSet::new());
        for client in 0..clients {
            let (mut seller, stage, stopped) = (seller.clone(), stage.clone(), stopped.clone());
            // Each prefers another service, and goes to the next when one does not answer.
            let services = seller.urls.len();
            seller.urls.rotate_left(client % services);
            at_work.spawn(seller.live_until(stopped, client, stage));
        }
        Self {
            clients: at_work,
            stop,
            book: Arc::clone(&seller.book),
        }
    }

    /// How many commands were acknowledged so far.
    pub(crate) fn acknowledged(&self) -> usize {
        self.book.lock().unwrap().len()
    }

    /// Waits until so many more commands are acknowledged.
    pub(crate) async fn until_further(&mut self, commands: usize) {
        let (wanted, begun) = (self.acknowledged() + commands, Instant::now());
        while self.acknowledged() < wanted {
            if let Some(ended) = self.clients.try_join_next() {
                ended.expect("no client has a reason to complain");
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "{commands} further commands are acknowledged within {PATIENCE:?}"
            );
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Lets every client end the life in hand.
    pub(crate) async fn end(mut self) -> Vec<Acknowledged> {
        self.stop.send(true).unwrap();
        while let Some(ended) = self.clients.join_next().await {
            ended.expect("no client has a reason to complain");
        }
        self.book.lock().unwrap().clone()
    }
}

/// While the service or its database are away, the only errors are those that say: the same again, later.
fn must_be_retryable(answer: &Value, asked: &str) {
    let extensions = &answer["errors"][0]["extensions"];
    assert!(
        matches!(extensions["code"].as_str(), Some("UNAVAILABLE" | "TIMEOUT")),
        "{asked}: {answer}"
    );
    assert_eq!(extensions["retryable"], true, "{asked}: {answer}");
}

fn document(mutation: &str, selection: &str) -> String {
    let (first, rest) = mutation.split_at(1);
    let input = format!("{}{rest}Input", first.to_uppercase());
    format!(
        "mutation($input: {input}!) {{ {mutation}(input: $input) {{ {selection} version position userErrors {{ code message }} }} }}"
    )
}

/// Bits that no other test has.
pub(crate) fn random_bits() -> u128 {
    use std::hash::{BuildHasher, RandomState};
    let half = || u128::from(RandomState::new().hash_one(0));
    half() << 64 | half()
}
