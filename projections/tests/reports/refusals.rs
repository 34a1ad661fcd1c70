//! What is refused, and why.

use cartera_domain::Rejection as _;
use cartera_domain::permission::Role;
use cartera_projections::reports::{
    Filter, Grouping, Metric, ReportError, ReportRefusal, ReportRequest,
};
use strum::VariantArray as _;

use crate::world::{World, asking, director, grouped, id, opening, viewer, within};

async fn refused(world: &mut World, request: &ReportRequest) -> &'static str {
    match world.try_report(&director(), request).await {
        Err(ReportError::Refused(refusal)) => refusal.code(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_cannot_be_answered_is_refused_with_a_code() {
    let mut world = World::new().await;
    let won = || asking(&[Metric::OpportunitiesWon]);
    let twice = asking(&[Metric::AmountWon, Metric::AmountWon]);
    let mut without_period = won();
    without_period.compared_years = 1;
    let mut too_far = within(won(), "2024-01-01", "2024-12-31");
    too_far.compared_years = 6;
    let mut not_by_time = within(won(), "2024-01-01", "2024-12-31");
    not_by_time.cumulative = true;
    let mut ahead = won();
    ahead.known_at = Some(1_000_000);
    let mut empty = won();
    empty.filters = vec![Filter::Owner(vec![])];
    for (request, code) in [
        (asking(&[]), "REPORT_METRIC_COUNT"),
        (asking(&Metric::VARIANTS[..13]), "REPORT_METRIC_COUNT"),
        (
            grouped(won(), &Grouping::VARIANTS[..4]),
            "REPORT_GROUPING_COUNT",
        ),
        (twice, "REPORT_NAMED_TWICE"),
        (
            grouped(won(), &[Grouping::Owner, Grouping::Owner]),
            "REPORT_NAMED_TWICE",
        ),
        (
            grouped(asking(&[Metric::LeadsCreated]), &[Grouping::Product]),
            "REPORT_GROUPING_NOT_APPLICABLE",
        ),
        (
            within(won(), "2024-01-02", "2024-01-01"),
            "REPORT_PERIOD_INVALID",
        ),
        (
            within(won(), "0003-01-01", "2024-01-01"),
            "REPORT_PERIOD_INVALID",
        ),
        (without_period, "REPORT_COMPARISON_INVALID"),
        (too_far, "REPORT_COMPARISON_INVALID"),
        (not_by_time, "REPORT_CUMULATIVE_INVALID"),
        (ahead, "REPORT_POSITION_UNKNOWN"),
        (empty, "REPORT_FILTER_INVALID"),
    ] {
        assert_eq!(refused(&mut world, &request).await, code, "{request:?}");
    }
}

#[tokio::test]
async fn a_report_that_nobody_could_read_is_refused() {
    let mut world = World::new().await;
    let days = grouped(
        within(asking(&[Metric::AmountWon]), "2000-01-01", "9999-12-31"),
        &[Grouping::Day],
    );
    assert_eq!(refused(&mut world, &days).await, "REPORT_TOO_MANY_CELLS");
    for owner in 0..60 {
        world.opened(
            owner,
            "2024-01-01",
            opening().of(Some(id(500 + owner)), None),
        );
    }
    let months = within(
        asking(&[Metric::OpportunitiesOpened]),
        "2017-01-01",
        "2024-12-31",
    );
    let months = grouped(months, &[Grouping::Owner, Grouping::Month]);
    assert_eq!(
        world
            .try_report(&director(), &months)
            .await
            .expect_err("refused")
            .to_string(),
        ReportRefusal::TooManyCells { cells: 60 * 96 + 1 }.to_string()
    );
    let months = within(months, "2018-01-01", "2023-12-31");
    assert!(world.try_report(&director(), &months).await.is_ok());
}

#[tokio::test]
async fn every_role_may_see_figures_within_its_reach() {
    let mut world = World::new().await;
    for role in Role::VARIANTS {
        let viewer = viewer(*role, id(99), &[]);
        let request = asking(&[Metric::OpportunitiesWon]);
        assert!(
            world.try_report(&viewer, &request).await.is_ok(),
            "{role:?}"
        );
    }
}
