//! Leads: how many came, by which channel, how many became clients, how fast.

use cartera_domain::ids::{ChannelId, UserId};
use cartera_domain::leads::{Lead, LeadDetails, LeadEvent};
use cartera_domain::permission::Role;
use cartera_projections::reports::{AsOf, Filter, Grouping, Metric};

use crate::world::{
    World, anna, asking, berta, day, fair, grouped, id, line, north, table, totals, value, viewer,
    web, within,
};

const FIGURES: [Metric; 6] = [
    Metric::LeadsCreated,
    Metric::LeadsConverted,
    Metric::LeadConversionRate,
    Metric::CreatedLeadsConverted,
    Metric::DaysToConvertMean,
    Metric::CreatedDaysToConvertMedian,
];

fn came(
    world: &mut World,
    number: u128,
    on: &str,
    channel: Option<ChannelId>,
    owner: Option<UserId>,
) {
    let details = LeadDetails {
        company_name: Some(line("Pa i Companyia")),
        sector: Some(line(if number.is_multiple_of(2) {
            "retail"
        } else {
            "bakery"
        })),
        ..LeadDetails::default()
    };
    world.happens::<Lead>(
        2_000 + number,
        on,
        LeadEvent::LeadRegistered {
            details,
            channel,
            owner,
            team: owner.map(|_| north()),
        },
    );
}

fn converted(world: &mut World, number: u128, on: &str) {
    world.happens::<Lead>(
        2_000 + number,
        on,
        LeadEvent::LeadConverted {
            client: id(61),
            opportunity: None,
        },
    );
}

async fn funnel() -> World {
    let mut world = World::new().await;
    came(&mut world, 1, "2018-01-10", Some(fair()), Some(anna()));
    came(&mut world, 2, "2018-01-20", Some(web()), None);
    came(&mut world, 3, "2018-02-01", Some(web()), Some(berta()));
    came(&mut world, 4, "2018-02-02", None, Some(anna()));
    converted(&mut world, 1, "2018-02-20");
    converted(&mut world, 3, "2018-01-30");
    converted(&mut world, 4, "2018-02-12");
    world
}

#[tokio::test]
async fn leads_are_counted_by_when_they_came_and_by_when_they_became_clients() {
    let mut world = funnel().await;
    assert_eq!(
        totals(&world.report(&asking(&FIGURES)).await),
        ["4.00", "3.00", "75.00", "3.00", "16.33", "10.00"]
    );
    let by_month = within(asking(&FIGURES), "2018-01-01", "2018-03-31");
    assert_eq!(
        table(&world.report(&grouped(by_month, &[Grouping::Month])).await),
        [
            "2018-01-01 | 2.00 1.00 50.00 1.00 -2.00 41.00",
            "2018-02-01 | 2.00 2.00 100.00 2.00 25.50 4.00",
            "2018-03-01 | 0.00 0.00 - 0.00 - -",
        ]
    );
}

#[tokio::test]
async fn leads_are_told_apart_by_channel_sector_and_owner() {
    let mut world = funnel().await;
    let figures = [Metric::LeadsCreated, Metric::LeadConversionRate];
    let by = |grouping| grouped(asking(&figures), &[grouping]);
    assert_eq!(
        table(&world.report(&by(Grouping::Channel)).await),
        ["41 | 1.00 100.00", "42 | 2.00 50.00", "- | 1.00 100.00"]
    );
    assert_eq!(
        table(&world.report(&by(Grouping::Sector)).await),
        ["bakery | 2.00 100.00", "retail | 2.00 50.00"]
    );
    assert_eq!(
        table(&world.report(&by(Grouping::Owner)).await),
        ["21 | 2.00 100.00", "22 | 1.00 100.00", "- | 1.00 0.00"]
    );
    let mut request = asking(&figures);
    request.filters = vec![Filter::Channel(vec![Some(web()), None])];
    assert_eq!(totals(&world.report(&request).await), ["3.00", "66.67"]);
}

#[tokio::test]
async fn as_of_a_day_only_what_had_happened_counts() {
    let mut world = funnel().await;
    for (on, expected) in [
        ("2018-01-31", ["2.00", "0.00", "0.00", "0.00", "-", "-"]),
        (
            "2018-02-01",
            ["3.00", "1.00", "33.33", "1.00", "-2.00", "-2.00"],
        ),
        (
            "2018-02-15",
            ["4.00", "2.00", "50.00", "2.00", "4.00", "4.00"],
        ),
    ] {
        let mut request = asking(&FIGURES);
        request.as_of = Some(AsOf::Day(day(on)));
        assert_eq!(totals(&world.report(&request).await), expected, "{on}");
    }
    let mut known = asking(&FIGURES);
    known.known_at = i64::try_from(world.log.len() - 2).ok();
    assert_eq!(
        totals(&world.report(&known).await),
        ["4.00", "1.00", "25.00", "1.00", "41.00", "41.00"]
    );
}

#[tokio::test]
async fn leads_are_seen_by_who_owned_them_then() {
    let mut world = funnel().await;
    world.happens::<Lead>(
        2_001,
        "2018-02-10",
        LeadEvent::LeadAssigned {
            owner: Some(berta()),
            team: None,
        },
    );
    let request = asking(&[Metric::LeadsCreated, Metric::LeadsConverted]);
    let seen = |who| viewer(Role::Salesperson, who, &[]);
    assert_eq!(
        totals(&world.report_to(&seen(anna()), &request).await),
        ["2.00", "1.00"]
    );
    assert_eq!(
        totals(&world.report_to(&seen(berta()), &request).await),
        ["1.00", "2.00"]
    );
}

#[tokio::test]
async fn leads_without_a_day_count_where_no_day_is_asked_for() {
    let mut world = World::new().await;
    came(&mut world, 1, "?", Some(fair()), None);
    converted(&mut world, 1, "?");
    let report = world.report(&asking(&FIGURES)).await;
    assert_eq!(
        totals(&report),
        ["1.00", "1.00", "100.00", "1.00", "-", "-"]
    );
    assert_eq!(value(report.totals[2].value), "100.00");
    let ever = within(asking(&FIGURES), "2000-01-01", "2030-12-31");
    assert_eq!(
        totals(&world.report(&ever).await),
        ["0.00", "0.00", "-", "0.00", "-", "-"]
    );
}
