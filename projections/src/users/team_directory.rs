//! One row per team, kept by the projector of [`super::user_directory`].

use std::collections::BTreeMap;

use cartera_domain::Decider as _;
use cartera_domain::ids::{TeamId, TeamTreeId, TypedId, UserId};
use cartera_domain::users::{Team, TeamTree, TeamTreeEvent};
use cartera_domain::values::Line;
use cartera_journal::Recorded;
use chrono::NaiveDate;
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::user_directory::UserDirectory;
use crate::filter;
use crate::page::{List, Order, SortColumn, SortKind, SortValue};
use crate::projector::{ProjectionError, Projector, version_of};
use crate::search_text::searchable;

crate::table! {
    /// A team.
    TeamItem in "team_directory", key (id), group tree {
        /// The team.
        id: TeamId,
        /// The tree of teams.
        tree: TeamTreeId,
        /// Version of the tree's stream, the same in all teams.
        version: i64,
        /// Its name.
        name: String,
        /// The team above it.
        parent: Option<TeamId>,
        /// Who leads it.
        manager: Option<UserId>,
        /// The office or region that was said of it itself.
        office: Option<String>,
        /// The office or region it works from: its own, else that of the nearest team above that has one.
        works_at: Option<String>,
        /// The team and those above it, from below; of a disbanded one as it was.
        path: Vec<TeamId>,
        /// It is no more.
        disbanded: bool,
        /// The day on which it was formed.
        formed_on: NaiveDate,
        /// The name by which teams are sorted.
        name_key: String,
    }
}

/// Takes an event of the tree into its rows, by the domain's own rule.
pub(super) fn take_in(
    rows: &mut Vec<TeamItem>,
    recorded: &Recorded,
    event: &TeamTreeEvent,
) -> Result<(), ProjectionError> {
    let mut tree = before(rows)
        .ok_or_else(|| ProjectionError::inconsistent(recorded, "the teams' rows do not read"))?;
    tree.evolve(event.clone());
    for row in rows.iter_mut() {
        row.disbanded = !tree.teams.contains_key(&row.id);
        row.version = version_of(recorded);
    }
    for (id, team) in &tree.teams {
        let formed_on = rows
            .iter()
            .find(|row| row.id == *id)
            .map_or(recorded.metadata.business_date, |row| row.formed_on);
        let item = item(*id, team, &tree, recorded, formed_on);
        match rows.iter_mut().find(|row| row.id == *id) {
            Some(row) => *row = item,
            None => rows.push(item),
        }
    }
    Ok(())
}

/// The tree as its rows say.
fn before(rows: &[TeamItem]) -> Option<TeamTree> {
    let teams: Option<BTreeMap<TeamId, Team>> = rows
        .iter()
        .filter(|row| !row.disbanded)
        .map(|row| {
            let office = match &row.office {
                Some(office) => Some(Line::parse(office).ok()?),
                None => None,
            };
            let team = Team {
                name: Line::parse(&row.name).ok()?,
                parent: row.parent,
                manager: row.manager,
                office,
            };
            Some((row.id, team))
        })
        .collect();
    Some(TeamTree { teams: teams? })
}

fn item(
    id: TeamId,
    team: &Team,
    tree: &TeamTree,
    recorded: &Recorded,
    formed_on: NaiveDate,
) -> TeamItem {
    let Team {
        name,
        parent,
        manager,
        office,
    } = team;
    let path = tree.path(id);
    let office_of = |team: &TeamId| tree.teams.get(team)?.office.as_ref().map(Line::to_string);
    TeamItem {
        id,
        tree: TeamTreeId::from_uuid(recorded.aggregate_id),
        version: version_of(recorded),
        name: name.to_string(),
        parent: *parent,
        manager: *manager,
        office: office.as_ref().map(Line::to_string),
        works_at: path.iter().find_map(office_of),
        path,
        disbanded: false,
        formed_on,
        name_key: searchable(name.as_str()),
    }
}

/// Which teams are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TeamFilter {
    /// Disbanded or not; both when nothing is said.
    pub disbanded: Option<bool>,
    /// Right below this team.
    pub parent: Option<TeamId>,
}

/// The orders in which teams can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TeamOrder {
    /// By name, without accents and case.
    #[default]
    Name,
}

impl Order for TeamOrder {
    type Row = TeamItem;

    fn column(self) -> SortColumn {
        match self {
            Self::Name => SortColumn::required("name_key", SortKind::Text),
        }
    }

    fn value(self, team: &TeamItem) -> SortValue {
        match self {
            Self::Name => team.name_key.as_str().into(),
        }
    }
}

impl List for TeamFilter {
    type Row = TeamItem;
    type Order = TeamOrder;
    const READ_MODEL: &'static str = UserDirectory::NAME;
    const OWNER: Option<&'static str> = None;

    fn id(team: &TeamItem) -> Uuid {
        team.id.as_uuid()
    }

    fn push_filter(&self, sql: &mut QueryBuilder<'_, Postgres>) {
        let Self { disbanded, parent } = self;
        filter::is(sql, "disbanded", disbanded.as_ref());
        filter::is(sql, "parent", parent.as_ref());
    }
}
