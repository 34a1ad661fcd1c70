//! The tree of teams through time: which teams stood above a team on a day, who led it, and from which office it worked.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use super::sales_facts::moment::BEGINNING;

/// How a team stood from a day on, until the next one begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TeamSpan {
    /// The team.
    pub(super) team: Uuid,
    /// First day.
    pub(super) from: NaiveDate,
    /// First day of the next span; none follows.
    pub(super) next: Option<NaiveDate>,
    /// The team and those above it, from below.
    pub(super) path: Vec<Uuid>,
    /// Who led it, or the next above that was led.
    pub(super) manager: Option<Uuid>,
    /// From where it worked, or the next above that has an office.
    pub(super) office: Option<String>,
}

/// A change of a team, in the order of the log.
#[derive(Debug, Clone)]
struct Change {
    team: Uuid,
    from_day: NaiveDate,
    parent: Option<Uuid>,
    manager: Option<Uuid>,
    office: Option<String>,
}

/// Reads how all teams stood at all times, as it was known at a position.
pub(super) async fn load(
    connection: &mut PgConnection,
    known_at: Option<i64>,
) -> Result<Vec<TeamSpan>, sqlx::Error> {
    let changes = sqlx::query_as!(
        Change,
        r#"SELECT team AS "team!", from_day AS "from_day!", parent, manager, office
           FROM team_changes WHERE $1::bigint IS NULL OR position <= $1 ORDER BY position"#,
        known_at
    )
    .fetch_all(connection)
    .await?;
    Ok(spans(&changes))
}

fn spans(changes: &[Change]) -> Vec<TeamSpan> {
    let mut of_team: BTreeMap<Uuid, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        of_team.entry(change.team).or_default().push(change);
    }
    let days: BTreeSet<NaiveDate> = changes.iter().map(|change| change.from_day).collect();
    let mut spans: Vec<TeamSpan> = vec![];
    for team in of_team.keys() {
        let mut last: Option<TeamSpan> = None;
        for day in &days {
            let next = stood(&of_team, *team, *day);
            match &mut last {
                Some(last) if last.is_like(&next) => {}
                Some(known) => {
                    known.next = Some(*day);
                    spans.extend(last.replace(next));
                }
                // What is first known holds for the time before it.
                None => {
                    last = Some(TeamSpan {
                        from: BEGINNING.day,
                        ..next
                    });
                }
            }
        }
        spans.extend(last);
    }
    spans
}

/// How a team stood on a day; the first day known stands for all before it.
fn stood(of_team: &BTreeMap<Uuid, Vec<&Change>>, team: Uuid, day: NaiveDate) -> TeamSpan {
    let mut path = vec![];
    let mut next = Some(team);
    while let Some(above) = next.filter(|above| !path.contains(above)) {
        path.push(above);
        next = of_team.get(&above).and_then(|changes| {
            let known = changes.iter().rev().find(|change| change.from_day <= day);
            known
                .or_else(|| changes.first())
                .and_then(|change| change.parent)
        });
    }
    let from_path = |value: fn(&Change) -> Option<&Uuid>| {
        path.iter()
            .find_map(|above| known(of_team.get(above)?, day, value))
            .copied()
    };
    TeamSpan {
        team,
        from: day,
        next: None,
        manager: from_path(|change| change.manager.as_ref()),
        office: path
            .iter()
            .find_map(|above| known(of_team.get(above)?, day, |change| change.office.as_ref()))
            .cloned(),
        path,
    }
}

/// A value as it was known on a day; before the first one known, that one.
fn known<'a, T>(
    changes: &[&'a Change],
    day: NaiveDate,
    value: fn(&'a Change) -> Option<&'a T>,
) -> Option<&'a T> {
    let mut before = changes
        .iter()
        .filter(|change| change.from_day <= day)
        .peekable();
    if before.clone().any(|change| value(change).is_some()) {
        before.next_back().and_then(|change| value(change))
    } else {
        changes.iter().find_map(|change| value(change))
    }
}

impl TeamSpan {
    fn is_like(&self, other: &Self) -> bool {
        self.path == other.path && self.manager == other.manager && self.office == other.office
    }
}

#[cfg(test)]
mod tests;
