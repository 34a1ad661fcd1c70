//! Figures over facts: how much was won, how fast, by whom, and how that compares with the years before.
//!
//! One report query answers all of them. [`kpis`] lists the figures, [`grouping`] by what they are told apart, [`request`] what
//! can be asked, [`answer`] what comes back. They rest on *facts*, one row per thing that can be counted, which carry the owner,
//! team and stage of their business date, so that the past stays as it was when people and teams move on.

pub mod answer;
mod assembly;
pub mod calendar;
mod composition;
pub mod grouping;
pub mod kpis;
pub mod measures;
mod plan;
mod query;
pub mod request;
pub mod sales_facts;
mod teams;

pub use answer::{Cell, Column, Compared, Report, ReportRow};
pub use calendar::{Basis, Grain, Period};
pub use grouping::{GroupValue, Grouping, ValueKind};
pub use kpis::{Metric, Unit};
pub use query::report;
pub use request::{AsOf, Filter, ReportError, ReportRefusal, ReportRequest};
pub use sales_facts::SalesFacts;
