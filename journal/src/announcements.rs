//! News of the log's end: from this node's writer, from other nodes, and by asking slowly. All of it hints: whoever is
//! woken looks for himself, and whoever is not looks anyway.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::vault::Vault;

/// Tells where a journal's log ends: `id position`.
const APPENDED: &str = "cartera_appended";
/// Tells that a journal's keys changed: `id`.
const KEYS: &str = "cartera_keys";

/// Moves a known position forward, and wakes whoever watches it if it moved.
pub(crate) fn advance(known: &watch::Sender<i64>, position: i64) {
    known.send_if_modified(|known| {
        let moves = position > *known;
        *known = position.max(*known);
        moves
    });
}

/// Tells all nodes that keys were blocked or destroyed.
pub(crate) async fn keys_changed(pool: &PgPool, journal: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query_scalar!("SELECT pg_notify($1, $2)", KEYS, journal.to_string())
        .fetch_one(pool)
        .await
        .map(drop)
}

/// The end of the log; 0 when it is empty.
pub(crate) async fn head(pool: &PgPool) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT coalesce(max(position), 0) AS "head!" FROM events"#)
        .fetch_one(pool)
        .await
}

/// Keeps `appended` near the log's end.
pub(crate) struct Announcements {
    pub(crate) pool: PgPool,
    pub(crate) journal: Uuid,
    pub(crate) vault: Vault,
    pub(crate) appended: watch::Sender<i64>,
    pub(crate) written: watch::Receiver<i64>,
    pub(crate) poll_interval: Duration,
    pub(crate) announce_interval: Duration,
    pub(crate) stop: CancellationToken,
}

impl Announcements {
    /// Listens, asks and tells until stopped.
    pub(crate) async fn run(self) {
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = self.listen() => {}
            () = self.ask() => {}
            () = self.tell() => {}
        }
    }

    async fn listen(&self) {
        loop {
            if let Err(error) = self.listen_until_lost().await {
                tracing::debug!(%error, "lost the other nodes' news; asking meanwhile");
            }
            sleep(self.poll_interval).await;
        }
    }

    async fn listen_until_lost(&self) -> Result<(), sqlx::Error> {
        let mut listener = PgListener::connect_with(&self.pool).await?;
        listener.listen_all([APPENDED, KEYS]).await?;
        // News may have been missed meanwhile: of the log's end, which asking makes up for, and of destroyed keys.
        self.vault.forget();
        while let Some(news) = listener.try_recv().await? {
            let (journal, rest) = news
                .payload()
                .split_once(' ')
                .unwrap_or((news.payload(), ""));
            if journal.parse() != Ok(self.journal) {
                continue;
            }
            if news.channel() == KEYS {
                self.vault.forget();
            } else if let Ok(position) = rest.parse() {
                advance(&self.appended, position);
            }
        }
        Ok(())
    }

    async fn ask(&self) {
        let mut ticks = interval(self.poll_interval);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match head(&self.pool).await {
                Ok(position) => advance(&self.appended, position),
                Err(error) => tracing::debug!(%error, "the log's end is not known for now"),
            }
        }
    }

    /// Tells other nodes, in transactions of their own, never in an append's: NOTIFY takes a lock over the whole server.
    async fn tell(&self) {
        let mut written = self.written.clone();
        while written.changed().await.is_ok() {
            let position = *written.borrow_and_update();
            if let Err(error) = self.notify(position).await {
                tracing::debug!(%error, "the other nodes are not told for now");
            }
            sleep(self.announce_interval).await;
        }
        // The writer is gone; what it wrote was told.
        std::future::pending::<()>().await;
    }

    async fn notify(&self, position: i64) -> Result<(), sqlx::Error> {
        let mut tx = self.pool.begin().await?;
        // A hint need not survive a power cut.
        sqlx::query_scalar!("SELECT set_config('synchronous_commit', 'off', true)")
            .fetch_one(&mut *tx)
            .await?;
        let news = format!("{} {position}", self.journal);
        sqlx::query_scalar!("SELECT pg_notify($1, $2)", APPENDED, news)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await
    }
}
