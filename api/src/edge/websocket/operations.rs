//! The operations that run on one socket, by the client's ids.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::AbortHandle;

/// Ids in use. Shared by the reader, which begins and stops operations, and the writer, which ends them: an id is free
/// again exactly when its last message has been written.
#[derive(Clone, Debug, Default)]
pub(super) struct Operations(Arc<Mutex<HashMap<String, Running>>>);

/// A running operation: its number tells it from an earlier one of the same id, whose events may still wait.
#[derive(Debug)]
struct Running {
    number: u64,
    task: Option<AbortHandle>,
}

/// The id of an operation together with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    pub(super) id: String,
    pub(super) number: u64,
}

/// Why an operation may not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoTicket {
    /// The id is in use.
    Taken,
    /// There are as many operations as there may be.
    Full,
}

impl Operations {
    /// Takes an id.
    pub(super) fn begin(&self, ticket: &Ticket, most: usize) -> Result<(), NoTicket> {
        let mut running = self.lock();
        if running.contains_key(&ticket.id) {
            return Err(NoTicket::Taken);
        }
        if running.len() >= most {
            return Err(NoTicket::Full);
        }
        let entry = Running {
            number: ticket.number,
            task: None,
        };
        running.insert(ticket.id.clone(), entry);
        Ok(())
    }

    /// Remembers the task of an operation that has begun; it may have ended already.
    pub(super) fn runs_in(&self, ticket: &Ticket, task: AbortHandle) {
        if let Some(running) = self
            .lock()
            .get_mut(&ticket.id)
            .filter(|running| running.number == ticket.number)
        {
            running.task = Some(task);
        }
    }

    /// Whether an operation still runs, so that its message may be written.
    pub(super) fn runs(&self, ticket: &Ticket) -> bool {
        self.lock()
            .get(&ticket.id)
            .is_some_and(|running| running.number == ticket.number)
    }

    /// Frees the id of an operation whose last message is about to be written; false when the client stopped it before.
    pub(super) fn end(&self, ticket: &Ticket) -> bool {
        let mut running = self.lock();
        let runs = running
            .get(&ticket.id)
            .is_some_and(|running| running.number == ticket.number);
        if runs {
            running.remove(&ticket.id);
        }
        runs
    }

    /// Stops what the client has completed; an id that does not run is no mistake.
    pub(super) fn stop(&self, id: &str) {
        if let Some(Running {
            number: _,
            task: Some(task),
        }) = self.lock().remove(id)
        {
            task.abort();
        }
    }

    /// A panic elsewhere leaves the map whole: every change of it is one call.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Running>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{NoTicket, Operations, Ticket};

    fn ticket(id: &str, number: u64) -> Ticket {
        Ticket {
            id: id.to_owned(),
            number,
        }
    }

    #[test]
    fn an_id_is_taken_until_its_last_message() {
        let operations = Operations::default();
        assert_eq!(operations.begin(&ticket("a", 1), 2), Ok(()));
        assert_eq!(operations.begin(&ticket("a", 2), 2), Err(NoTicket::Taken));
        assert!(operations.end(&ticket("a", 1)));
        assert!(!operations.end(&ticket("a", 1)));
        assert_eq!(operations.begin(&ticket("a", 3), 2), Ok(()));
    }

    #[test]
    fn events_of_an_earlier_operation_with_the_same_id_are_told_apart() {
        let operations = Operations::default();
        operations.begin(&ticket("a", 1), 2).unwrap();
        operations.stop("a");
        operations.begin(&ticket("a", 2), 2).unwrap();
        assert!(!operations.runs(&ticket("a", 1)));
        assert!(!operations.end(&ticket("a", 1)));
        assert!(operations.runs(&ticket("a", 2)));
    }

    #[test]
    fn there_are_never_more_than_allowed() {
        let operations = Operations::default();
        operations.begin(&ticket("a", 1), 1).unwrap();
        assert_eq!(operations.begin(&ticket("b", 2), 1), Err(NoTicket::Full));
        operations.stop("a");
        assert_eq!(operations.begin(&ticket("b", 3), 1), Ok(()));
    }
}
