//! Pages of the log, decoded once for all followers of this node.
//!
//! What is committed never changes, so a page needs no check; it is forgotten after a while, and when keys are destroyed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use moka::sync::Cache;
use sqlx::PgConnection;

use crate::error::JournalError;
use crate::journal::{Journal, stored_after};
use crate::recorded::{Recorded, subjects};

/// Events of one page.
const PAGE: i64 = 1_024;
/// Most events that are kept decoded, in whole pages.
const KEPT_EVENTS: u64 = 4 * 1_024;
/// How long they are kept: an erased subject's values are gone from every node by then at the latest.
const KEPT_FOR: Duration = Duration::from_secs(30);

/// Events in a row, up to the first that does not read.
pub(crate) struct Page {
    pub(crate) events: Vec<Recorded>,
    pub(crate) failure: Option<Unreadable>,
}

/// An event that does not read.
#[derive(Debug, Clone)]
pub(crate) struct Unreadable {
    pub(crate) position: i64,
    pub(crate) reason: String,
}

/// The pages that are kept. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pages {
    /// Whole pages, by the position before their first event.
    whole: Cache<i64, Arc<Page>>,
    /// What was read last at the log's end, for the followers that come next.
    latest: Arc<Mutex<Option<Latest>>>,
    /// Held while a whole page is read, so that followers that rebuild together read it once.
    reading: Arc<tokio::sync::Mutex<()>>,
}

struct Latest {
    after: i64,
    read_at: Instant,
    page: Arc<Page>,
}

impl Default for Pages {
    fn default() -> Self {
        let weigh =
            |_: &i64, page: &Arc<Page>| u32::try_from(page.events.len()).unwrap_or(u32::MAX);
        let whole = Cache::builder()
            .max_capacity(KEPT_EVENTS)
            .weigher(weigh)
            .time_to_live(KEPT_FOR)
            .build();
        Self {
            whole,
            latest: Arc::default(),
            reading: Arc::default(),
        }
    }
}

impl Pages {
    /// A page that holds the event after this position, and that event's index in it.
    pub(crate) async fn after(
        &self,
        journal: &Journal,
        connection: &mut PgConnection,
        position: i64,
    ) -> Result<(Arc<Page>, usize), JournalError> {
        if let Some(kept) = self.kept(position) {
            return Ok(kept);
        }
        let first = position - position.rem_euclid(PAGE);
        // One in the middle of a page reads on from where it stands.
        let _turn = if position == first {
            Some(self.reading.lock().await)
        } else {
            None
        };
        if let Some(kept) = self.kept(position) {
            return Ok(kept);
        }
        let page = Arc::new(read(journal, connection, position, first + PAGE - position).await?);
        if position == first && offset(PAGE) == Some(page.events.len()) {
            self.whole.insert(first, Arc::clone(&page));
        } else if !page.events.is_empty() && page.failure.is_none() {
            *self.latest() = Some(Latest {
                after: position,
                read_at: Instant::now(),
                page: Arc::clone(&page),
            });
        }
        Ok((page, 0))
    }

    fn kept(&self, position: i64) -> Option<(Arc<Page>, usize)> {
        let first = position - position.rem_euclid(PAGE);
        let whole = self.whole.get(&first).map(|page| (first, page));
        let latest = || {
            let latest = self.latest();
            latest
                .as_ref()
                .filter(|latest| latest.read_at.elapsed() < KEPT_FOR)
                .map(|latest| (latest.after, Arc::clone(&latest.page)))
        };
        let (after, page) = whole.or_else(latest)?;
        let index = offset(position - after).filter(|index| *index < page.events.len())?;
        Some((page, index))
    }

    fn latest(&self) -> MutexGuard<'_, Option<Latest>> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn forget(&self) {
        self.whole.invalidate_all();
        *self.latest() = None;
    }
}

fn offset(events: i64) -> Option<usize> {
    usize::try_from(events).ok()
}

async fn read(
    journal: &Journal,
    connection: &mut PgConnection,
    position: i64,
    limit: i64,
) -> Result<Page, JournalError> {
    let rows = stored_after(connection, position, limit).await?;
    let keys = journal
        .vault()
        .keys_on(connection, &subjects(&rows))
        .await?;
    let mut page = Page {
        events: Vec::with_capacity(rows.len()),
        failure: None,
    };
    for (expected, row) in (position + 1..).zip(rows) {
        if row.position != expected {
            return Err(JournalError::Gap(expected - 1));
        }
        match row.read(&keys, journal.upcasters()) {
            Ok(event) => page.events.push(event),
            Err(error) => {
                page.failure = Some(Unreadable {
                    position: expected,
                    reason: error.to_string(),
                });
                break;
            }
        }
    }
    Ok(page)
}
