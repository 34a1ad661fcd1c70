//! The decisions about the catalogue of channels and reasons.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decider::{Decider, event_sourced};
use crate::ids::{CatalogueId, ChannelId, ReasonId};
use crate::values::Line;

use super::CatalogueCommand::{
    AddChannel, AddReason, RenameChannel, RenameReason, RetireChannel, RetireReason,
};
use super::CatalogueEvent::{
    ChannelAdded, ChannelRenamed, ChannelRetired, ReasonAdded, ReasonRenamed, ReasonRetired,
};
use super::{CatalogueCommand, CatalogueError, CatalogueEvent, ReasonKind};

/// The company's channels and reasons.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// Channels, used or retired.
    pub channels: BTreeMap<ChannelId, Entry>,
    /// Reasons, used or retired, with what they explain.
    pub reasons: BTreeMap<ReasonId, (ReasonKind, Entry)>,
}

/// An entry of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name.
    pub name: Line,
    /// Used no more.
    pub retired: bool,
}

event_sourced!(Catalogue, CatalogueEvent, Catalogue);

impl Decider for Catalogue {
    const TYPE: &'static str = "catalogue";
    type Id = CatalogueId;
    type Command = CatalogueCommand;
    type Event = CatalogueEvent;
    type Error = CatalogueError;

    fn decide(&self, command: CatalogueCommand) -> Result<Vec<CatalogueEvent>, CatalogueError> {
        match command {
            AddChannel { channel, name } => self.add_channel(channel, name),
            RenameChannel { channel, name } => self.rename_channel(channel, name),
            RetireChannel { channel } if self.channel(channel)?.retired => Ok(vec![]),
            RetireChannel { channel } => Ok(vec![ChannelRetired { channel }]),
            AddReason { reason, kind, name } => self.add_reason(reason, kind, name),
            RenameReason { reason, name } => self.rename_reason(reason, name),
            RetireReason { reason } if self.reason(reason)?.1.retired => Ok(vec![]),
            RetireReason { reason } => Ok(vec![ReasonRetired { reason }]),
        }
    }

    fn evolve(&mut self, event: CatalogueEvent) {
        match event {
            ChannelAdded { channel, name } => {
                self.channels.insert(
                    channel,
                    Entry {
                        name,
                        retired: false,
                    },
                );
            }
            ChannelRenamed { channel, name } => {
                if let Some(entry) = self.channels.get_mut(&channel) {
                    entry.name = name;
                }
            }
            ChannelRetired { channel } => {
                if let Some(entry) = self.channels.get_mut(&channel) {
                    entry.retired = true;
                }
            }
            ReasonAdded { reason, kind, name } => {
                self.reasons.insert(
                    reason,
                    (
                        kind,
                        Entry {
                            name,
                            retired: false,
                        },
                    ),
                );
            }
            ReasonRenamed { reason, name } => {
                if let Some((_, entry)) = self.reasons.get_mut(&reason) {
                    entry.name = name;
                }
            }
            ReasonRetired { reason } => {
                if let Some((_, entry)) = self.reasons.get_mut(&reason) {
                    entry.retired = true;
                }
            }
        }
    }
}

impl Entry {
    fn clashes(&self, name: &Line) -> bool {
        !self.retired && self.name.as_str().to_lowercase() == name.as_str().to_lowercase()
    }
}

impl Catalogue {
    fn channel(&self, channel: ChannelId) -> Result<&Entry, CatalogueError> {
        self.channels
            .get(&channel)
            .ok_or(CatalogueError::ChannelUnknown)
    }

    fn reason(&self, reason: ReasonId) -> Result<&(ReasonKind, Entry), CatalogueError> {
        self.reasons
            .get(&reason)
            .ok_or(CatalogueError::ReasonUnknown)
    }

    fn add_channel(
        &self,
        channel: ChannelId,
        name: Line,
    ) -> Result<Vec<CatalogueEvent>, CatalogueError> {
        match self.channels.get(&channel) {
            Some(entry) if entry.name == name => return Ok(vec![]),
            Some(_) => return Err(CatalogueError::ChannelAlreadyAdded),
            None => {}
        }
        if self.channels.values().any(|entry| entry.clashes(&name)) {
            return Err(CatalogueError::NameTaken);
        }
        Ok(vec![ChannelAdded { channel, name }])
    }

    fn rename_channel(
        &self,
        channel: ChannelId,
        name: Line,
    ) -> Result<Vec<CatalogueEvent>, CatalogueError> {
        if self.channel(channel)?.name == name {
            return Ok(vec![]);
        }
        if self
            .channels
            .iter()
            .any(|(other, entry)| *other != channel && entry.clashes(&name))
        {
            return Err(CatalogueError::NameTaken);
        }
        Ok(vec![ChannelRenamed { channel, name }])
    }

    fn add_reason(
        &self,
        reason: ReasonId,
        kind: ReasonKind,
        name: Line,
    ) -> Result<Vec<CatalogueEvent>, CatalogueError> {
        match self.reasons.get(&reason) {
            Some((known, entry)) if *known == kind && entry.name == name => return Ok(vec![]),
            Some(_) => return Err(CatalogueError::ReasonAlreadyAdded),
            None => {}
        }
        if self
            .reasons
            .values()
            .any(|(known, entry)| *known == kind && entry.clashes(&name))
        {
            return Err(CatalogueError::NameTaken);
        }
        Ok(vec![ReasonAdded { reason, kind, name }])
    }

    fn rename_reason(
        &self,
        reason: ReasonId,
        name: Line,
    ) -> Result<Vec<CatalogueEvent>, CatalogueError> {
        let (kind, entry) = self.reason(reason)?;
        if entry.name == name {
            return Ok(vec![]);
        }
        if self.reasons.iter().any(|(other, (known, entry))| {
            *other != reason && known == kind && entry.clashes(&name)
        }) {
            return Err(CatalogueError::NameTaken);
        }
        Ok(vec![ReasonRenamed { reason, name }])
    }
}

#[cfg(test)]
mod tests;
