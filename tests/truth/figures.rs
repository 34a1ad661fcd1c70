//! Asks a company for figures, and names the groups as the data's own files do.

use std::collections::{BTreeMap, HashMap};

use cartera_domain::Viewer;
use cartera_domain::ids::{ClientId, TypedId, UserId};
use cartera_domain::permission::Role;
use cartera_projections::reports::{
    AsOf, Basis, Cell, Filter, GroupValue, Grouping, Metric, Period, ReportRequest, report,
};
use chrono::{Datelike, NaiveDate};
use serde_json::Value;
use uuid::Uuid;

use crate::company::Company;

/// Stands for a group without a value, as in the truth files.
pub(crate) const NOTHING: &str = "(empty)";

/// What is asked: figures, by what, of which days.
pub(crate) struct Question<'a> {
    company: &'a Company,
    names: &'a Names,
    request: ReportRequest,
}

/// Names of the things by which figures are told apart.
pub(crate) struct Names(HashMap<Uuid, String>);

/// What was answered: a row per group.
#[derive(Debug)]
pub(crate) struct Table {
    metrics: Vec<String>,
    rows: BTreeMap<Vec<String>, Vec<Cell>>,
    totals: Vec<Cell>,
}

/// What products and clients are called in a data set.
pub(crate) struct Called {
    /// Column of the list of products.
    pub(crate) product: &'static str,
    /// Column of the list of clients.
    pub(crate) client: &'static str,
}

impl Names {
    pub(crate) async fn of(company: &Company, called: &Called) -> Self {
        let Called { product, client } = called;
        let statement = format!(
            "SELECT id, name FROM user_directory UNION ALL SELECT id, name FROM catalogue_entries
             UNION ALL SELECT id, name FROM pipeline_stages UNION ALL SELECT id, {product} FROM product_catalog
             UNION ALL SELECT id, {client} FROM client_list"
        );
        let named: Vec<(Uuid, Option<String>)> = sqlx::query_as(&statement)
            .fetch_all(company.reads.pool())
            .await
            .unwrap();
        let named = named.into_iter();
        Self(named.filter_map(|(id, name)| Some((id, name?))).collect())
    }

    fn text(&self, grouping: Grouping, value: &GroupValue) -> String {
        match value {
            GroupValue::Missing => NOTHING.to_owned(),
            GroupValue::Text(text) => text.clone(),
            GroupValue::Id(id) => self.0.get(id).cloned().unwrap_or_else(|| id.to_string()),
            GroupValue::Day(day) => match grouping {
                Grouping::FiscalYear => day.format("%Y").to_string(),
                Grouping::Quarter => format!("{}-Q{}", day.year(), day.month0() / 3 + 1),
                Grouping::Month => day.format("%Y-%m").to_string(),
                Grouping::Day
                | Grouping::Owner
                | Grouping::Team
                | Grouping::Manager
                | Grouping::Office
                | Grouping::Channel
                | Grouping::Product
                | Grouping::ProductFamily
                | Grouping::Sector
                | Grouping::Stage
                | Grouping::Client
                | Grouping::Pipeline => day.to_string(),
            },
        }
    }

    /// The ids of clients that are called so.
    pub(crate) fn clients(&self, names: impl IntoIterator<Item = String>) -> Filter {
        let names: Vec<String> = names.into_iter().collect();
        let found = self.0.iter().filter(|(_, name)| names.contains(name));
        Filter::Client(
            found
                .map(|(id, _)| Some(ClientId::from_uuid(*id)))
                .collect(),
        )
    }
}

impl<'a> Question<'a> {
    /// These figures, over all that is known.
    pub(crate) fn of(company: &'a Company, names: &'a Names, metrics: &[&str]) -> Self {
        let metrics: Vec<Metric> = metrics.iter().map(|name| name.parse().unwrap()).collect();
        // The data ends years before; nothing is in progress.
        let request = ReportRequest::new(metrics, day("2026-01-01"));
        Self {
            company,
            names,
            request,
        }
    }

    pub(crate) fn by(mut self, groupings: &[&str]) -> Self {
        self.request.group_by = groupings.iter().map(|name| name.parse().unwrap()).collect();
        self
    }

    /// From the first to the last day.
    pub(crate) fn between(mut self, from: &str, to: &str) -> Self {
        self.request.period = Some(Period {
            from: day(from),
            to: day(to),
        });
        self
    }

    pub(crate) fn compared(mut self, basis: Basis) -> Self {
        self.request.compared_years = 1;
        self.request.basis = basis;
        self
    }

    pub(crate) fn cumulative(mut self) -> Self {
        self.request.cumulative = true;
        self
    }

    pub(crate) fn at_end_of(mut self, last: &str) -> Self {
        self.request.as_of = Some(AsOf::Day(day(last)));
        self
    }

    pub(crate) fn only(mut self, filter: Filter) -> Self {
        self.request.filters.push(filter);
        self
    }

    pub(crate) async fn ask(self) -> Table {
        let viewer = Viewer {
            user: UserId::from_uuid(Uuid::nil()),
            role: Role::Director,
            teams: vec![],
            members: vec![],
        };
        let answer = report(&self.company.reads, &viewer, &self.request).await;
        let answer = answer.unwrap_or_else(|error| panic!("{:?}: {error}", self.request));
        let rows = answer.rows.into_iter().map(|row| {
            let groups = self.request.group_by.iter().zip(&row.group);
            let names = groups.map(|(grouping, value)| self.names.text(*grouping, value));
            (names.collect(), row.cells)
        });
        let metrics = self.request.metrics.iter();
        Table {
            metrics: metrics
                .map(|metric| <&str>::from(metric).to_owned())
                .collect(),
            rows: rows.collect(),
            totals: answer.totals,
        }
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

impl Table {
    /// A figure of a group.
    pub(crate) fn figure(&self, group: &[&str], metric: &str) -> Option<String> {
        let group: Vec<String> = group.iter().map(|&name| name.to_owned()).collect();
        self.cell(self.rows.get(&group)?, metric)
            .value
            .map(|value| value.to_string())
    }

    /// A figure over all groups.
    pub(crate) fn total(&self, metric: &str) -> Option<String> {
        self.cell(&self.totals, metric)
            .value
            .map(|value| value.to_string())
    }

    /// By how many per cent a figure of a group changed since the year before.
    pub(crate) fn change(&self, group: &[&str], metric: &str) -> Option<String> {
        let group: Vec<String> = group.iter().map(|&name| name.to_owned()).collect();
        let cell = self.cell(self.rows.get(&group)?, metric);
        cell.compared
            .first()?
            .change_percent
            .map(|value| value.to_string())
    }

    /// A figure over all groups in the year before, and by how many per cent it changed since.
    pub(crate) fn total_before(&self, metric: &str) -> (Option<String>, Option<String>) {
        let then = self.cell(&self.totals, metric).compared.first();
        let text = |value: Option<rust_decimal::Decimal>| value.map(|value| value.to_string());
        (
            then.and_then(|then| text(then.value)),
            then.and_then(|then| text(then.change_percent)),
        )
    }

    /// The same with groups named in lower case, as they are when case makes no difference.
    pub(crate) fn in_lower_case(mut self) -> Self {
        let rows = self.rows.into_iter();
        let lower = |group: Vec<String>| group.iter().map(|name| name.to_lowercase()).collect();
        self.rows = rows.map(|(group, cells)| (lower(group), cells)).collect();
        self
    }

    /// The same without a group.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.rows.remove([name.to_owned()].as_slice());
        self
    }

    /// The groups' names.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &[String]> {
        self.rows.keys().map(Vec::as_slice)
    }

    fn cell<'t>(&self, cells: &'t [Cell], metric: &str) -> &'t Cell {
        let place = self.metrics.iter().position(|name| name == metric);
        &cells[place.unwrap_or_else(|| panic!("{metric} was asked for"))]
    }
}

/// Compares figures, and says all that differ at once.
pub(crate) struct Comparison {
    compared: usize,
    wrong: Vec<String>,
}

impl Comparison {
    pub(crate) fn new() -> Self {
        Self {
            compared: 0,
            wrong: vec![],
        }
    }

    /// A figure of the truth file, or what stands for it there, and the same figure as we say it.
    pub(crate) fn same(&mut self, what: impl AsRef<str>, expected: &Value, found: Option<String>) {
        self.compared += 1;
        let (expected, found) = (number(expected), found.map(|found| number(&found.into())));
        if Some(&expected) != found.as_ref() && !(expected.is_null() && found.is_none()) {
            let what = what.as_ref();
            self.wrong
                .push(format!("{what}: {expected} in truth, {found:?} here"));
        }
    }

    /// Every group of the truth file, `{group: {name there: figure}}`, with the figures named as there; groups that it does
    /// not have have zeros only.
    pub(crate) fn groups(
        &mut self,
        what: &str,
        expected: &Value,
        table: &Table,
        named: &[(&str, &str)],
    ) {
        let groups = expected
            .as_object()
            .unwrap_or_else(|| panic!("{what} has groups"));
        for (group, figures) in groups {
            for (there, metric) in named {
                let figure = figures.get(there).unwrap_or(figures);
                let found = table.figure(&[group], metric);
                self.same(format!("{what} {group} {metric}"), figure, found);
            }
        }
        let further = table
            .groups()
            .filter(|group| !groups.contains_key(&group[0]));
        for group in further {
            self.nothing(what, table, &group[0], named);
        }
    }

    /// A group that the truth file does not have.
    fn nothing(&mut self, what: &str, table: &Table, group: &str, named: &[(&str, &str)]) {
        for (_, metric) in named {
            let found = table.figure(&[group], metric);
            if found
                .as_ref()
                .is_some_and(|found| number(&found.clone().into()) != "0")
            {
                self.wrong.push(format!(
                    "{what} {group} {metric}: none in truth, {found:?} here"
                ));
            }
        }
    }

    /// Ends the comparison, which had at least so many figures.
    pub(crate) fn end(self, at_least: usize) {
        let Self { compared, wrong } = self;
        let shown = wrong
            .iter()
            .take(60)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n");
        assert!(
            wrong.is_empty(),
            "{} of {compared} figures differ:\n{shown}",
            wrong.len()
        );
        assert!(
            compared >= at_least,
            "only {compared} figures were compared"
        );
    }
}

/// The same number is written in the same way; what is no number stays.
fn number(value: &Value) -> Value {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return value.clone(),
    };
    text.parse::<rust_decimal::Decimal>().map_or_else(
        |_no_number| text.clone().into(),
        |number| number.normalize().to_string().into(),
    )
}

/// The truth file of a data set.
pub(crate) fn truth(folder: &str) -> Value {
    let path = crate::company::shared()
        .unwrap()
        .join(folder)
        .join("truth.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
