//! What an import under way tells: its progress to whoever watches, what it refused to the tables.

use std::io;
use std::time::{Duration, Instant};

use cartera_commands::files::{Column, RefusedCell, Row};
use cartera_commands::importing::{Progress, Witness};
use tokio::sync::watch;

use super::job::Counts;
use super::refused::RefusedRecord;
use super::store::{Claimed, ImportStore};

/// Refused records that are stored together.
const STRETCH: usize = 200;
/// How long a refused record waits for others at most.
const WAIT: Duration = Duration::from_secs(1);

/// Writes down what an attempt tells.
pub(super) struct Recorder {
    store: ImportStore,
    claimed: Claimed,
    counts: watch::Sender<Counts>,
    columns: Option<Vec<String>>,
    waiting: Vec<RefusedRecord>,
    stored: i64,
    stored_at: Instant,
}

impl Recorder {
    pub(super) fn new(store: ImportStore, claimed: Claimed, counts: watch::Sender<Counts>) -> Self {
        Self {
            store,
            claimed,
            counts,
            columns: None,
            waiting: Vec::new(),
            stored: 0,
            stored_at: Instant::now(),
        }
    }

    /// Stores what is still held back.
    pub(super) async fn finish(mut self) -> io::Result<()> {
        self.store_columns().await?;
        self.store_waiting().await
    }

    async fn store_columns(&mut self) -> io::Result<()> {
        let Some(names) = self.columns.take() else {
            return Ok(());
        };
        let kept = self.store.keep_columns(&self.claimed, &names).await;
        kept.map_err(io::Error::other)
    }

    async fn store_waiting(&mut self) -> io::Result<()> {
        for stretch in self.waiting.chunks(STRETCH) {
            let first = self.stored + 1;
            let kept = self.store.keep_refused(&self.claimed, first, stretch).await;
            kept.map_err(io::Error::other)?;
            self.stored += i64::try_from(stretch.len()).unwrap_or_default();
        }
        self.waiting.clear();
        self.stored_at = Instant::now();
        Ok(())
    }
}

impl Witness for Recorder {
    fn begin(&mut self, columns: &[Column]) -> io::Result<()> {
        let names = columns.iter().map(|column| {
            if column.name.is_empty() {
                column.key.clone()
            } else {
                column.name.clone()
            }
        });
        self.columns = Some(names.collect());
        Ok(())
    }

    fn refused(&mut self, line: u64, row: Option<&Row>, reasons: &[RefusedCell]) -> io::Result<()> {
        self.waiting.push(RefusedRecord::of(line, row, reasons));
        Ok(())
    }

    async fn progressed(&mut self, progress: Progress) -> io::Result<()> {
        self.store_columns().await?;
        if self.waiting.len() >= STRETCH || self.stored_at.elapsed() >= WAIT {
            self.store_waiting().await?;
        }
        self.counts.send_replace(progress.into());
        Ok(())
    }
}
