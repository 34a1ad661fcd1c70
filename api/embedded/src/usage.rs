//! Who uses the cluster now: a shared lock per user, so that the last one out stops the server.

use std::fs::{File, OpenOptions};
use std::path::Path;

use crate::EmbeddedError;

/// Our share in the cluster. The system gives it back when the process ends, however it ends.
#[derive(Debug)]
pub(crate) struct Usage {
    turns: File,
    users: File,
}

/// The right to start or stop the server, held by one process at a time.
#[derive(Debug)]
pub(crate) struct Turn(File);

impl Usage {
    /// Opens the two lock files in the data folder; waits for nobody.
    pub(crate) fn open(folder: &Path) -> Result<Self, EmbeddedError> {
        let file = |name: &str| {
            let path = folder.join(name);
            let opened = OpenOptions::new()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path);
            opened.map_err(EmbeddedError::files("open", path))
        };
        Ok(Self {
            turns: file("postgres.turn")?,
            users: file("postgres.users")?,
        })
    }

    /// Waits until no other process starts or stops the server.
    pub(crate) fn turn(&self) -> Result<Turn, EmbeddedError> {
        let again = self
            .turns
            .try_clone()
            .map_err(EmbeddedError::files("open", "postgres.turn"))?;
        again
            .lock()
            .map_err(EmbeddedError::files("lock", "postgres.turn"))?;
        Ok(Turn(again))
    }

    /// Counts us among the users.
    pub(crate) fn join(&self) -> Result<(), EmbeddedError> {
        self.users
            .lock_shared()
            .map_err(EmbeddedError::files("lock", "postgres.users"))
    }

    /// Counts us out; true when nobody else is left.
    pub(crate) fn leave(&self) -> bool {
        self.users.unlock().is_ok() && self.users.try_lock().is_ok()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // The clone shares the lock with its origin: closing it alone would not unlock.
        if let Err(error) = self.0.unlock() {
            tracing::warn!(%error, "the lock of the embedded PostgreSQL stays until this process ends");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_user_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (
            Usage::open(folder.path()).unwrap(),
            Usage::open(folder.path()).unwrap(),
        );
        first.join().unwrap();
        second.join().unwrap();
        assert!(!first.leave(), "another still uses it");
        assert!(second.leave(), "nobody is left");
    }

    #[test]
    fn a_turn_excludes_another_until_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (
            Usage::open(folder.path()).unwrap(),
            Usage::open(folder.path()).unwrap(),
        );
        let turn = first.turn().unwrap();
        assert!(second.turns.try_lock().is_err());
        drop(turn);
        assert!(second.turns.try_lock().is_ok());
    }
}
