//! Each figure over a few events.

use cartera_domain::opportunities::OpportunityEvent;
use cartera_domain::products::{Product, ProductDetails, ProductEvent};
use cartera_domain::settings::{Pipeline, PipelineEvent};
use cartera_projections::reports::kpis::Formula;
use cartera_projections::reports::{AsOf, Grouping, Metric};
use strum::VariantArray as _;

use crate::world::{
    World, amount, analysis, asking, day, grouped, line, offered, opening, paid, percentage,
    selling, table, totals, within,
};

#[tokio::test]
async fn openings_and_closings_are_counted_by_their_days() {
    let mut world = World::new().await;
    world
        .opened(1, "2024-01-10", opening().worth("100"))
        .won(1, "2024-02-09", "120.50")
        .opened(2, "2024-01-20", opening())
        .lost(2, "2024-02-10")
        .opened(3, "2024-02-01", opening())
        .cancelled(3, "2024-02-11")
        .opened(4, "2024-02-02", opening())
        .won(4, "2024-03-01", "79.50");
    let metrics = [
        Metric::OpportunitiesOpened,
        Metric::OpportunitiesWon,
        Metric::OpportunitiesLost,
        Metric::OpportunitiesCancelled,
        Metric::AmountWon,
        Metric::WinRate,
        Metric::AverageAmountWon,
        Metric::CycleDaysWonMean,
        Metric::CycleDaysClosedMean,
    ];
    let all = world.report(&asking(&metrics)).await;
    assert_eq!(
        totals(&all),
        [
            "4.00", "2.00", "1.00", "1.00", "200.00", "66.67", "100.00", "29.00", "22.25"
        ]
    );
    let february = within(asking(&metrics), "2024-02-01", "2024-02-29");
    let february = world.report(&february).await;
    assert_eq!(
        totals(&february),
        [
            "2.00", "1.00", "1.00", "1.00", "120.50", "50.00", "120.50", "30.00", "20.33"
        ]
    );
}

#[tokio::test]
async fn there_is_no_mean_rate_or_median_of_nothing() {
    let mut world = World::new().await;
    world.opened(1, "2024-01-10", opening());
    let metrics = Metric::VARIANTS.chunks(12);
    for metrics in metrics {
        let request = within(asking(metrics), "2020-01-01", "2020-12-31");
        for (metric, value) in metrics.iter().zip(totals(&world.report(&request).await)) {
            let expected = match metric.formula() {
                Formula::Sum(_) => "0.00",
                Formula::Mean(..) | Formula::Percent(..) | Formula::Median(_) => "-",
            };
            assert_eq!(value, expected, "{metric:?}");
        }
    }
}

#[tokio::test]
async fn a_median_is_the_middle_one_or_the_mean_of_both_middle_ones() {
    let mut world = World::new().await;
    for (number, closed) in [(1, "2024-01-02"), (2, "2024-01-05"), (3, "2024-01-11")] {
        world.opened(number, "2024-01-01", opening());
        world.won(number, closed, "1");
    }
    world.opened(4, "2024-01-01", opening());
    world.lost(4, "2024-01-21");
    let request = asking(&[
        Metric::CycleDaysWonMedian,
        Metric::CycleDaysLostMedian,
        Metric::CycleDaysClosedMedian,
        Metric::CycleDaysLostMean,
    ]);
    let expected = ["4.00", "20.00", "7.00", "20.00"];
    assert_eq!(totals(&world.report(&request).await), expected);
    let mut from_counts = within(request, "2024-01-01", "2024-12-31");
    assert_eq!(totals(&world.report(&from_counts).await), expected);
    // One took a part of a day: the medians are those of the facts again.
    world.opened(5, "2024-01-01T08:00:00+01:00", opening());
    world.won(5, "2024-01-06T20:00:00+01:00", "1");
    let expected = ["4.75", "20.00", "5.50", "20.00"];
    assert_eq!(totals(&world.report(&from_counts).await), expected);
    from_counts.period = None;
    assert_eq!(totals(&world.report(&from_counts).await), expected);
}

#[tokio::test]
async fn days_are_elapsed_between_instants_and_may_be_negative() {
    let mut world = World::new().await;
    world.opened(1, "2024-01-03T00:00:00+01:00", opening());
    world.won(1, "2024-01-01T12:00:00+01:00", "1");
    let request = asking(&[Metric::CycleDaysWonMean, Metric::CycleDaysWonMedian]);
    assert_eq!(totals(&world.report(&request).await), ["-1.50", "-1.50"]);
    world.opened(2, "2024-01-03T23:59:00+01:00", opening());
    world.won(2, "2024-01-06", "1");
    assert_eq!(
        totals(&world.report(&request).await),
        ["0.75", "0.75"],
        "calendar days where one is a date"
    );
}

#[tokio::test]
async fn the_pipeline_is_weighted_by_its_stage_or_by_judgement() {
    let mut world = World::new().await;
    world.opened(1, "2024-01-01", opening().worth("1000"));
    world.opened(2, "2024-01-01", opening().worth("400"));
    world.moved(2, "2024-01-02", offered());
    world.opened(3, "2024-01-01", opening().worth("100"));
    world.sale(
        3,
        "2024-01-03",
        OpportunityEvent::OpportunityProbabilityJudged {
            probability: Some(percentage("80")),
        },
    );
    world.opened(4, "2024-01-01", opening());
    world.opened(5, "2024-01-01", opening().worth("70"));
    world.won(5, "2024-01-05", "77.77");
    let request = asking(&[
        Metric::OpenPipelineCount,
        Metric::OpenPipelineAmount,
        Metric::WeightedPipelineCount,
        Metric::WeightedPipelineAmount,
        Metric::Opportunities,
        Metric::OpportunitiesAmount,
    ]);
    assert_eq!(
        totals(&world.report(&request).await),
        ["4.00", "1500.00", "1.50", "380.00", "5.00", "1577.77"]
    );
}

#[tokio::test]
async fn a_probability_changed_today_leaves_the_past_as_it_was() {
    let mut world = World::new().await;
    world.opened(1, "2024-01-01", opening().worth("1000"));
    world.happens::<Pipeline>(
        1,
        "2024-06-01",
        PipelineEvent::StageProbabilityChanged {
            stage: analysis(),
            probability: percentage("30"),
        },
    );
    let mut request = asking(&[Metric::WeightedPipelineAmount]);
    assert_eq!(totals(&world.report(&request).await), ["300.00"]);
    request.as_of = Some(AsOf::Day(day("2024-05-31")));
    assert_eq!(totals(&world.report(&request).await), ["100.00"]);
}

#[tokio::test]
async fn units_and_revenue_are_those_of_won_lines() {
    let mut world = World::new().await;
    let lines = vec![selling(1, 71, "3", "30.005"), selling(2, 72, "-1", "-5")];
    world.opened(1, "2024-01-01", opening().selling(lines));
    world.won(1, "2024-01-02", "25.005");
    world.opened(
        2,
        "2024-01-01",
        opening().selling(vec![selling(3, 71, "9", "90")]),
    );
    world.opened(3, "2024-01-01", opening().worth("11"));
    world.won(3, "2024-01-02", "11");
    let request = asking(&[Metric::UnitsSold, Metric::Revenue, Metric::AmountWon]);
    assert_eq!(
        totals(&world.report(&request).await),
        ["2.00", "25.01", "36.01"]
    );
}

#[tokio::test]
async fn the_pipeline_at_list_price_follows_the_price_of_its_day() {
    let mut world = World::new().await;
    world.happens::<Product>(
        71,
        "2024-02-01",
        ProductEvent::ProductRegistered {
            code: line("P71"),
            details: ProductDetails::default(),
            list_price: Some(amount("12.50")),
        },
    );
    world.happens::<Product>(
        71,
        "2024-06-01",
        ProductEvent::ProductPriceChanged {
            list_price: Some(amount("20")),
        },
    );
    world.opened(
        1,
        "2024-01-01",
        opening().selling(vec![selling(1, 71, "2", "1")]),
    );
    let mut request = asking(&[Metric::OpenPipelineListPrice, Metric::OpenPipelineAmount]);
    assert_eq!(totals(&world.report(&request).await), ["40.00", "1.00"]);
    request.as_of = Some(AsOf::Day(day("2024-01-15")));
    assert_eq!(
        totals(&world.report(&request).await),
        ["25.00", "1.00"],
        "the first price known holds for the time before"
    );
}

#[tokio::test]
async fn the_funnel_counts_each_opportunity_once_in_every_stage_it_ever_entered() {
    let mut world = World::new().await;
    world.opened(1, "2024-01-01", opening());
    world.moved(1, "2024-01-02", offered());
    world.moved(1, "2024-01-03", analysis());
    world.moved(1, "2024-01-04", offered());
    world.won(1, "2024-01-05", "1");
    world.moved(1, "2024-01-06", paid());
    world.opened(2, "2024-01-01", opening());
    world.lost(2, "2024-01-09");
    let request = grouped(asking(&[Metric::StageEntries]), &[Grouping::Stage]);
    let report = world.report(&request).await;
    assert_eq!(
        table(&report),
        [
            "11 | 2.00",
            "12 | 1.00",
            "13 | 1.00",
            "14 | 1.00",
            "15 | 1.00"
        ]
    );
    assert_eq!(totals(&report), ["2.00"]);
}
