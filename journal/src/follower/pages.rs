//! Pages of the log, decoded once for all followers of this node.
//!
//! What is committed never changes, so a page needs no check; it is forgotten after a while, and when keys are destroyed.

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use sqlx::PgConnection;

use crate::error::JournalError;
use crate::journal::{Journal, stored_after};
use crate::recorded::{Recorded, subjects};

/// Events of one page.
const PAGE: i64 = 1_024;
/// Most events that are kept decoded.
const KEPT_EVENTS: u64 = 8 * 1_024;
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
pub(crate) struct Pages(Cache<i64, Arc<Page>>);

impl Default for Pages {
    fn default() -> Self {
        let weigh =
            |_: &i64, page: &Arc<Page>| u32::try_from(page.events.len()).unwrap_or(u32::MAX);
        Self(
            Cache::builder()
                .max_capacity(KEPT_EVENTS)
                .weigher(weigh)
                .time_to_live(KEPT_FOR)
                .build(),
        )
    }
}

impl Pages {
    /// The page that holds the event after this position, and that event's index in it.
    pub(crate) async fn after(
        &self,
        journal: &Journal,
        connection: &mut PgConnection,
        position: i64,
    ) -> Result<(Arc<Page>, usize), JournalError> {
        let first = position - position.rem_euclid(PAGE);
        if let Some(page) = self.0.get(&first)
            && let Some(offset) =
                offset(position - first).filter(|offset| *offset < page.events.len())
        {
            return Ok((page, offset));
        }
        // A follower at a page's beginning reads it for all; one in the middle reads on from where it stands.
        let page = Arc::new(read(journal, connection, position, first + PAGE - position).await?);
        if position == first && offset(PAGE) == Some(page.events.len()) {
            self.0.insert(first, Arc::clone(&page));
        }
        Ok((page, 0))
    }

    pub(crate) fn forget(&self) {
        self.0.invalidate_all();
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
