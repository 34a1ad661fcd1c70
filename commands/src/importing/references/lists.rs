//! Channels and teams, which are short lists of one stream each.

use std::collections::BTreeSet;

use cartera_domain::ids::{CatalogueId, ChannelId, Singleton, TeamId, TeamTreeId};
use cartera_domain::settings::{Catalogue, CatalogueCommand};
use cartera_domain::users::{TeamTree, TeamTreeCommand};
use cartera_domain::values::{Line, Occurred};

use crate::bus::Freshness;
use crate::draft::Draft;
use crate::error::CommandError;
use crate::files::Row;
use crate::importing::layout::Layout;
use crate::importing::profile::{Created, Field};

use super::References;

impl References<'_> {
    pub(super) async fn load_catalogue(&mut self) -> Result<(), CommandError> {
        let catalogue = self
            .bus
            .load::<Catalogue>(CatalogueId::the(), Freshness::Fresh)
            .await?;
        let used = catalogue
            .state()
            .channels
            .iter()
            .filter(|(_, entry)| !entry.retired);
        self.channels = used
            .map(|(id, entry)| (entry.name.as_str().to_lowercase(), *id))
            .collect();
        Ok(())
    }

    pub(super) async fn load_teams(&mut self) -> Result<(), CommandError> {
        let tree = self
            .bus
            .load::<TeamTree>(TeamTreeId::the(), Freshness::Fresh)
            .await?;
        self.teams = tree
            .state()
            .teams
            .iter()
            .map(|(id, team)| (team.name.as_str().to_lowercase(), *id))
            .collect();
        Ok(())
    }

    pub(super) async fn channels_of(
        &mut self,
        names: BTreeSet<String>,
    ) -> Result<(), CommandError> {
        let missing: Vec<String> = names
            .into_iter()
            .filter(|name| self.channel(name).is_none())
            .collect();
        if missing.is_empty() || !self.may_create(Created::Channels) {
            return Ok(());
        }
        let mut stream = self
            .bus
            .load::<Catalogue>(CatalogueId::the(), Freshness::Fresh)
            .await?;
        for name in &missing {
            if self.channel(name).is_some() {
                continue;
            }
            let channel: ChannelId = self.bus.ids().mint();
            let Ok(line) = Line::parse(name) else {
                continue;
            };
            stream.decide(
                self.envelope,
                CatalogueCommand::AddChannel {
                    channel,
                    name: line,
                },
                Occurred::Now,
            )?;
            self.channels.insert(name.to_lowercase(), channel);
        }
        self.commit(
            &format!("channels\u{1f}{}", missing.join("\u{1f}")),
            Draft::default().with(stream),
        )
        .await
    }

    pub(super) async fn teams_of(
        &mut self,
        layout: &Layout,
        rows: &[&Row],
    ) -> Result<(), CommandError> {
        if !self.may_create(Created::Teams) {
            return Ok(());
        }
        let mut stream = self
            .bus
            .load::<TeamTree>(TeamTreeId::the(), Freshness::Fresh)
            .await?;
        let mut formed = Vec::new();
        for row in rows {
            let Some(name) = layout.text(row, Field::Team) else {
                continue;
            };
            if self.team(&name).is_some() {
                continue;
            }
            let (team, Ok(named)): (TeamId, _) = (self.bus.ids().mint(), Line::parse(&name)) else {
                continue;
            };
            let manager = layout
                .text(row, Field::TeamManager)
                .and_then(|key| self.user(&key))
                .map(|(user, _)| user);
            let office = layout
                .text(row, Field::Office)
                .and_then(|office| Line::parse(&office).ok());
            let command = TeamTreeCommand::FormTeam {
                team,
                name: named,
                parent: None,
                manager,
                office,
            };
            stream.decide(self.envelope, command, Occurred::Now)?;
            self.teams.insert(name.to_lowercase(), team);
            formed.push(name);
        }
        if formed.is_empty() {
            return Ok(());
        }
        self.commit(
            &format!("teams\u{1f}{}", formed.join("\u{1f}")),
            Draft::default().with(stream),
        )
        .await
    }
}
