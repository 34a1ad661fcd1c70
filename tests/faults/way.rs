//! A way between two programs that can be cut, stand still, or lose answers after the request went through.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What the way does with what goes along it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passage {
    /// Lets it through.
    Open,
    /// Holds it back, and lets nobody know: a cable that was pulled.
    Still,
    /// Closes every connection, new ones as soon as they come: a program that is gone.
    Cut,
}

/// The way. It ends with the test's runtime.
pub(crate) struct Way {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
}

struct State {
    passage: watch::Sender<Passage>,
    loses: AtomicBool,
    answers: AtomicUsize,
    attempts: AtomicUsize,
}

impl Way {
    /// A way to this address, such as `127.0.0.1:5432`.
    pub(crate) async fn to(server: impl Into<String>) -> Self {
        let (server, listener) = (
            server.into(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        );
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            passage: watch::Sender::new(Passage::Open),
            loses: AtomicBool::new(false),
            answers: AtomicUsize::new(0),
            attempts: AtomicUsize::new(0),
        });
        let shared = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                shared.attempts.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(carry(client, server.clone(), Arc::clone(&shared)));
            }
        });
        Self { address, state }
    }

    /// A URL like this one that leads along the way.
    pub(crate) fn lead(&self, url: &str) -> String {
        let mut url = reqwest::Url::parse(url).unwrap();
        url.set_host(Some(&self.address.ip().to_string())).unwrap();
        url.set_port(Some(self.address.port())).unwrap();
        url.to_string().trim_end_matches('/').to_owned()
    }

    pub(crate) fn set(&self, passage: Passage) {
        self.state.passage.send_replace(passage);
    }

    /// From now on every other answer is lost, with its connection: what was asked has been done by then.
    pub(crate) fn lose_every_other_answer(&self) {
        self.state.loses.store(true, Ordering::SeqCst);
    }

    /// How many connections were tried.
    pub(crate) fn attempts(&self) -> usize {
        self.state.attempts.load(Ordering::SeqCst)
    }
}

impl State {
    async fn until(&self, wanted: impl Fn(Passage) -> bool) {
        let mut passage = self.passage.subscribe();
        let reached = passage.wait_for(|passage| wanted(*passage)).await;
        reached.expect("the way is there as long as its connections");
    }

    /// Whether this answer goes lost.
    fn takes(&self) -> bool {
        self.loses.load(Ordering::SeqCst)
            && self
                .answers
                .fetch_add(1, Ordering::SeqCst)
                .is_multiple_of(2)
    }
}

async fn carry(client: TcpStream, server: String, state: Arc<State>) {
    tokio::select! {
        () = state.until(|passage| passage == Passage::Cut) => {}
        // Whatever ends one side ends the other: both streams go with this task.
        () = both_ways(client, &server, &state) => {}
    }
}

async fn both_ways(mut client: TcpStream, server: &str, state: &State) {
    let Ok(mut server) = TcpStream::connect(server).await else {
        return;
    };
    let (mut request, mut answer) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        let (length, to_server) = tokio::select! {
            read = client.read(&mut request) => (read.unwrap_or(0), true),
            read = server.read(&mut answer) => (read.unwrap_or(0), false),
        };
        if length == 0 || !to_server && state.takes() {
            return;
        }
        state.until(|passage| passage != Passage::Still).await;
        let written = if to_server {
            server.write_all(&request[..length]).await
        } else {
            client.write_all(&answer[..length]).await
        };
        if written.is_err() {
            return;
        }
    }
}
