//! The decisions about the tree of teams.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decider::{Decider, event_sourced};
use crate::ids::{TeamId, TeamTreeId, UserId};
use crate::values::Line;

use super::TeamTreeCommand::{
    AppointTeamManager, ChangeTeamOffice, DisbandTeam, FormTeam, MoveTeam, RenameTeam,
};
use super::TeamTreeEvent::{
    TeamDisbanded, TeamFormed, TeamManagerAppointed, TeamMoved, TeamOfficeChanged, TeamRenamed,
};
use super::{TeamTreeCommand, TeamTreeError, TeamTreeEvent};

/// The company's tree of teams.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TeamTree {
    /// The teams that are there.
    pub teams: BTreeMap<TeamId, Team>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Team {
    /// Its name.
    pub name: Line,
    /// The team above it.
    pub parent: Option<TeamId>,
    /// Who leads it.
    pub manager: Option<UserId>,
    /// The office or region it works from.
    pub office: Option<Line>,
}

event_sourced!(TeamTree, TeamTreeEvent, TeamTree);

impl Decider for TeamTree {
    const TYPE: &'static str = "team_tree";
    type Id = TeamTreeId;
    type Command = TeamTreeCommand;
    type Event = TeamTreeEvent;
    type Error = TeamTreeError;

    fn decide(&self, command: TeamTreeCommand) -> Result<Vec<TeamTreeEvent>, TeamTreeError> {
        match command {
            FormTeam {
                team,
                name,
                parent,
                manager,
                office,
            } => self.form(
                team,
                Team {
                    name,
                    parent,
                    manager,
                    office,
                },
            ),
            RenameTeam { team, name } if self.get(team)?.name == name => Ok(vec![]),
            RenameTeam { team, name } => self.rename(team, name),
            MoveTeam { team, parent } if self.get(team)?.parent == parent => Ok(vec![]),
            MoveTeam { team, parent } => self.relocate(team, parent),
            AppointTeamManager { team, manager } if self.get(team)?.manager == manager => {
                Ok(vec![])
            }
            AppointTeamManager { team, manager } => {
                Ok(vec![TeamManagerAppointed { team, manager }])
            }
            ChangeTeamOffice { team, office } if self.get(team)?.office == office => Ok(vec![]),
            ChangeTeamOffice { team, office } => Ok(vec![TeamOfficeChanged { team, office }]),
            DisbandTeam { team } => self.disband(team),
        }
    }

    fn evolve(&mut self, event: TeamTreeEvent) {
        match event {
            TeamFormed {
                team,
                name,
                parent,
                manager,
                office,
            } => {
                self.teams.insert(
                    team,
                    Team {
                        name,
                        parent,
                        manager,
                        office,
                    },
                );
            }
            TeamRenamed { team, name } => self.change(team, |known| known.name = name),
            TeamMoved { team, parent } => self.change(team, |known| known.parent = parent),
            TeamManagerAppointed { team, manager } => {
                self.change(team, |known| known.manager = manager);
            }
            TeamOfficeChanged { team, office } => self.change(team, |known| known.office = office),
            TeamDisbanded { team } => {
                self.teams.remove(&team);
            }
        }
    }
}

impl TeamTree {
    /// A team and those above it, from below; ends where a team above is not there.
    pub fn path(&self, team: TeamId) -> Vec<TeamId> {
        let mut path = vec![];
        let mut next = Some(team);
        while let Some(team) = next.filter(|team| !path.contains(team)) {
            let Some(known) = self.teams.get(&team) else {
                break;
            };
            path.push(team);
            next = known.parent;
        }
        path
    }

    /// A team and all those below it.
    pub fn subtree(&self, team: TeamId) -> Vec<TeamId> {
        self.teams
            .keys()
            .copied()
            .filter(|below| self.path(*below).contains(&team))
            .collect()
    }

    fn get(&self, team: TeamId) -> Result<&Team, TeamTreeError> {
        self.teams.get(&team).ok_or(TeamTreeError::TeamUnknown)
    }

    fn change(&mut self, team: TeamId, change: impl FnOnce(&mut Team)) {
        if let Some(known) = self.teams.get_mut(&team) {
            change(known);
        }
    }

    fn refuse_taken_name(&self, name: &Line) -> Result<(), TeamTreeError> {
        let wanted = name.as_str().to_lowercase();
        let taken = self
            .teams
            .values()
            .any(|known| known.name.as_str().to_lowercase() == wanted);
        if taken {
            Err(TeamTreeError::NameTaken)
        } else {
            Ok(())
        }
    }

    fn form(&self, team: TeamId, wanted: Team) -> Result<Vec<TeamTreeEvent>, TeamTreeError> {
        match self.teams.get(&team) {
            Some(known) if *known == wanted => return Ok(vec![]),
            Some(_) => return Err(TeamTreeError::AlreadyFormed),
            None => {}
        }
        self.refuse_taken_name(&wanted.name)?;
        if let Some(parent) = wanted.parent {
            self.get(parent)?;
        }
        let Team {
            name,
            parent,
            manager,
            office,
        } = wanted;
        Ok(vec![TeamFormed {
            team,
            name,
            parent,
            manager,
            office,
        }])
    }

    fn rename(&self, team: TeamId, name: Line) -> Result<Vec<TeamTreeEvent>, TeamTreeError> {
        let same_but_for_case =
            self.get(team)?.name.as_str().to_lowercase() == name.as_str().to_lowercase();
        if !same_but_for_case {
            self.refuse_taken_name(&name)?;
        }
        Ok(vec![TeamRenamed { team, name }])
    }

    fn relocate(
        &self,
        team: TeamId,
        parent: Option<TeamId>,
    ) -> Result<Vec<TeamTreeEvent>, TeamTreeError> {
        if let Some(parent) = parent {
            self.get(parent)?;
            if self.path(parent).contains(&team) {
                return Err(TeamTreeError::Circle);
            }
        }
        Ok(vec![TeamMoved { team, parent }])
    }

    fn disband(&self, team: TeamId) -> Result<Vec<TeamTreeEvent>, TeamTreeError> {
        self.get(team)?;
        if self.teams.values().any(|other| other.parent == Some(team)) {
            return Err(TeamTreeError::HasTeamsBelow);
        }
        Ok(vec![TeamDisbanded { team }])
    }
}

#[cfg(test)]
mod tests;
