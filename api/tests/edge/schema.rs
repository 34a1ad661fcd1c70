//! A schema with one field for each way to behave.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_graphql::{
    Context, Enum, Error, ID, InputValueError, InputValueResult, Object, Scalar, ScalarType,
    Schema, SimpleObject, Subscription, Value,
};
use cartera::edge::{Client, RequestId, caller};
use cartera::error::{ApiError, invalid_input};
use futures_util::stream::{self, BoxStream, StreamExt};
use tokio::sync::broadcast;

use crate::world::Person;

pub(crate) type TestSchema = Schema<Query, Mutation, Events>;

/// What the resolvers leave behind for the tests to look at.
#[derive(Clone)]
pub(crate) struct Traces {
    /// How often a mutation has run.
    pub(crate) touched: Arc<AtomicU32>,
    /// What `told` passes on, one channel for all.
    pub(crate) told: broadcast::Sender<i32>,
    /// Held by every running subscription.
    pub(crate) running: Arc<()>,
    /// Whom the last request came from.
    pub(crate) client: Arc<Mutex<Option<Client>>>,
}

pub(crate) fn build() -> (TestSchema, Traces) {
    let traces = Traces {
        touched: Arc::default(),
        told: broadcast::channel(64).0,
        running: Arc::default(),
        client: Arc::default(),
    };
    let schema = Schema::build(Query, Mutation, Events)
        .data(traces.clone())
        .disable_suggestions()
        .finish();
    (schema, traces)
}

pub(crate) struct Query;

#[Object]
impl Query {
    async fn hello(
        &self,
        #[graphql(default_with = "\"world\".to_owned()")] name: String,
    ) -> String {
        format!("hello {name}")
    }

    async fn a(&self) -> i32 {
        1
    }

    async fn twice(&self, number: i32) -> i32 {
        number.saturating_mul(2)
    }

    async fn colour(&self, colour: Colour) -> Colour {
        colour
    }

    async fn postcode(&self, code: Postcode) -> String {
        code.0
    }

    async fn node(&self, id: ID) -> Node {
        Node { id }
    }

    async fn maybe(&self) -> Option<Node> {
        Some(Node { id: ID::from(1) })
    }

    async fn nodes(&self, #[graphql(default = 50)] first: i32) -> Vec<Node> {
        (0..first.clamp(0, 3))
            .map(|number| Node {
                id: ID::from(number),
            })
            .collect()
    }

    async fn me<'a>(&self, context: &Context<'a>) -> Result<&'a str, ApiError> {
        Ok(&caller::<Person>(context)?.name)
    }

    async fn request_id(&self, context: &Context<'_>) -> String {
        context.data_unchecked::<RequestId>().to_string()
    }

    async fn client(&self, context: &Context<'_>) -> bool {
        let client = context.data_unchecked::<Client>().clone();
        *context.data_unchecked::<Traces>().client.lock().unwrap() = Some(client);
        true
    }

    async fn refuses(&self, code: String) -> Result<Option<i32>, ApiError> {
        Err(match code.as_str() {
            "NOT_FOUND" => ApiError::not_found("client"),
            "FORBIDDEN" => ApiError::forbidden("clients.read"),
            "CONFLICT" => ApiError::conflict(7),
            "COMMAND_ID_REUSED" => ApiError::command_id_reused(),
            "UNAVAILABLE" => {
                ApiError::unavailable(std::io::Error::other("secret: no route to 10.0.0.7"))
            }
            "BAD_USER_INPUT" => ApiError::bad_user_input("name", "a name is needed"),
            _ => ApiError::internal(std::io::Error::other("secret: the disk is on fire")),
        })
    }

    /// An error that nobody has thought of, with a text that must not leave the house.
    async fn breaks(&self) -> Result<Option<i32>, Error> {
        Err(std::io::Error::other(
            "secret: relation \"events\" does not exist",
        ))?
    }

    async fn breaks_for_good(&self) -> Result<i32, Error> {
        Err(Error::new("secret: without a source"))
    }

    async fn panics(&self) -> i32 {
        fall_over()
    }

    async fn never(&self) -> i32 {
        std::future::pending().await
    }
}

fn fall_over() -> i32 {
    panic!("secret: {}", 42)
}

pub(crate) struct Mutation;

#[Object]
impl Mutation {
    async fn touch(&self, context: &Context<'_>) -> u32 {
        context
            .data_unchecked::<Traces>()
            .touched
            .fetch_add(1, Ordering::SeqCst)
            + 1
    }

    async fn sign_in(&self, context: &Context<'_>) -> bool {
        context.append_http_header("set-cookie", "session=reader; HttpOnly; SameSite=Lax");
        true
    }
}

pub(crate) struct Events;

#[Subscription]
impl Events {
    async fn count(&self, to: i32) -> BoxStream<'static, i32> {
        stream::iter(1..=to).boxed()
    }

    /// What the test tells, as long as it tells.
    async fn told(&self, context: &Context<'_>) -> BoxStream<'static, i32> {
        let traces = context.data_unchecked::<Traces>();
        let alive = Arc::clone(&traces.running);
        let receiver = traces.told.subscribe();
        stream::unfold((receiver, alive), |(mut receiver, alive)| async {
            let number = receiver.recv().await.ok()?;
            Some((number, (receiver, alive)))
        })
        .boxed()
    }

    async fn refused(&self) -> Result<BoxStream<'static, i32>, ApiError> {
        Err(ApiError::forbidden("events.read"))
    }

    async fn panicking(&self) -> BoxStream<'static, i32> {
        stream::once(async { 1 })
            .chain(stream::once(async { panic!("secret") }))
            .boxed()
    }
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct Node {
    id: ID,
}

#[async_graphql::ComplexObject]
impl Node {
    /// Fails in the second row.
    async fn fragile(&self) -> Result<Option<i32>, ApiError> {
        match self.id.as_str() {
            "0" => Ok(Some(0)),
            _ => Err(ApiError::not_found("number")),
        }
    }

    async fn strict(&self) -> Result<i32, ApiError> {
        Err(ApiError::not_found("number"))
    }

    async fn node(&self) -> Node {
        Node {
            id: self.id.clone(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Colour {
    Red,
    Green,
}

pub(crate) struct Postcode(String);

#[Scalar]
impl ScalarType for Postcode {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(code) if code.len() == 5 => Ok(Self(code)),
            Value::String(_) => Err(invalid_input("a postcode has five digits")),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}
