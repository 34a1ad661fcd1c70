//! Asks a company for figures over its public API, and names the groups as the data's own files do.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};

use crate::company::Company;

/// Stands for a group without a value, as in the truth files.
pub(crate) const NOTHING: &str = "(empty)";

/// What is asked: figures, by what, of which days.
pub(crate) struct Question<'a> {
    company: &'a Company,
    called: &'a Called,
    metrics: Vec<String>,
    groupings: Vec<String>,
    input: Value,
}

/// What was answered: a row per group.
#[derive(Debug)]
pub(crate) struct Table {
    metrics: Vec<String>,
    rows: BTreeMap<Vec<String>, Vec<Cell>>,
    totals: Vec<Cell>,
}

/// A figure, that of the year before, and by how many per cent it changed since.
#[derive(Debug, Clone, Default)]
struct Cell {
    value: Option<String>,
    before: Option<String>,
    change: Option<String>,
}

/// By which field products and clients are called in a data set.
pub(crate) struct Called {
    /// Field of a product.
    pub(crate) product: &'static str,
    /// Field of a client.
    pub(crate) client: &'static str,
}

/// How a basis of comparison is called in the API.
pub(crate) const LIKE_FOR_LIKE: &str = "LIKE_FOR_LIKE";
/// See [`LIKE_FOR_LIKE`].
pub(crate) const WHOLE_PERIODS: &str = "WHOLE_PERIODS";

impl<'a> Question<'a> {
    /// These figures, over all that is known.
    pub(crate) fn of(company: &'a Company, called: &'a Called, metrics: &[&str]) -> Self {
        let in_capitals: Vec<String> = metrics.iter().map(|name| name.to_uppercase()).collect();
        Self {
            company,
            called,
            metrics: metrics.iter().map(|&name| name.to_owned()).collect(),
            groupings: vec![],
            input: json!({ "metrics": in_capitals }),
        }
    }

    pub(crate) fn by(mut self, groupings: &[&str]) -> Self {
        self.groupings = groupings.iter().map(|name| name.to_uppercase()).collect();
        self.input["groupBy"] = json!(self.groupings);
        self
    }

    /// From the first to the last day.
    pub(crate) fn between(mut self, from: &str, to: &str) -> Self {
        self.input["period"] = json!({ "from": from, "to": to });
        self
    }

    pub(crate) fn compared(mut self, basis: &str) -> Self {
        self.input["comparedYears"] = json!(1);
        self.input["basis"] = json!(basis);
        self
    }

    pub(crate) fn cumulative(mut self) -> Self {
        self.input["cumulative"] = json!(true);
        self
    }

    pub(crate) fn at_end_of(mut self, last: &str) -> Self {
        self.input["asOf"] = json!(last);
        self
    }

    /// Only the clients with these keys in the system that they come from.
    pub(crate) async fn only_clients(mut self, keys: impl IntoIterator<Item = &String>) -> Self {
        let document = "query($filter: ClientFilterInput!) { clients(first: 2, filter: $filter) { edges { node { id } } } }";
        let mut ids = vec![];
        for key in keys {
            let variables = json!({ "filter": { "externalReference": key } });
            let answer = self.company.director().get(document, variables).await;
            let found = answer["clients"]["edges"].as_array().unwrap();
            assert_eq!(found.len(), 1, "one client is {key}");
            ids.push(found[0]["node"]["id"].clone());
        }
        self.input["filters"] = json!({ "clientIds": ids });
        self
    }

    pub(crate) async fn ask(self) -> Table {
        let Called { product, client } = self.called;
        let document = format!(
            "query($input: ReportInput!) {{ report(input: $input) {{
               rows {{ group {{ day text id node {{
                 ... on User {{ user: name }} ... on Channel {{ channel: name }} ... on Stage {{ stage: name }}
                 ... on Product {{ product: {product} }} ... on Client {{ client: {client} }} }} }}
                 cells {{ value compared {{ value changePercent }} }} }}
               totals {{ value compared {{ value changePercent }} }} }} }}"
        );
        let variables = json!({ "input": self.input });
        let answer = self.company.director().get(&document, variables).await;
        let report = &answer["report"];
        let rows = report["rows"].as_array().unwrap().iter().map(|row| {
            let groups = row["group"].as_array().unwrap().iter();
            let names = self.groupings.iter().zip(groups);
            let names = names.map(|(grouping, group)| name(grouping, group));
            (names.collect(), cells(&row["cells"]))
        });
        Table {
            rows: rows.collect(),
            totals: cells(&report["totals"]),
            metrics: self.metrics,
        }
    }
}

fn cells(cells: &Value) -> Vec<Cell> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let cell = |cell: &Value| Cell {
        value: text(&cell["value"]),
        before: text(&cell["compared"][0]["value"]),
        change: text(&cell["compared"][0]["changePercent"]),
    };
    cells.as_array().unwrap().iter().map(cell).collect()
}

/// What a group is called in the truth files.
fn name(grouping: &str, group: &Value) -> String {
    if let Some(day) = group["day"].as_str() {
        let day: NaiveDate = day.parse().unwrap();
        return match grouping {
            "FISCAL_YEAR" => day.format("%Y").to_string(),
            "QUARTER" => format!("{}-Q{}", day.year(), day.month0() / 3 + 1),
            "MONTH" => day.format("%Y-%m").to_string(),
            other => panic!("{other} is no stretch of time that was asked for"),
        };
    }
    let of_node = group["node"].as_object();
    let of_node = of_node.and_then(|node| node.values().find_map(Value::as_str));
    let name = group["text"].as_str().or(of_node);
    let name = name.or_else(|| group["id"].as_str());
    name.unwrap_or(NOTHING).to_owned()
}

impl Table {
    /// A figure of a group.
    pub(crate) fn figure(&self, group: &[&str], metric: &str) -> Option<String> {
        let group: Vec<String> = group.iter().map(|&name| name.to_owned()).collect();
        self.cell(self.rows.get(&group)?, metric).value
    }

    /// A figure over all groups.
    pub(crate) fn total(&self, metric: &str) -> Option<String> {
        self.cell(&self.totals, metric).value
    }

    /// By how many per cent a figure of a group changed since the year before.
    pub(crate) fn change(&self, group: &[&str], metric: &str) -> Option<String> {
        let group: Vec<String> = group.iter().map(|&name| name.to_owned()).collect();
        self.cell(self.rows.get(&group)?, metric).change
    }

    /// A figure over all groups in the year before, and by how many per cent it changed since.
    pub(crate) fn total_before(&self, metric: &str) -> (Option<String>, Option<String>) {
        let Cell {
            value: _,
            before,
            change,
        } = self.cell(&self.totals, metric);
        (before, change)
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

    fn cell(&self, cells: &[Cell], metric: &str) -> Cell {
        let place = self.metrics.iter().position(|name| name == metric);
        cells[place.unwrap_or_else(|| panic!("{metric} was asked for"))].clone()
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
