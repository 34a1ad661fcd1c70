//! Sessions that end while a socket is open.

use std::sync::Arc;

use tokio::sync::watch;

use super::writer::Permission;
use crate::edge::identify::Identify;

/// Asks before each event whether the caller is still who it was.
pub(super) struct Recheck<I: Identify> {
    pub(super) identify: Arc<I>,
    pub(super) known: watch::Receiver<Option<I::Caller>>,
}

impl<I: Identify> Permission for Recheck<I> {
    async fn still_given(&self) -> bool {
        let caller = self.known.borrow().clone();
        match caller {
            Some(caller) => self.identify.still_valid(&caller).await,
            None => false,
        }
    }
}

/// Resolves when the caller, once known, is no longer who it was.
pub(super) async fn until_revoked<I: Identify>(
    identify: Arc<I>,
    mut known: watch::Receiver<Option<I::Caller>>,
) {
    let caller = match known.wait_for(Option::is_some).await {
        Ok(caller) => caller.clone(),
        Err(_closed) => None,
    };
    match caller {
        Some(caller) => identify.revoked(&caller).await,
        None => std::future::pending().await,
    }
}
