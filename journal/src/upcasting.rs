//! How events of old versions become today's: one pure, total function per step from one major version to the next.
//!
//! Minor versions are additive and need no step: missing fields read as their defaults.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

/// Turns a payload of one major version into one of another. Pure and total.
pub type Upcast = fn(Value) -> Value;

/// The steps from every old major version to today's.
#[derive(Default)]
pub struct Upcasters {
    /// By event type and old major version: the next major version, and how to get there.
    edges: BTreeMap<(&'static str, u32), (u32, Upcast)>,
    /// By event type: today's major version, where it is not 1.
    current: BTreeMap<&'static str, u32>,
}

/// An event cannot be brought to today's version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpcastError {
    /// A stored version is not `major.minor`.
    #[error("{event_type} has the version {version}, which is not major.minor")]
    Version {
        /// Stored event type.
        event_type: String,
        /// Stored version.
        version: String,
    },
    /// A step is missing.
    #[error("no upcaster leads from {event_type} {from} to {to}")]
    Missing {
        /// Stored event type.
        event_type: String,
        /// Major version that has no step.
        from: u32,
        /// Today's major version.
        to: u32,
    },
}

impl fmt::Debug for Upcasters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.edges.keys()).finish()
    }
}

impl Upcasters {
    /// No event has changed its shape yet.
    pub fn none() -> Self {
        Self::default()
    }

    /// Says which major version of an event type is today's.
    #[must_use]
    pub fn current(mut self, event_type: &'static str, major: u32) -> Self {
        self.current.insert(event_type, major);
        self
    }

    /// Adds a step.
    #[must_use]
    pub fn edge(mut self, event_type: &'static str, from: u32, to: u32, upcast: Upcast) -> Self {
        self.edges.insert((event_type, from), (to, upcast));
        self
    }

    /// Checks that every old version of every event type leads to today's.
    ///
    /// # Errors
    /// The first missing step.
    pub fn check(&self) -> Result<(), UpcastError> {
        self.current.iter().try_for_each(|(event_type, current)| {
            (1..*current).try_for_each(|major| self.walk(event_type, major, |_step| ()))
        })
    }

    /// Brings a payload to today's version.
    ///
    /// # Errors
    /// When the version is none, or no step leads on from it.
    pub fn upcast(
        &self,
        event_type: &str,
        version: &str,
        payload: Value,
    ) -> Result<Value, UpcastError> {
        let major = major(version).ok_or_else(|| UpcastError::Version {
            event_type: event_type.to_owned(),
            version: version.to_owned(),
        })?;
        let mut payload = payload;
        self.walk(event_type, major, |step| {
            payload = step(std::mem::take(&mut payload));
        })?;
        Ok(payload)
    }

    fn walk(
        &self,
        event_type: &str,
        from: u32,
        mut visit: impl FnMut(Upcast),
    ) -> Result<(), UpcastError> {
        let to = self.current.get(event_type).copied().unwrap_or(1);
        let missing = |from| UpcastError::Missing {
            event_type: event_type.to_owned(),
            from,
            to,
        };
        let mut major = from;
        while major != to {
            // Steps lead upwards only, so the walk ends.
            let (next, step) = self
                .step(event_type, major)
                .filter(|(next, _)| *next > major)
                .ok_or_else(|| missing(major))?;
            visit(step);
            major = next;
        }
        Ok(())
    }

    fn step(&self, event_type: &str, major: u32) -> Option<(u32, Upcast)> {
        self.edges
            .iter()
            .find(|((name, from), _)| *name == event_type && *from == major)
            .map(|(_, edge)| *edge)
    }
}

fn major(version: &str) -> Option<u32> {
    let (major, minor) = version.split_once('.')?;
    let _minor: u32 = minor.parse().ok()?;
    major.parse().ok()
}

#[cfg(test)]
mod tests;
