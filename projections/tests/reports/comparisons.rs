//! A period beside the same period of earlier years, and added up along the year.

use cartera_projections::reports::{AsOf, Basis, Grouping, Metric, ReportRequest};

use crate::world::{World, asking, compared, day, grouped, opening, table, totals, value, within};

async fn world_with(starting_in: u8, won: &[(&str, &str)]) -> World {
    let mut world = World::starting_in(starting_in).await;
    for (number, (on, worth)) in won.iter().enumerate() {
        let number = u128::try_from(number).expect("a small number");
        world.opened(number, on, opening());
        world.won(number, on, worth);
    }
    world
}

fn compared_with(years: u8, mut request: ReportRequest) -> ReportRequest {
    request.compared_years = years;
    request
}

/// The same figures from the sums per day and, as of a day after everything, from the histories.
async fn both_ways(world: &mut World, mut request: ReportRequest) -> [Vec<(String, String)>; 2] {
    let summed = compared(&world.report(&request).await.totals);
    request.as_of = Some(AsOf::Day(request.today));
    [summed, compared(&world.report(&request).await.totals)]
}

#[tokio::test]
async fn a_year_in_progress_is_compared_with_the_same_days() {
    let won = [
        ("2016-03-01", "100"),
        ("2016-06-30", "50"),
        ("2016-07-01", "1000"),
        ("2017-02-01", "450"),
    ];
    let mut world = world_with(1, &won).await;
    let request = within(asking(&[Metric::AmountWon]), "2017-01-01", "2017-12-31");
    let mut request = compared_with(1, request);
    request.today = day("2017-06-30");
    let expected = vec![("150.00".to_owned(), "200.00".to_owned())];
    assert_eq!(
        both_ways(&mut world, request.clone()).await,
        [expected.clone(), expected]
    );
    request.basis = Basis::WholePeriods;
    let expected = vec![("1150.00".to_owned(), "-60.87".to_owned())];
    assert_eq!(
        both_ways(&mut world, request).await,
        [expected.clone(), expected]
    );
}

#[tokio::test]
async fn a_month_that_has_not_begun_is_compared_with_nothing() {
    let mut world = world_with(1, &[("2016-11-05", "10"), ("2017-05-02", "4")]).await;
    let request = within(asking(&[Metric::AmountWon]), "2017-01-01", "2017-12-31");
    let mut request = grouped(compared_with(1, request), &[Grouping::Month]);
    request.today = day("2017-06-30");
    let report = world.report(&request).await;
    let november = &report.rows[10];
    assert_eq!(
        compared(&november.cells),
        [("0.00".to_owned(), "-".to_owned())]
    );
    assert_eq!(report.rows.len(), 12);
    assert_eq!(report.judged_at, day("2017-06-30"));
    assert_eq!(report.compared[0].to, day("2016-06-30"));
}

#[tokio::test]
async fn the_29th_of_february_compares_with_the_28th() {
    let won = [
        ("2019-02-28", "10"),
        ("2019-03-01", "99"),
        ("2020-02-29", "20"),
    ];
    let mut world = world_with(1, &won).await;
    let request = within(asking(&[Metric::AmountWon]), "2020-01-01", "2020-12-31");
    let mut request = compared_with(1, request);
    request.today = day("2020-02-29");
    let expected = vec![("10.00".to_owned(), "100.00".to_owned())];
    assert_eq!(
        both_ways(&mut world, request.clone()).await,
        [expected.clone(), expected]
    );
    let mut by_day = grouped(
        compared_with(1, within(request, "2021-02-28", "2021-02-28")),
        &[Grouping::Day],
    );
    by_day.today = day("2022-01-01");
    let report = world.report(&by_day).await;
    assert_eq!(
        compared(&report.rows[0].cells),
        [("20.00".to_owned(), "-100.00".to_owned())],
        "the last days of a whole February"
    );
}

#[tokio::test]
async fn several_fiscal_years_are_compared_month_by_month() {
    let won = [
        ("2015-04-30", "1"),
        ("2016-04-30", "2"),
        ("2017-03-31", "4"),
        ("2017-04-01", "8"),
        ("2018-03-31", "16"),
    ];
    let mut world = world_with(4, &won).await;
    let request = within(asking(&[Metric::AmountWon]), "2017-04-01", "2018-03-31");
    let request = grouped(compared_with(2, request), &[Grouping::Month]);
    let report = world.report(&request).await;
    let figures: Vec<Vec<String>> = [0, 11]
        .map(|month: usize| &report.rows[month].cells[0])
        .iter()
        .map(|cell| {
            let then = cell.compared.iter().map(|then| value(then.value));
            std::iter::once(value(cell.value)).chain(then).collect()
        })
        .collect();
    assert_eq!(
        figures,
        [["8.00", "2.00", "1.00"], ["16.00", "4.00", "0.00"]]
    );
    assert_eq!(report.compared[1].from, day("2015-04-01"));
}

#[tokio::test]
async fn sums_begin_anew_with_each_fiscal_year() {
    let won = [
        ("2017-02-10", "1"),
        ("2017-03-10", "2"),
        ("2017-04-10", "4"),
        ("2017-06-10", "8"),
    ];
    let mut world = world_with(4, &won).await;
    world.opened(50, "2017-05-01", opening());
    world.lost(50, "2017-05-02");
    let metrics = [
        Metric::AmountWon,
        Metric::WinRate,
        Metric::CycleDaysClosedMedian,
    ];
    let request = within(asking(&metrics), "2017-02-01", "2017-07-31");
    let mut request = grouped(request, &[Grouping::Month]);
    request.cumulative = true;
    let report = world.report(&request).await;
    assert_eq!(
        table(&report),
        [
            "2017-02-01 | 1.00 100.00 0.00",
            "2017-03-01 | 3.00 100.00 0.00",
            "2017-04-01 | 4.00 100.00 0.00",
            "2017-05-01 | 4.00 50.00 0.50",
            "2017-06-01 | 12.00 66.67 0.00",
            "2017-07-01 | 12.00 66.67 0.00",
        ]
    );
    assert_eq!(totals(&report), ["15.00", "80.00", "0.00"]);
    let by_owner = grouped(request, &[Grouping::Owner, Grouping::Quarter]);
    assert_eq!(
        table(&world.report(&by_owner).await),
        [
            "21 2017-01-01 | 3.00 100.00 0.00",
            "21 2017-04-01 | 12.00 66.67 0.00",
            "21 2017-07-01 | 12.00 66.67 0.00",
        ]
    );
}

#[tokio::test]
async fn the_pipeline_is_compared_with_that_of_a_year_before() {
    let mut world = World::new().await;
    world.opened(1, "2016-01-10", opening().worth("100"));
    world.won(1, "2016-08-01", "1");
    world.opened(2, "2017-01-10", opening().worth("30"));
    let request = within(
        asking(&[Metric::OpenPipelineAmount]),
        "2017-01-01",
        "2017-12-31",
    );
    let mut request = compared_with(1, request);
    request.today = day("2017-06-30");
    assert_eq!(
        compared(&world.report(&request).await.totals),
        [("100.00".to_owned(), "-70.00".to_owned())]
    );
    request.basis = Basis::WholePeriods;
    assert_eq!(
        compared(&world.report(&request).await.totals),
        [("0.00".to_owned(), "-".to_owned())]
    );
}
