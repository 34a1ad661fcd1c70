//! Which facts are counted: those on which something happened, that the viewer sees, that the filters let through.

use cartera_domain::ids::{TeamId, TypedId};
use cartera_domain::permission::Reach;
use uuid::Uuid;

use super::{Composer, Sql};
use crate::reports::grouping::Grouping;
use crate::reports::measures::Measure;
use crate::reports::plan::Source;
use crate::reports::request::Filter;

impl Composer<'_> {
    /// Leaves out sums of days on which nothing of what is asked for happened, as there would be no fact either.
    pub(super) fn with_something(&self, sql: &mut Sql<'static>) {
        let opens = self.measures.contains(&Measure::Opened);
        let closes = self
            .measures
            .iter()
            .any(|measure| *measure != Measure::Opened);
        match (self.source, opens, closes) {
            (Source::Facts(_) | Source::CycleDays, _, _) | (_, true, true) => {}
            (_, true, false) => {
                sql.push(" AND f.opened > 0");
            }
            (_, false, _) => {
                sql.push(" AND f.won + f.lost + f.cancelled > 0");
            }
        }
    }

    /// What the viewer sees: the own figures, those of the own teams of then, those of nobody.
    pub(super) fn visible(&self, sql: &mut Sql<'static>) {
        let user = self.viewer.user.as_uuid();
        match self.viewer.reach() {
            Reach::Company => {}
            Reach::Own => {
                sql.push(" AND f.owner = ").push_bind(user);
            }
            Reach::Team => {
                sql.push(" AND (f.owner = ").push_bind(user);
                sql.push(" OR ").push(self.owner()).push(" IS NULL");
                sql.push(" OR EXISTS (SELECT FROM seen WHERE seen.team = ")
                    .push(self.team());
                sql.push(" AND seen.from_day <= coalesce(f.day, ")
                    .push_bind(self.plan.request.today);
                sql.push(") AND (seen.next_day IS NULL OR seen.next_day > coalesce(f.day, ");
                sql.push_bind(self.plan.request.today).push("))))");
            }
        }
    }

    pub(super) fn filters(&self, sql: &mut Sql<'static>) {
        for filter in &self.plan.request.filters {
            match filter {
                Filter::Owner(values) => self.one_of(sql, Grouping::Owner, ids(values)),
                Filter::Team(values) => self.below(sql, values),
                Filter::Manager(values) => self.one_of(sql, Grouping::Manager, ids(values)),
                Filter::Office(values) => self.one_of(sql, Grouping::Office, texts(values)),
                Filter::Channel(values) => self.one_of(sql, Grouping::Channel, ids(values)),
                Filter::Product(values) => self.one_of(sql, Grouping::Product, ids(values)),
                Filter::ProductFamily(values) => {
                    self.one_of(sql, Grouping::ProductFamily, texts(values));
                }
                Filter::Sector(values) => self.one_of(sql, Grouping::Sector, texts(values)),
                Filter::Stage(values) => self.one_of(sql, Grouping::Stage, ids(values)),
                Filter::Client(values) => self.one_of(sql, Grouping::Client, ids(values)),
                Filter::Pipeline(values) => self.one_of(sql, Grouping::Pipeline, ids(values)),
            }
        }
    }

    fn one_of(&self, sql: &mut Sql<'static>, grouping: Grouping, wanted: Wanted) {
        sql.push(" AND (");
        self.group(sql, grouping);
        sql.push(" = ANY(");
        match wanted.values {
            Values::Ids(ids) => sql.push_bind(ids),
            Values::Texts(texts) => sql.push_bind(texts),
        };
        sql.push(")");
        if wanted.or_missing {
            sql.push(" OR ");
            self.group(sql, grouping);
            sql.push(" IS NULL");
        }
        sql.push(")");
    }

    fn below(&self, sql: &mut Sql<'static>, wanted: &[Option<TeamId>]) {
        let teams: Vec<Uuid> = wanted.iter().flatten().map(|team| team.as_uuid()).collect();
        sql.push(" AND (d.path && ").push_bind(teams.clone());
        // A team that nobody formed is still itself.
        sql.push(" OR ")
            .push(self.team())
            .push(" = ANY(")
            .push_bind(teams)
            .push(")");
        if wanted.iter().any(Option::is_none) {
            sql.push(" OR ").push(self.team()).push(" IS NULL");
        }
        sql.push(")");
    }
}

/// The values of a filter, ready to be bound.
struct Wanted {
    values: Values,
    or_missing: bool,
}

enum Values {
    Ids(Vec<Uuid>),
    Texts(Vec<String>),
}

fn ids<T: TypedId>(values: &[Option<T>]) -> Wanted {
    Wanted {
        values: Values::Ids(values.iter().flatten().map(|id| id.as_uuid()).collect()),
        or_missing: values.iter().any(Option::is_none),
    }
}

fn texts(values: &[Option<String>]) -> Wanted {
    Wanted {
        values: Values::Texts(values.iter().flatten().cloned().collect()),
        or_missing: values.iter().any(Option::is_none),
    }
}
