//! Relations without N + 1: what the fields of one request ask for is read together, by one statement per relation.
//!
//! The first field that asks lets all its siblings ask as well, then reads for all of them. That is one turn of the
//! request's own task: no timer, no other task, so nothing of one caller ever mixes with another's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cartera_domain::Viewer;
use cartera_projections::ReadPool;
use cartera_projections::page::ReadError;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::edge::RequestId;
use crate::error::ApiError;

mod sources;

pub use sources::{ById, ContactsOf, LinesOf, Loaders, PricesOf, Sourced, StagesOf};

/// What can be read for many ids at once.
pub trait Source: Send + Sync + 'static {
    /// What an id stands for.
    type Value: Clone + Send + 'static;

    /// Reads what the viewer sees of these.
    ///
    /// # Errors
    /// When the read model does not answer.
    fn read(
        pool: &ReadPool,
        viewer: &Viewer,
        ids: &[Uuid],
    ) -> impl Future<Output = Result<HashMap<Uuid, Self::Value>, ReadError>> + Send;
}

/// Reads from one source, batch by batch.
pub struct Loader<S: Source> {
    pool: ReadPool,
    batches: Mutex<HashMap<RequestId, Vec<Asked<S::Value>>>>,
}

struct Asked<V> {
    id: Uuid,
    answer: oneshot::Sender<Option<V>>,
}

/// Takes the batch of a request away when its reader is cancelled, so that no waiting field hangs.
struct Reading<'a, S: Source> {
    loader: &'a Loader<S>,
    request: RequestId,
}

impl<S: Source> Reading<'_, S> {
    fn take(&self) -> Vec<Asked<S::Value>> {
        self.loader
            .batches()
            .remove(&self.request)
            .unwrap_or_default()
    }
}

impl<S: Source> Drop for Reading<'_, S> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

impl<S: Source> Loader<S> {
    /// A loader over these connections.
    pub fn new(pool: ReadPool) -> Self {
        Self {
            pool,
            batches: Mutex::new(HashMap::new()),
        }
    }

    /// What the id stands for, if the viewer sees it.
    ///
    /// # Errors
    /// `UNAVAILABLE` when the read model does not answer.
    pub async fn load(
        &self,
        request: RequestId,
        viewer: &Arc<Viewer>,
        id: Uuid,
    ) -> Result<Option<S::Value>, ApiError> {
        let (answer, waiting) = oneshot::channel();
        let first = {
            let mut batches = self.batches();
            let batch = batches.entry(request).or_default();
            batch.push(Asked { id, answer });
            batch.len() == 1
        };
        if first {
            self.read_for_all(request, viewer).await?;
        }
        match waiting.await {
            Ok(value) => Ok(value),
            // Whoever read for all was cancelled or failed: this field reads for itself.
            Err(_gone) => Ok(self.read(viewer, &[id]).await?.remove(&id)),
        }
    }

    async fn read_for_all(&self, request: RequestId, viewer: &Viewer) -> Result<(), ApiError> {
        let reading = Reading {
            loader: self,
            request,
        };
        tokio::task::yield_now().await;
        let asked = reading.take();
        let mut ids: Vec<Uuid> = asked.iter().map(|asked| asked.id).collect();
        ids.sort_unstable();
        ids.dedup();
        let values = self.read(viewer, &ids).await?;
        for Asked { id, answer } in asked {
            // A field that no longer waits needs no answer.
            drop(answer.send(values.get(&id).cloned()));
        }
        Ok(())
    }

    async fn read(
        &self,
        viewer: &Viewer,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, S::Value>, ApiError> {
        S::read(&self.pool, viewer, ids).await.map_err(unreadable)
    }

    fn batches(&self) -> MutexGuard<'_, HashMap<RequestId, Vec<Asked<S::Value>>>> {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a failed read is for the caller.
pub(crate) fn unreadable(error: ReadError) -> ApiError {
    match error {
        ReadError::Cursor(wrong) => ApiError::bad_user_input("after", wrong.to_string()),
        error @ ReadError::Database(_) => ApiError::unavailable(error),
    }
}
