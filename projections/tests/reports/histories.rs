//! What had happened by then, and what was known by then.

use cartera_domain::opportunities::OpportunityEvent;
use cartera_projections::reports::{AsOf, Grouping, Metric, ReportRequest};

use crate::world::{
    World, amount, anna, asking, berta, day, grouped, north, offered, opening, paid, south, table,
    totals, within,
};

const STATE: [Metric; 4] = [
    Metric::OpenPipelineCount,
    Metric::OpportunitiesWon,
    Metric::OpportunitiesLost,
    Metric::AmountWon,
];

fn as_of(mut request: ReportRequest, text: &str) -> ReportRequest {
    request.as_of = Some(AsOf::Day(day(text)));
    request
}

#[tokio::test]
async fn the_state_of_any_day_can_be_asked_for() {
    let mut world = World::new().await;
    world.opened(1, "2017-01-10", opening());
    world.won(1, "2017-03-01", "100");
    world.opened(2, "2017-02-10", opening());
    world.lost(2, "2017-04-01");
    for (on, expected) in [
        ("2017-01-09", ["0.00", "0.00", "0.00", "0.00"]),
        ("2017-01-10", ["1.00", "0.00", "0.00", "0.00"]),
        ("2017-02-28", ["2.00", "0.00", "0.00", "0.00"]),
        ("2017-03-01", ["1.00", "1.00", "0.00", "100.00"]),
        ("2017-04-01", ["0.00", "1.00", "1.00", "100.00"]),
    ] {
        let report = world.report(&as_of(asking(&STATE), on)).await;
        assert_eq!(totals(&report), expected, "{on}");
    }
}

#[tokio::test]
async fn a_moment_may_be_an_instant() {
    let mut world = World::new().await;
    world.opened(1, "2017-01-10T09:00:00+01:00", opening());
    world.won(1, "2017-01-10T10:00:00+01:00", "100");
    for (at, expected) in [
        ("2017-01-10T07:59:59Z", ["0.00", "0.00"]),
        ("2017-01-10T08:59:59Z", ["1.00", "0.00"]),
        ("2017-01-10T09:00:00Z", ["0.00", "1.00"]),
    ] {
        let mut request = asking(&[Metric::OpenPipelineCount, Metric::OpportunitiesWon]);
        request.as_of = Some(AsOf::Instant(at.parse().expect("an instant")));
        assert_eq!(totals(&world.report(&request).await), expected, "{at}");
    }
}

#[tokio::test]
async fn a_reopened_opportunity_is_won_on_the_day_it_was_won_again() {
    let mut world = World::new().await;
    world.opened(1, "2017-01-01", opening());
    world.won(1, "2017-02-01", "100");
    world.reopened(1, "2017-03-01");
    world.won(1, "2017-04-01", "90");
    let request = grouped(
        within(
            asking(&[Metric::AmountWon, Metric::CycleDaysWonMean]),
            "2017-01-01",
            "2017-04-30",
        ),
        &[Grouping::Month],
    );
    assert_eq!(
        table(&world.report(&request).await),
        [
            "2017-01-01 | 0.00 -",
            "2017-02-01 | 0.00 -",
            "2017-03-01 | 0.00 -",
            "2017-04-01 | 90.00 90.00"
        ]
    );
    assert_eq!(
        table(&world.report(&as_of(request.clone(), "2017-02-15")).await),
        [
            "2017-01-01 | 0.00 -",
            "2017-02-01 | 100.00 31.00",
            "2017-03-01 | 0.00 -",
            "2017-04-01 | 0.00 -"
        ]
    );
    let state = asking(&STATE);
    assert_eq!(
        totals(&world.report(&as_of(state, "2017-03-15")).await),
        ["1.00", "0.00", "0.00", "0.00"]
    );
}

#[tokio::test]
async fn a_move_inside_a_category_changes_neither_outcome_nor_closing_day() {
    let mut world = World::new().await;
    world.opened(1, "2017-01-01", opening());
    world.won(1, "2017-02-01", "100");
    world.moved(1, "2017-03-01", paid());
    let request = within(
        asking(&[Metric::AmountWon, Metric::CycleDaysWonMean]),
        "2017-02-01",
        "2017-02-28",
    );
    assert_eq!(totals(&world.report(&request).await), ["100.00", "31.00"]);
    let later = as_of(request.clone(), "2017-06-01");
    assert_eq!(totals(&world.report(&later).await), ["100.00", "31.00"]);
    let march = within(request, "2017-03-01", "2017-03-31");
    assert_eq!(totals(&world.report(&march).await), ["0.00", "-"]);
}

#[tokio::test]
async fn a_backdated_event_begins_no_earlier_than_the_one_before_it() {
    let mut world = World::new().await;
    world.opened(1, "2017-01-10", opening());
    world.won(1, "2017-01-08", "100");
    let request = asking(&[
        Metric::Opportunities,
        Metric::OpportunitiesWon,
        Metric::CycleDaysWonMean,
    ]);
    assert_eq!(
        totals(&world.report(&as_of(request.clone(), "2017-01-09")).await),
        ["0.00", "0.00", "-"]
    );
    assert_eq!(
        totals(&world.report(&as_of(request.clone(), "2017-01-10")).await),
        ["1.00", "1.00", "-2.00"]
    );
    let eighth = within(request, "2017-01-08", "2017-01-08");
    assert_eq!(
        totals(&world.report(&eighth).await),
        ["0.00", "1.00", "-2.00"],
        "won on the eighth, and in sight from the tenth on"
    );
}

#[tokio::test]
async fn what_nobody_knows_the_day_of_is_in_the_current_pipeline_alone() {
    let mut world = World::new().await;
    world.opened(1, "?", opening().worth("100"));
    world.opened(2, "2017-01-10", opening().worth("10"));
    world.opened(3, "?", opening());
    world.won(3, "2017-02-01", "5");
    let metrics = [
        Metric::OpportunitiesOpened,
        Metric::OpenPipelineAmount,
        Metric::OpportunitiesWon,
        Metric::CycleDaysWonMean,
    ];
    assert_eq!(
        totals(&world.report(&asking(&metrics)).await),
        ["3.00", "110.00", "1.00", "-"]
    );
    assert_eq!(
        totals(&world.report(&as_of(asking(&metrics), "2029-12-31")).await),
        ["1.00", "10.00", "1.00", "-"]
    );
    let ever = within(asking(&metrics), "2000-01-01", "2030-12-31");
    assert_eq!(
        totals(&world.report(&ever).await),
        ["1.00", "110.00", "1.00", "-"],
        "at the end of a period that is not over, the pipeline is the current one"
    );
    let by_month = grouped(asking(&metrics[..1]), &[Grouping::Month]);
    assert_eq!(
        table(&world.report(&by_month).await),
        ["2017-01-01 | 1.00", "- | 2.00"]
    );
}

#[tokio::test]
async fn owners_are_those_of_the_day_however_late_that_is_known() {
    let mut world = World::new().await;
    world.opened(1, "2017-01-01", opening());
    world.assigned(1, "2017-03-01", Some(berta()), Some(south()));
    world.won(1, "2017-04-01", "100");
    world.assigned(1, "2017-05-01", Some(anna()), Some(north()));
    let metrics = [Metric::OpportunitiesOpened, Metric::OpportunitiesWon];
    let request = grouped(asking(&metrics), &[Grouping::Owner]);
    let expected = ["21 | 1.00 0.00", "22 | 0.00 1.00"];
    assert_eq!(table(&world.report(&request).await), expected);
    assert_eq!(
        table(&world.report(&as_of(request.clone(), "2017-06-01")).await),
        expected
    );
    // It turns out that Anna was given a second one before it was won.
    world.opened(2, "2017-01-01", opening().of(Some(berta()), Some(south())));
    world.won(2, "2017-04-01", "50");
    world.assigned(2, "2017-02-01", Some(anna()), Some(north()));
    let expected = ["21 | 1.00 1.00", "22 | 1.00 1.00"];
    assert_eq!(table(&world.report(&request).await), expected);
    let summed = within(request, "2017-01-01", "2017-12-31");
    assert_eq!(table(&world.report(&summed).await), expected);
}

#[tokio::test]
async fn what_was_known_at_a_position_is_apart_from_when_it_happened() {
    let mut world = World::new().await;
    world.opened(1, "2017-01-01", opening().worth("10"));
    let opened = world.log.len();
    world.moved(1, "2017-02-01", offered());
    world.won(1, "2017-03-01", "100");
    let won = world.log.len();
    world.reopened(1, "2017-03-15");
    world.sale(
        1,
        "2017-03-20",
        OpportunityEvent::OpportunityAmountRevised {
            amount: Some(amount("70")),
        },
    );
    let metrics = [
        Metric::OpenPipelineAmount,
        Metric::OpportunitiesWon,
        Metric::AmountWon,
        Metric::WeightedPipelineAmount,
    ];
    for (known_at, on, expected) in [
        (opened, "2017-12-31", ["10.00", "0.00", "0.00", "1.00"]),
        (won, "2017-12-31", ["0.00", "1.00", "100.00", "0.00"]),
        (won, "2017-02-15", ["10.00", "0.00", "0.00", "5.00"]),
        (
            world.log.len(),
            "2017-12-31",
            ["70.00", "0.00", "0.00", "7.00"],
        ),
    ] {
        let mut request = asking(&metrics);
        request.known_at = i64::try_from(known_at).ok();
        let then = as_of(request.clone(), on);
        assert_eq!(
            totals(&world.report(&then).await),
            expected,
            "{known_at} {on}"
        );
        if on == "2017-12-31" {
            let totals = totals(&world.report(&request).await);
            assert_eq!(totals, expected, "{known_at} without a day");
        }
    }
}

#[tokio::test]
async fn states_of_a_day_are_told_apart_by_stage() {
    let mut world = World::new().await;
    world.opened(1, "2011-10-01T00:38:44.546+02:00", opening());
    world.moved(1, "2011-10-01T00:38:44.880+02:00", offered());
    world.opened(2, "2011-10-30T01:00:00+02:00", opening());
    world.won(2, "2011-10-31T23:59:59.999+01:00", "5");
    world.moved(2, "2011-10-31T23:59:59.999+01:00", paid());
    world.opened(3, "2011-11-01T00:00:00+01:00", opening());
    let request = grouped(asking(&[Metric::Opportunities]), &[Grouping::Stage]);
    assert_eq!(
        table(&world.report(&as_of(request, "2011-10-31")).await),
        ["12 | 1.00", "14 | 1.00"]
    );
}
