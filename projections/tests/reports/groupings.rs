//! By what figures are told apart: everything as it was on the fact's day.

use cartera_domain::clients::{Client, ClientDetails, ClientDetailsPatch, ClientEvent, ClientKind};
use cartera_domain::opportunities::OpportunityEvent;
use cartera_domain::products::{Product, ProductDetails, ProductDetailsPatch, ProductEvent};
use cartera_domain::users::{TeamTree, TeamTreeEvent};
use cartera_domain::values::Patch;
use cartera_projections::reports::{Filter, Grouping, Metric};

use crate::world::{
    World, anna, asking, berta, day, fair, grouped, id, line, north, opening, sales, selling,
    south, table, totals, web, within,
};

const WON: [Metric; 2] = [Metric::OpportunitiesWon, Metric::AmountWon];

fn family(name: &str) -> ProductEvent {
    ProductEvent::ProductRegistered {
        code: line("P"),
        details: ProductDetails {
            family: Some(line(name)),
            ..ProductDetails::default()
        },
        list_price: None,
    }
}

#[tokio::test]
async fn every_month_of_the_period_is_there_and_nobody_is_a_group() {
    let mut world = World::new().await;
    world.opened(1, "2024-01-01", opening());
    world.won(1, "2024-01-31", "10");
    world.opened(2, "2024-01-01", opening().of(None, None));
    world.won(2, "2024-03-01", "5");
    let request = asking(&[Metric::OpportunitiesWon, Metric::WinRate]);
    let request = within(request, "2024-01-15", "2024-03-31");
    let by_month = world
        .report(&grouped(request.clone(), &[Grouping::Month]))
        .await;
    assert_eq!(
        table(&by_month),
        [
            "2024-01-01 | 1.00 100.00",
            "2024-02-01 | 0.00 -",
            "2024-03-01 | 1.00 100.00"
        ]
    );
    let both = grouped(request, &[Grouping::Owner, Grouping::Month]);
    assert_eq!(
        table(&world.report(&both).await),
        [
            "21 2024-01-01 | 1.00 100.00",
            "21 2024-02-01 | 0.00 -",
            "21 2024-03-01 | 0.00 -",
            "- 2024-01-01 | 0.00 -",
            "- 2024-02-01 | 0.00 -",
            "- 2024-03-01 | 1.00 100.00",
        ]
    );
}

#[tokio::test]
async fn days_quarters_and_fiscal_years_follow_the_calendar_of_the_company() {
    let mut world = World::starting_in(4).await;
    for (number, on) in [
        (1, "2024-03-31"),
        (2, "2024-04-01"),
        (3, "2024-12-31"),
        (4, "2025-01-01"),
    ] {
        world.opened(number, on, opening());
        world.won(number, on, "10");
    }
    let request = within(
        asking(&[Metric::OpportunitiesWon]),
        "2024-01-01",
        "2025-03-31",
    );
    let by_year = grouped(request.clone(), &[Grouping::FiscalYear]);
    assert_eq!(
        table(&world.report(&by_year).await),
        ["2023-04-01 | 1.00", "2024-04-01 | 3.00"]
    );
    let by_quarter = grouped(request.clone(), &[Grouping::FiscalYear, Grouping::Quarter]);
    assert_eq!(
        table(&world.report(&by_quarter).await),
        [
            "2023-04-01 2024-01-01 | 1.00",
            "2024-04-01 2024-04-01 | 1.00",
            "2024-04-01 2024-07-01 | 0.00",
            "2024-04-01 2024-10-01 | 1.00",
            "2024-04-01 2025-01-01 | 1.00",
        ]
    );
    let request = within(request, "2024-03-30", "2024-04-01");
    assert_eq!(
        table(&world.report(&grouped(request, &[Grouping::Day])).await),
        [
            "2024-03-30 | 0.00",
            "2024-03-31 | 1.00",
            "2024-04-01 | 1.00"
        ]
    );
}

#[tokio::test]
async fn an_opportunity_with_several_products_counts_once_with_each_and_once_in_all() {
    let mut world = World::new().await;
    world.happens::<Product>(71, "2024-01-01", family("Bikes"));
    world.happens::<Product>(72, "2024-01-01", family("Bikes"));
    world.happens::<Product>(73, "2024-01-01", family("Helmets"));
    let lines = vec![
        selling(1, 71, "1", "100"),
        selling(2, 71, "1", "90"),
        selling(3, 72, "1", "10"),
        selling(4, 73, "2", "6"),
    ];
    world.opened(1, "2024-01-01", opening().selling(lines));
    world.won(1, "2024-01-11", "206");
    world.opened(2, "2024-01-01", opening().worth("4"));
    world.won(2, "2024-01-21", "4");
    let request = asking(&[
        Metric::OpportunitiesWon,
        Metric::AmountWon,
        Metric::AverageAmountWon,
        Metric::CycleDaysWonMean,
        Metric::UnitsSold,
        Metric::Revenue,
    ]);
    let by_product = world
        .report(&grouped(request.clone(), &[Grouping::Product]))
        .await;
    assert_eq!(
        table(&by_product),
        [
            "71 | 1.00 190.00 190.00 10.00 2.00 190.00",
            "72 | 1.00 10.00 10.00 10.00 1.00 10.00",
            "73 | 1.00 6.00 6.00 10.00 2.00 6.00",
            "- | 1.00 4.00 4.00 20.00 0.00 0.00",
        ]
    );
    assert_eq!(
        totals(&by_product),
        ["2.00", "210.00", "105.00", "15.00", "5.00", "206.00"]
    );
    let by_family = world
        .report(&grouped(request.clone(), &[Grouping::ProductFamily]))
        .await;
    assert_eq!(
        table(&by_family),
        [
            "Bikes | 1.00 200.00 200.00 10.00 3.00 200.00",
            "Helmets | 1.00 6.00 6.00 10.00 2.00 6.00",
            "- | 1.00 4.00 4.00 20.00 0.00 0.00",
        ]
    );
    let mut of_one = request;
    of_one.filters = vec![Filter::Product(vec![Some(id(71))])];
    assert_eq!(
        totals(&world.report(&of_one).await),
        ["1.00", "190.00", "190.00", "10.00", "2.00", "190.00"],
        "a filter counts what the group counts"
    );
}

#[tokio::test]
async fn a_family_is_that_of_the_day_of_closing() {
    let mut world = World::new().await;
    world.happens::<Product>(71, "2024-06-01", family("Bikes"));
    world.happens::<Product>(
        71,
        "2024-09-01",
        ProductEvent::ProductDetailsCorrected {
            changes: ProductDetailsPatch {
                family: Patch::Set(line("Cycles")),
                ..ProductDetailsPatch::default()
            },
        },
    );
    for (number, on) in [(1, "2024-01-01"), (2, "2024-08-31"), (3, "2024-09-01")] {
        let lines = vec![selling(number, 71, "1", "10")];
        world.opened(number, on, opening().selling(lines));
        world.won(number, on, "10");
    }
    let request = grouped(asking(&[Metric::Revenue]), &[Grouping::ProductFamily]);
    assert_eq!(
        table(&world.report(&request).await),
        ["Bikes | 20.00", "Cycles | 10.00"]
    );
}

#[tokio::test]
async fn a_sector_is_that_of_the_client_on_the_day_of_closing() {
    let mut world = World::new().await;
    world.happens::<Client>(
        61,
        "2024-05-01",
        ClientEvent::ClientRegistered {
            kind: ClientKind::Company,
            details: ClientDetails {
                sector: Some(line("retail")),
                ..ClientDetails::default()
            },
            owner: None,
            team: None,
            lead: None,
        },
    );
    world.happens::<Client>(
        61,
        "2024-07-01",
        ClientEvent::ClientDetailsCorrected {
            changes: ClientDetailsPatch {
                sector: Patch::Set(line("software")),
                ..ClientDetailsPatch::default()
            },
        },
    );
    for (number, on) in [(1, "2024-01-01"), (2, "2024-06-30"), (3, "2024-07-01")] {
        let mut with_client = opening();
        with_client.client = Some(id(61));
        world.opened(number, on, with_client);
        world.won(number, on, "10");
    }
    world.opened(4, "2024-01-01", opening());
    world.won(4, "2024-01-01", "1");
    let request = grouped(asking(&WON), &[Grouping::Sector]);
    assert_eq!(
        table(&world.report(&request).await),
        [
            "retail | 2.00 20.00",
            "software | 1.00 10.00",
            "- | 1.00 1.00"
        ]
    );
    let request = grouped(asking(&WON), &[Grouping::Client]);
    assert_eq!(
        table(&world.report(&request).await),
        ["61 | 3.00 30.00", "- | 1.00 1.00"]
    );
}

#[tokio::test]
async fn managers_and_offices_are_those_of_the_team_of_then() {
    let mut world = World::new().await;
    for (number, on) in [(1, "2024-01-01"), (2, "2024-07-01")] {
        world.opened(number, on, opening());
        world.won(number, on, "10");
    }
    world.opened(3, "2024-01-01", opening().of(Some(berta()), Some(south())));
    world.won(3, "2024-01-01", "1");
    world.happens::<TeamTree>(
        6,
        "2024-06-01",
        TeamTreeEvent::TeamMoved {
            team: north(),
            parent: Some(south()),
        },
    );
    for (grouping, expected) in [
        (Grouping::Manager, ["22 | 2.00 11.00", "23 | 1.00 10.00"]),
        (
            Grouping::Office,
            ["Girona | 1.00 10.00", "Reus | 2.00 11.00"],
        ),
        (Grouping::Team, ["32 | 2.00 20.00", "33 | 1.00 1.00"]),
        (Grouping::Owner, ["21 | 2.00 20.00", "22 | 1.00 1.00"]),
    ] {
        let request = grouped(asking(&WON), &[grouping]);
        assert_eq!(
            table(&world.report(&request).await),
            expected,
            "{grouping:?}"
        );
        let summed = within(request, "2024-01-01", "2024-12-31");
        assert_eq!(
            table(&world.report(&summed).await),
            expected,
            "{grouping:?} from the roll-up"
        );
    }
    let mut of_team = asking(&WON);
    of_team.filters = vec![Filter::Team(vec![Some(south())])];
    assert_eq!(totals(&world.report(&of_team).await), ["2.00", "11.00"]);
    of_team.filters = vec![Filter::Team(vec![Some(sales())])];
    assert_eq!(totals(&world.report(&of_team).await), ["3.00", "21.00"]);
}

#[tokio::test]
async fn a_corrected_channel_corrects_the_past() {
    let mut world = World::new().await;
    let mut by_fair = opening();
    by_fair.channel = Some(fair());
    world.opened(1, "2024-01-01", by_fair);
    world.won(1, "2024-01-02", "10");
    let request = grouped(asking(&WON), &[Grouping::Channel]);
    assert_eq!(table(&world.report(&request).await), ["41 | 1.00 10.00"]);
    let known_at = world.log.len();
    world.sale(
        1,
        "2024-05-01",
        OpportunityEvent::OpportunityChannelCorrected {
            channel: Some(web()),
        },
    );
    assert_eq!(table(&world.report(&request).await), ["42 | 1.00 10.00"]);
    let mut before = request;
    before.known_at = i64::try_from(known_at).ok();
    assert_eq!(table(&world.report(&before).await), ["41 | 1.00 10.00"]);
}

#[tokio::test]
async fn stages_are_those_of_opening_of_closing_and_of_the_moment() {
    let mut world = World::new().await;
    world.opened(1, "2024-01-01", opening());
    world.won(1, "2024-01-02", "10");
    world.moved(1, "2024-01-03", crate::world::paid());
    world.opened(2, "2024-01-01", opening());
    world.moved(2, "2024-01-05", crate::world::offered());
    let metrics = [
        Metric::OpportunitiesOpened,
        Metric::OpportunitiesWon,
        Metric::OpenPipelineCount,
        Metric::Opportunities,
    ];
    let request = grouped(asking(&metrics), &[Grouping::Stage]);
    assert_eq!(
        table(&world.report(&request).await),
        [
            "11 | 2.00 0.00 0.00 0.00",
            "12 | 0.00 0.00 1.00 1.00",
            "14 | 0.00 1.00 0.00 1.00",
        ]
    );
    let by_pipeline = grouped(asking(&[Metric::Opportunities]), &[Grouping::Pipeline]);
    assert_eq!(table(&world.report(&by_pipeline).await), ["1 | 2.00"]);
}

#[tokio::test]
async fn the_pipeline_by_month_is_that_of_each_months_end() {
    let mut world = World::new().await;
    world.opened(1, "2024-01-10", opening().worth("100"));
    world.moved(1, "2024-02-10", crate::world::offered());
    world.won(1, "2024-03-05", "120");
    world.opened(2, "2024-03-01", opening().worth("7"));
    let mut request = asking(&[Metric::OpenPipelineCount, Metric::WeightedPipelineAmount]);
    request.today = day("2024-04-15");
    let request = within(request, "2024-01-01", "2024-05-31");
    let report = world.report(&grouped(request, &[Grouping::Month])).await;
    assert_eq!(
        table(&report),
        [
            "2024-01-01 | 1.00 10.00",
            "2024-02-01 | 1.00 50.00",
            "2024-03-01 | 1.00 0.70",
            "2024-04-01 | 1.00 0.70",
            "2024-05-01 | 0.00 0.00",
        ]
    );
    assert_eq!(totals(&report), ["1.00", "0.70"]);
}

#[tokio::test]
async fn filters_narrow_down_and_name_the_missing_value() {
    let mut world = World::new().await;
    world.opened(1, "2024-01-01", opening());
    world.won(1, "2024-01-01", "10");
    world.opened(2, "2024-01-01", opening().of(None, None));
    world.won(2, "2024-01-01", "5");
    let mut request = asking(&WON);
    request.filters = vec![Filter::Owner(vec![None])];
    assert_eq!(totals(&world.report(&request).await), ["1.00", "5.00"]);
    request.filters = vec![Filter::Owner(vec![None, Some(anna())])];
    assert_eq!(totals(&world.report(&request).await), ["2.00", "15.00"]);
    request
        .filters
        .push(Filter::Office(vec![Some("Girona".to_owned())]));
    assert_eq!(totals(&world.report(&request).await), ["1.00", "10.00"]);
}
