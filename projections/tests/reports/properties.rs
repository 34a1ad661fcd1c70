//! Whatever happens: the figures are those of the plainest computation, from sums, facts and histories alike; and however the
//! events are cut into batches, the same rows come out.

use std::collections::BTreeMap;

use cartera_projections::reports::{
    AsOf, Basis, Filter, Grouping, Metric, Report, ReportError, ReportRequest,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use tokio::runtime::Runtime;

use crate::naive::{Figures, by_owner_and_month, shown};
use crate::world::{
    World, anna, asking, berta, day, director, grouped, north, offered, opening, paid, period,
    selling, south, value, within,
};

/// Something that may happen to an opportunity, if it can.
#[derive(Debug, Clone)]
enum Happening {
    Moved,
    Won(u32),
    Lost,
    Cancelled,
    Reopened,
    Assigned(u8),
}

/// An opportunity's life: when, and what. Days are counted from 1 January 2019.
#[derive(Debug, Clone)]
struct Life {
    opened: When,
    owner: u8,
    lines: u8,
    happenings: Vec<(When, Happening)>,
}

#[derive(Debug, Clone)]
enum When {
    Day(u16),
    Instant(u16, u16),
    Unknown,
}

impl When {
    fn text(&self) -> String {
        let date = |days: &u16| day("2019-01-01") + chrono::Days::new(u64::from(*days));
        match self {
            Self::Day(days) => date(days).to_string(),
            Self::Instant(days, minutes) => format!(
                "{}T{:02}:{:02}:00Z",
                date(days),
                minutes / 60 % 24,
                minutes % 60
            ),
            Self::Unknown => "?".to_owned(),
        }
    }
}

fn when() -> impl Strategy<Value = When> {
    prop_oneof![
        6 => (0..800u16).prop_map(When::Day),
        2 => (0..800u16, 0..1440u16).prop_map(|(days, minutes)| When::Instant(days, minutes)),
        1 => Just(When::Unknown),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        2 => Just(Happening::Moved),
        4 => (0..500_000u32).prop_map(Happening::Won),
        2 => Just(Happening::Lost),
        1 => Just(Happening::Cancelled),
        2 => Just(Happening::Reopened),
        3 => (0..3u8).prop_map(Happening::Assigned),
    ]
}

fn lives() -> impl Strategy<Value = Vec<Life>> {
    let life = (
        when(),
        0..3u8,
        0..3u8,
        prop::collection::vec((when(), happening()), 0..7),
    );
    let life = life.prop_map(|(opened, owner, lines, happenings)| Life {
        opened,
        owner,
        lines,
        happenings,
    });
    prop::collection::vec(life, 1..12)
}

fn owner(
    number: u8,
) -> (
    Option<cartera_domain::ids::UserId>,
    Option<cartera_domain::ids::TeamId>,
) {
    match number {
        0 => (None, None),
        1 => (Some(anna()), Some(north())),
        _ => (Some(berta()), Some(south())),
    }
}

/// Lets the lives happen side by side, a step of each in turn, leaving out what cannot happen.
fn live(world: &mut World, lives: &[Life]) {
    for (number, life) in (0..).zip(lives) {
        let (of, team) = owner(life.owner);
        let sold = (0..u128::from(life.lines)).map(|line| {
            let total = if line == 0 { "10.005" } else { "3" };
            selling(number * 10 + line, 70 + line, "2", total)
        });
        world.opened(
            number,
            &life.opened.text(),
            opening().of(of, team).selling(sold.collect()),
        );
    }
    for step in 0..7 {
        for (number, life) in (0..).zip(lives) {
            if let Some((when, happening)) = life.happenings.get(step) {
                happen(world, number, &when.text(), happening);
            }
        }
    }
}

fn happen(world: &mut World, number: u128, when: &str, happening: &Happening) {
    match (happening, world.is_closed(number)) {
        (Happening::Moved, false) => {
            world.moved(number, when, offered());
        }
        (Happening::Won(cents), false) => {
            let cents = format!("{}.{:02}", cents / 100, cents % 100);
            let lines = world.worth(number);
            world.won(number, when, lines.as_deref().unwrap_or(&cents));
        }
        (Happening::Lost, false) => {
            world.lost(number, when);
        }
        (Happening::Cancelled, false) => {
            world.cancelled(number, when);
        }
        (Happening::Reopened, true) => {
            world.reopened(number, when);
        }
        (Happening::Moved, true) if world.is_won(number) => {
            world.moved(number, when, paid());
        }
        (Happening::Assigned(to), _) => {
            let (of, team) = owner(*to);
            world.assigned(number, when, of, team);
        }
        (Happening::Moved | Happening::Won(_) | Happening::Lost | Happening::Cancelled, true)
        | (Happening::Reopened, false) => {}
    }
}

const METRICS: [Metric; 7] = [
    Metric::OpportunitiesOpened,
    Metric::OpportunitiesWon,
    Metric::OpportunitiesLost,
    Metric::OpportunitiesCancelled,
    Metric::AmountWon,
    Metric::CycleDaysClosedMean,
    Metric::CycleDaysClosedMedian,
];

/// Checks a property of generated lives, all in one database.
fn check(cases: u32, property: &impl AsyncFn(&mut World, ReportRequest)) {
    let runtime = Runtime::new().expect("a runtime");
    let world = std::cell::RefCell::new(runtime.block_on(World::new()));
    let first = world.borrow().log.len();
    let mut runner = TestRunner::new(ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let checked = runner.run(&(lives(), request()), |(lives, request)| {
        let mut world = world.borrow_mut();
        runtime.block_on(async {
            world.forget_after(first).await;
            live(&mut world, &lives);
            property(&mut world, request).await;
        });
        Ok(())
    });
    if let Err(failure) = checked {
        panic!("{failure}");
    }
}

#[test]
fn figures_are_those_of_the_plainest_computation() {
    check(24, &async |world, request| {
        let as_of = match request.as_of {
            Some(AsOf::Day(day)) => Some(day),
            Some(AsOf::Instant(_)) | None => None,
        };
        let expected = by_owner_and_month(&world.log, as_of);
        let months = within(asking(&METRICS), "2019-01-01", "2021-12-31");
        let mut months = grouped(months, &[Grouping::Owner, Grouping::Month]);
        months.as_of = request.as_of.filter(|_| as_of.is_some());
        let report = world.report(&months).await;
        assert_eq!(shown_by_report(&report), shown_by(&expected));
        // The totals are those of all owners and months, the medians those of all closings.
        let mut all = Figures::default();
        for figures in expected.into_values() {
            all.opened += figures.opened;
            all.won += figures.won;
            all.lost += figures.lost;
            all.cancelled += figures.cancelled;
            all.amount += figures.amount;
            all.days.extend(figures.days);
        }
        let totals: Vec<String> = report.totals.iter().map(|cell| value(cell.value)).collect();
        assert_eq!(totals, texts(&all));
    });
}

fn shown_by_report(report: &Report) -> BTreeMap<String, Vec<String>> {
    let rows = crate::world::rows(report).into_iter();
    let rows = rows.map(|(group, figures)| (group.join(" "), figures));
    rows.filter(|(_, figures)| figures[..4].iter().any(|count| count != "0.00"))
        .collect()
}

fn shown_by(
    expected: &BTreeMap<(Option<cartera_domain::ids::UserId>, chrono::NaiveDate), Figures>,
) -> BTreeMap<String, Vec<String>> {
    let rows = expected.iter();
    rows.map(|((owner, month), figures)| (format!("{} {month}", shown(*owner)), texts(figures)))
        .collect()
}

fn texts(figures: &Figures) -> Vec<String> {
    use rust_decimal::{Decimal, RoundingStrategy::MidpointAwayFromZero};
    let two = |exact: Decimal| {
        let mut exact = exact.round_dp_with_strategy(2, MidpointAwayFromZero);
        exact.rescale(2);
        exact.to_string()
    };
    let mut days = figures.days.clone();
    days.sort();
    let count = days.len();
    let (mean, median) = if count == 0 {
        ("-".to_owned(), "-".to_owned())
    } else {
        let sum: Decimal = days.iter().sum();
        let middle = (days[(count - 1) / 2] + days[count / 2]) / Decimal::TWO;
        (two(sum / Decimal::from(count)), two(middle))
    };
    [figures.opened, figures.won, figures.lost, figures.cancelled]
        .map(|count| two(Decimal::from(count)))
        .into_iter()
        .chain([two(figures.amount), mean, median])
        .collect()
}

fn groupings() -> impl Strategy<Value = Vec<Grouping>> {
    prop::sample::subsequence(
        vec![
            Grouping::Month,
            Grouping::Quarter,
            Grouping::Owner,
            Grouping::Office,
            Grouping::Product,
            Grouping::Stage,
            Grouping::Sector,
        ],
        0..3,
    )
    .prop_shuffle()
}

/// Any request, but for what was known.
fn request() -> impl Strategy<Value = ReportRequest> {
    let metrics = prop::sample::subsequence(
        vec![
            Metric::OpportunitiesOpened,
            Metric::OpportunitiesWon,
            Metric::AmountWon,
            Metric::WinRate,
            Metric::AverageAmountWon,
            Metric::CycleDaysWonMedian,
            Metric::UnitsSold,
            Metric::StageEntries,
            Metric::Opportunities,
            Metric::OpenPipelineAmount,
            Metric::WeightedPipelineAmount,
        ],
        1..5,
    );
    let days = (0..800u16, 0..300u16, any::<bool>());
    let filter = prop::option::weighted(0.3, 0..3u8);
    (
        metrics,
        groupings(),
        days,
        0..3u8,
        any::<bool>(),
        filter,
        prop::option::of(0..900u16),
    )
        .prop_map(
            |(metrics, group_by, (from, length, has_period), years, cumulative, of, as_of)| {
                let from = day("2019-01-01") + chrono::Days::new(u64::from(from));
                let to = from + chrono::Days::new(u64::from(length));
                let mut request = grouped(asking(&metrics), &group_by);
                request.today = day("2020-05-31");
                request.period = has_period.then(|| period(&from.to_string(), &to.to_string()));
                request.compared_years = if has_period { years } else { 0 };
                request.basis = if cumulative {
                    Basis::WholePeriods
                } else {
                    Basis::LikeForLike
                };
                request.cumulative = cumulative && has_period && request.time_grouping().is_some();
                request.filters = of
                    .map(|of| Filter::Owner(vec![owner(of).0]))
                    .into_iter()
                    .collect();
                request.as_of = as_of
                    .map(|days| AsOf::Day(day("2019-01-01") + chrono::Days::new(u64::from(days))));
                request
            },
        )
}

#[test]
fn sums_facts_and_histories_tell_the_same() {
    check(32, &async |world, mut request| {
        request.as_of = None;
        let from_sums_and_facts = comparable(world.try_report(&director(), &request).await);
        request.known_at = i64::try_from(world.log.len()).ok();
        let from_histories = comparable(world.try_report(&director(), &request).await);
        assert_eq!(from_histories, from_sums_and_facts, "{request:?}");
    });
}

#[test]
fn groups_add_up_to_the_total() {
    check(12, &async |world, mut request| {
        request.metrics = vec![
            Metric::OpportunitiesOpened,
            Metric::AmountWon,
            Metric::OpportunitiesLost,
        ];
        request
            .group_by
            .retain(|grouping| *grouping != Grouping::Product);
        request.cumulative = false;
        let report = world.report(&request).await;
        for (index, total) in report.totals.iter().enumerate() {
            let sum: rust_decimal::Decimal = report
                .rows
                .iter()
                .filter_map(|row| row.cells[index].value)
                .sum();
            // Every amount here but the lines' has two places; a group's sum may be rounded by half a cent.
            let tolerance =
                rust_decimal::Decimal::new(5, 3) * rust_decimal::Decimal::from(report.rows.len());
            let difference = (sum - total.value.expect("a sum")).abs();
            assert!(difference <= tolerance, "{request:?} {report:?}");
        }
    });
}

#[test]
fn rebuilt_rows_are_the_live_ones_whatever_the_batches() {
    check(8, &async |world, _request| {
        world.project_in(1).await;
        let one_by_one = world.tables().await;
        for batch in [3, 1_000] {
            world.forget().await;
            world.project_in(batch).await;
            assert_eq!(world.tables().await, one_by_one, "in batches of {batch}");
        }
    });
}

fn comparable(answer: Result<Report, ReportError>) -> String {
    match answer {
        Ok(report) => format!(
            "{:?} {:?} {:?}",
            report.rows, report.totals, report.compared
        ),
        Err(error) => error.to_string(),
    }
}
