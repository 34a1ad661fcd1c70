//! The page for people lists every figure and every grouping.

use cartera_projections::reports::{Grouping, Metric};
use strum::VariantArray as _;

#[test]
fn every_metric_and_grouping_has_its_row() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/reports.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let metrics = Metric::VARIANTS.iter().map(|metric| <&str>::from(*metric));
    let groupings = Grouping::VARIANTS.iter().map(|g| <&str>::from(*g));
    for name in metrics.chain(groupings) {
        let rows = page
            .lines()
            .filter(|line| line.starts_with(&format!("| `{name}` |")));
        assert_eq!(rows.count(), 1, "{name}");
    }
}
