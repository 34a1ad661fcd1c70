//! The queries with which the page opens on the demo company: coming in, this year beside the years before, the pipeline.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use serde_json::json;

use crate::auth::PUBLIC_DOCUMENTS;
use crate::demo_access::{PASSWORD, USERS};

/// A query with which the page opens.
#[derive(Debug, Clone, Serialize)]
pub struct Tab {
    /// The document.
    pub query: &'static str,
    /// Its variables, as JSON.
    pub variables: String,
}

/// The tabs, in the order in which to run them; they answer with figures on the demo company.
pub fn usual(today: NaiveDate) -> Vec<Tab> {
    // Who is not signed in may send this very document and no other, so it can hold no remark.
    let [sign_in, ..] = PUBLIC_DOCUMENTS;
    let [director, ..] = USERS;
    let year = today.year();
    let period = json!({ "from": format!("{year}-01-01"), "to": format!("{year}-12-31") });
    let tabs = [
        (
            sign_in,
            json!({ "input": { "email": director.email, "password": PASSWORD } }),
        ),
        (
            include_str!("year_over_year.graphql"),
            json!({ "period": period }),
        ),
        (include_str!("sales.graphql"), json!({})),
    ];
    let tab = |(query, variables): (&'static str, serde_json::Value)| Tab {
        query,
        variables: format!("{variables:#}"),
    };
    tabs.map(tab).into()
}
