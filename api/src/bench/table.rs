//! The table that is printed, and the same as JSON.

use std::fmt::Write;
use std::time::Duration;

use rust_decimal::Decimal;
use serde::Serialize;

/// A figure, with what it is measured against.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Figure {
    /// What was measured.
    pub(super) what: String,
    /// The figure.
    pub(super) value: Decimal,
    /// In what it is counted.
    pub(super) unit: &'static str,
    /// The yardstick's figure, in the same run.
    pub(super) beside: Option<Decimal>,
    /// The one divided by the other.
    pub(super) ratio: Option<Decimal>,
    /// What DESIGN 8 asks for.
    pub(super) budget: &'static str,
}

impl Figure {
    /// A figure on its own.
    pub(super) fn new(
        what: impl Into<String>,
        value: Decimal,
        unit: &'static str,
        budget: &'static str,
    ) -> Self {
        Self {
            what: what.into(),
            value: value.round_dp(4),
            unit,
            beside: None,
            ratio: None,
            budget,
        }
    }

    /// With the yardstick's figure.
    pub(super) fn beside(mut self, yardstick: Decimal) -> Self {
        self.beside = Some(yardstick.round_dp(4));
        self.ratio = self
            .value
            .checked_div(yardstick)
            .map(|ratio| ratio.round_dp(2));
        self
    }
}

/// So many in that time, a second.
pub(super) fn rate(count: u64, elapsed: Duration) -> Decimal {
    let micros = Decimal::from(elapsed.as_micros().max(1));
    (Decimal::from(count) * Decimal::from(1_000_000) / micros).round_dp(0)
}

/// A time in milliseconds.
pub(super) fn milliseconds(time: Duration) -> Decimal {
    Decimal::from(time.as_micros()) / Decimal::from(1000)
}

/// The time that each of so many took, in milliseconds.
pub(super) fn each(time: Duration, count: u64) -> Decimal {
    milliseconds(time) / Decimal::from(count.max(1))
}

/// The table for a terminal.
pub(super) fn render(figures: &[Figure]) -> String {
    let mut text = String::new();
    let width = figures
        .iter()
        .map(|figure| figure.what.chars().count())
        .max()
        .unwrap_or(0);
    let head = ("what", "value", "unit", "beside", "ratio", "budget");
    // Writing to a string cannot fail.
    let _infallible = writeln!(
        text,
        "{:width$}  {:>12}  {:10}  {:>12}  {:>6}  {}",
        head.0, head.1, head.2, head.3, head.4, head.5
    );
    for figure in figures {
        let shown =
            |value: Option<Decimal>| value.map(|value| value.to_string()).unwrap_or_default();
        let Figure {
            what,
            value,
            unit,
            beside,
            ratio,
            budget,
        } = figure;
        let (beside, ratio) = (shown(*beside), shown(*ratio));
        let _infallible = writeln!(
            text,
            "{what:width$}  {value:>12}  {unit:10}  {beside:>12}  {ratio:>6}  {budget}"
        );
    }
    text
}
